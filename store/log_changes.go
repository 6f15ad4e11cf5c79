package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

const (
	// pollEvery is how often the log is read for revisions of other processes.
	pollEvery = 100 * time.Millisecond
	// maxScanned bounds how many entries of the log one page reads.
	maxScanned = 5000
)

// commitSignal wakes the goroutines that wait for a revision.
type commitSignal struct {
	mu     sync.Mutex
	closed chan struct{}
}

// wait returns a channel that is closed at the next ring.
func (b *commitSignal) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed == nil {
		b.closed = make(chan struct{})
	}
	return b.closed
}

func (b *commitSignal) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed != nil {
		close(b.closed)
		b.closed = nil
	}
}

// Await returns the newest revision once it is later than the given one, whichever process wrote it: at once for what
// this store writes, else within 100 milliseconds.
func (s *Store) Await(ctx context.Context, after content.Revision) (content.Heads, error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		rung := s.commits.wait()
		heads, err := s.Heads(ctx)
		if err != nil || heads.Newest > after {
			return heads, err
		}
		select {
		case <-rung:
		case <-tick.C:
		case <-ctx.Done():
			return content.Heads{}, fmt.Errorf("wait for a revision: %w", ctx.Err())
		}
	}
}

// Changes returns a page of what changed. It looks at a bounded part of the log, so that a page may have less than it
// could and More behind it. A revision that was not made yet is RECORD_CHANGED: it was lost.
func (s *Store) Changes(ctx context.Context, q content.Changes) (content.ChangePage, error) {
	var page content.ChangePage
	err := s.snapshot(ctx, func(query queryFunc) error {
		l := &changeReader{query: s.traced(query), Changes: q}
		err := l.read(ctx)
		page = l.page
		return err
	})
	if err != nil {
		return content.ChangePage{}, fmt.Errorf("read the changes: %w", err)
	}
	return page, nil
}

// traced reports each statement that a function runs.
func (s *Store) traced(query queryFunc) queryFunc {
	if s.trace == nil {
		return query
	}
	return func(ctx context.Context, text string, args []any, each func(*row) error) error {
		s.trace(text, args)
		return query(ctx, text, args, each)
	}
}

// changeReader reads a page of changes from one snapshot.
type changeReader struct {
	content.Changes
	query queryFunc
	page  content.ChangePage
}

func (l *changeReader) read(ctx context.Context) error {
	if err := l.bound(ctx); err != nil || l.After == l.page.Until {
		return err
	}
	scope, err := l.scope(ctx)
	if err != nil {
		return err
	}
	last := l.From
	if last == (content.ChangePosition{}) {
		last.Revision = l.After + 1
	}
	for scanned := 0; ; {
		entries, err := l.entries(ctx, last)
		if err != nil {
			return err
		}
		moved, err := l.moved(ctx, last)
		if err != nil {
			return err
		}
		if entries = append(entries, moved...); len(moved) > 0 {
			slices.SortFunc(entries, byPosition)
			entries = entries[:min(len(entries), l.chunk())]
		}
		scanned += len(entries)
		if err := l.judge(ctx, entries, scope); err != nil || l.fill(entries, 0) {
			return err
		}
		if len(entries) < l.chunk() {
			return l.readReached(ctx, scope)
		}
		if last = entries[len(entries)-1].ChangePosition; scanned >= maxScanned {
			l.page.More = true
			return nil
		}
	}
}

// fill adds entries to the page, and reports whether it is full before their end. Those of a later part of the page have
// places behind all revisions of the others.
func (l *changeReader) fill(entries []content.ItemChange, part content.Revision) (full bool) {
	for _, e := range entries {
		if e.Op != "" && len(l.page.Changes) == l.Size {
			l.page.More = true
			return true
		}
		if e.Op != "" {
			l.page.Changes = append(l.page.Changes, e)
		}
		l.page.Last = e.ChangePosition
		l.page.Last.Revision += part
	}
	return false
}

// chunk is how many entries are read at once.
func (l *changeReader) chunk() int { return l.Size + 1 }

// bound finds the revisions that are asked about.
func (l *changeReader) bound(ctx context.Context) error {
	text, args := headOf(l.Audience), []any{}
	if l.One && l.Until == 0 {
		var nexts []string
		for _, table := range l.tables() {
			if l.Types == nil {
				nexts = append(nexts, "SELECT MIN(revision) AS next FROM "+table.name+" WHERE "+where("revision > $1", table.told("")))
				continue
			}
			nexts = append(nexts, "SELECT MIN((SELECT c.revision FROM "+table.name+" AS c INDEXED BY "+table.name+"_type WHERE "+
				where("c.type = t.value", "c.revision > $1", table.told("c."))+" ORDER BY c.revision LIMIT 1)) AS next\n  FROM json_each($2) AS t")
		}
		args = []any{int64(l.After)}
		if l.Types != nil {
			args = append(args, l.typeNames())
		}
		text = "SELECT head, COALESCE((SELECT MIN(next) FROM (" + strings.Join(nexts, "\n  UNION ALL ") + ")), head)\nFROM (" + headOf(l.Audience) + ")"
	}
	err := eachRow(ctx, l.query, text, args, func(raw []any) error {
		head, _ := raw[0].(int64)
		until, _ := raw[len(raw)-1].(int64)
		l.page.Head, l.page.Until = content.Revision(head), content.Revision(until)
		return nil
	})
	if err != nil {
		return err
	}
	if l.After > l.page.Head || l.Until > l.page.Head {
		e := content.Errorf(content.RecordChanged, "since names a revision that this record does not have; its newest is %d: start again without since", l.page.Head)
		e.Field = "since"
		return e
	}
	if l.Until != 0 {
		l.page.Until = l.Until
	}
	l.page.Last = l.From
	return nil
}

// ofTypes is the condition that the type of a row of the log is asked for.
func (l *changeReader) ofTypes(table, operand string) string {
	if l.Types == nil {
		return operand + " = ''" // an operand that no statement uses is refused
	}
	return table + ".type IN (SELECT value FROM json_each(" + operand + "))"
}

func (l *changeReader) typeNames() string {
	if l.Types == nil {
		return ""
	}
	names := make([]string, len(l.Types))
	for i, t := range l.Types {
		names[i] = t.Name
	}
	b, err := json.Marshal(names)
	if err != nil {
		return "[]"
	}
	return string(b)
}

// entries reads what the log has behind a place, of each item the last entry alone, with the fields of all of them. The log
// is walked in its order or, where types are asked for, in that of each type: one walk of an index, as long as the page.
func (l *changeReader) entries(ctx context.Context, from content.ChangePosition) ([]content.ItemChange, error) {
	args := []any{int64(l.After), int64(l.page.Until), l.chunk()}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var walks []string
	for _, table := range l.tables() {
		if l.Types == nil {
			behind := "(c.revision, c.type, c.item_id) > (" + arg(int64(from.Revision)) + ", " + arg(from.Ref.Type) + ", " + arg(int64(from.Ref.Key)) + ")"
			walks = append(walks, l.walkOf(table.name+" AS c", where(behind, table.told("c."))))
		}
		for _, t := range l.Types {
			rev, key := behindOf(t, from)
			behind := "c.type = " + arg(t.Name) + "\n    AND (c.revision, c.item_id) > (" + arg(int64(rev)) + ", " + arg(key) + ")"
			walks = append(walks, l.walkOf(table.name+" AS c INDEXED BY "+table.name+"_type", where(behind, table.told("c."))))
		}
	}
	if len(walks) == 0 {
		return nil, nil
	}
	var fields []string
	for _, table := range l.tables() {
		fields = append(fields, "SELECT f.value FROM "+table.name+" AS w, json_each(w."+table.fields+") AS f WHERE "+
			where("w.type = c.type", "w.item_id = c.item_id", "w.revision > $1", "w.revision <= $2", table.told("w.")))
	}
	text := `SELECT c.revision, r.at, c.type, c.item_id, (
  SELECT json_group_array(DISTINCT f.value)
  FROM (` + strings.Join(fields, "\n  UNION ALL ") + `) AS f
)
FROM (` + strings.Join(walks, "\n  UNION ALL") + `
  ORDER BY 1, 2, 3
  LIMIT $3
) AS c
JOIN revision AS r ON r.number = c.revision
ORDER BY 1, 3, 4`
	return l.list(ctx, text, args...)
}

// logTable is a table with entries of the log, and the column of the names of fields.
type logTable struct {
	name, fields string
	seen         bool // whether an entry counts where readers see something of it
}

// tables are those of the log that have the changes of the audience.
func (l *changeReader) tables() []logTable {
	if l.Audience != content.Public {
		return []logTable{{name: "change", fields: "fields"}}
	}
	tables := []logTable{{"change", "seen", true}}
	if l.After > 0 { // a first page has items as they are, without their changes
		tables = append(tables, logTable{name: "seen_change", fields: "fields"})
	}
	return tables
}

// told is the condition on an entry that the audience receives it.
func (t logTable) told(of string) string {
	if t.seen {
		return of + "seen IS NOT NULL"
	}
	return ""
}

// changedAgain is the condition that the audience receives an entry of an item in a span of revisions.
func (l *changeReader) changedAgain(item, span string) string {
	var parts []string
	for _, table := range l.tables() {
		parts = append(parts, "EXISTS (SELECT 1 FROM "+table.name+" AS o WHERE "+
			where("o.type = "+item+".type", "o.item_id = "+item+".item_id", span, table.told("o."))+")")
	}
	return "(" + strings.Join(parts, "\n      OR ") + ")"
}

// walkOf selects the last entries of items behind a place in a part of the log, as many as a page may take.
func (l *changeReader) walkOf(part, behind string) string {
	return `
  SELECT * FROM (SELECT c.revision, c.type, c.item_id
  FROM ` + part + `
  WHERE ` + behind + `
    AND c.revision <= $2
    AND NOT ` + l.changedAgain("c", "o.revision > c.revision AND o.revision <= $2") + `
  ORDER BY c.revision, c.type, c.item_id
  LIMIT $3)`
}

// behindOf is the revision and the key behind which the entries of a type behind a place begin.
func behindOf(t *content.Type, from content.ChangePosition) (content.Revision, int64) {
	switch {
	case t.Name > from.Ref.Type:
		return from.Revision, -1
	case t.Name == from.Ref.Type:
		return from.Revision, int64(from.Ref.Key)
	default:
		return from.Revision, math.MaxInt64
	}
}

// byPosition is the order of changes.
func byPosition(a, b content.ItemChange) int {
	return cmp.Or(cmp.Compare(a.Revision, b.Revision), cmp.Compare(a.Ref.Type, b.Ref.Type), cmp.Compare(a.Ref.Key, b.Ref.Key))
}

// list reads entries, each a revision, its time, a type, a key and the names of fields.
func (l *changeReader) list(ctx context.Context, text string, args ...any) ([]content.ItemChange, error) {
	var list []content.ItemChange
	err := eachRow(ctx, l.query, text, args, func(raw []any) error {
		var c content.ItemChange
		rev, _ := raw[0].(int64)
		at, _ := raw[1].(int64)
		c.Ref.Type, _ = raw[2].(string)
		key, _ := raw[3].(int64)
		fields, _ := raw[4].(string)
		c.Revision, c.At, c.Ref.Key = content.Revision(rev), time.UnixMilli(at).UTC(), content.Key(key)
		list = append(list, c)
		return json.Unmarshal([]byte(fields), &list[len(list)-1].Fields)
	})
	return list, err
}

// judge sets for each entry how the item changed for the audience; nothing where the audience never saw it.
// Values that are hidden now are not shown in their former state either.
func (l *changeReader) judge(ctx context.Context, entries []content.ItemChange, scope *scope) error {
	byType := map[string][]content.Key{}
	for _, e := range entries {
		byType[e.Ref.Type] = append(byType[e.Ref.Type], e.Ref.Key)
	}
	before, after := map[content.Ref]bool{}, map[content.Ref]bool{}
	for _, t := range content.Types() {
		keys := byType[t.Name]
		if len(keys) == 0 {
			continue
		}
		if err := l.visible(ctx, t, keys, l.After, scope.before, before); err != nil {
			return err
		}
		if err := l.visible(ctx, t, keys, l.page.Until, scope.after, after); err != nil {
			return err
		}
		if l.page.Until < l.page.Head {
			now := map[content.Ref]bool{}
			if err := l.visible(ctx, t, keys, l.page.Head, nil, now); err != nil {
				return err
			}
			for _, key := range keys {
				if ref := (content.Ref{Type: t.Name, Key: key}); !now[ref] {
					delete(after, ref)
				}
			}
		}
	}
	for i := range entries {
		e := &entries[i]
		switch was, is := before[e.Ref], after[e.Ref]; {
		case was && is:
			e.Op = "UPDATED"
			slices.Sort(e.Fields)
		case is:
			e.Op, e.Fields = "CREATED", nil
		case was:
			e.Op, e.Fields = "DELETED", nil
		}
	}
	return nil
}

// visible notes which items the audience saw at a revision, of what a talk leads to or of everything.
func (l *changeReader) visible(ctx context.Context, t *content.Type, keys []content.Key, at content.Revision, within *reached, seen map[content.Ref]bool) error {
	if at == 0 {
		return nil
	}
	conditions := where("x.id IN (SELECT value FROM json_each($2))", capacityAt(t), sqlgen.Render(sqlgen.Visible(t, content.View{Audience: l.Audience})))
	text := versions(sqlgen.Snake(t.Base), "x.id, "+owner(t), conditions)
	var others map[content.Key]bool
	if within != nil && !sqlgen.OfTalk(t) {
		var err error
		if others, err = within.items(ctx, l, t); err != nil {
			return err
		}
	}
	err := eachRow(ctx, l.query, text, []any{int64(at), keyList(keys)}, func(raw []any) error {
		key, _ := raw[0].(int64)
		talk, _ := raw[1].(int64)
		if within == nil || within.talks[content.Key(talk)] || others[content.Key(key)] {
			seen[content.Ref{Type: t.Name, Key: content.Key(key)}] = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read %s of revision %d: %w", t.Plural, at, err)
	}
	return nil
}

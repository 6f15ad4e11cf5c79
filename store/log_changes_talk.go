package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// The items that a talk leads to may change without a change of the talk: a round gets another parent, a mediator joins, an event cites
// another source. The page of a talk first has what changed and what moved with its talk, in the order of the log, and
// then, behind the last revision, the issues, articles, actors and sources that came in or went by what others say.

// moved reads the talks, events, positions and agreements that came under the talk or left it without a change of their own,
// because a talk above them has another parent.
func (l *changeReader) moved(ctx context.Context, from content.ChangePosition) ([]content.ItemChange, error) {
	if l.Talk == 0 || l.After == 0 {
		return nil, nil
	}
	var parts []string
	for _, t := range content.Types() {
		if !sqlgen.OfTalk(t) {
			continue
		}
		for table, rows := range map[string]string{"": "x.from_rev <= $2", "_history": "x.from_rev <= $2 AND x.to_rev > $2"} {
			parts = append(parts, `
  SELECT m.revision, '`+t.Name+`' AS type, x.id AS item_id
  FROM moved AS m
  JOIN `+sqlgen.Snake(t.Base)+table+` AS x ON `+owner(t)+` = m.talk AND `+rows)
		}
	}
	slices.Sort(parts) // the text stays the same
	text := `WITH moved AS (
  SELECT talk, MAX(revision) AS revision
  FROM (
    SELECT descendant AS talk, from_rev AS revision FROM talk_tree WHERE ancestor = $8 AND from_rev > $1 AND from_rev <= $2
    UNION ALL
    SELECT descendant, to_rev FROM talk_tree_history WHERE ancestor = $8 AND to_rev > $1 AND to_rev <= $2
  )
  GROUP BY talk
), c AS (` + strings.Join(parts, "\n  UNION ALL") + `
)
SELECT c.revision, r.at, c.type, c.item_id, '[]'
FROM c
JOIN revision AS r ON r.number = c.revision
WHERE (c.revision, c.type, c.item_id) > ($3, $4, $5)
  AND ` + l.ofTypes("c", "$6") + `
  AND NOT ` + l.changedAgain("c", "o.revision > $1 AND o.revision <= $2") + `
ORDER BY c.revision, c.type, c.item_id
LIMIT $7`
	return l.list(ctx, text, int64(l.After), int64(l.page.Until), int64(from.Revision), from.Ref.Type, int64(from.Ref.Key), l.typeNames(), l.chunk(), int64(l.Talk))
}

// owner is the talk that an item x belongs to, NULL where its type says none.
func owner(t *content.Type) string {
	if !sqlgen.OfTalk(t) {
		return "NULL"
	}
	return "x." + sqlgen.TalkColumn(t)
}

// scope is what the talk that is asked for leads to, as it was at either revision; nil where everything is asked for.
type scope struct{ before, after *reached }

// reached holds the items that a talk leads to at a revision.
type reached struct {
	at     content.Revision
	talks  map[content.Key]bool            // the talk and its descendants
	others map[string]map[content.Key]bool // the items of types that say no talk, by type, once they are asked for
}

func (l *changeReader) scope(ctx context.Context) (*scope, error) {
	s := &scope{}
	if l.Talk == 0 {
		return s, nil
	}
	var err error
	if s.before, err = l.reached(ctx, l.After); err == nil {
		s.after, err = l.reached(ctx, l.page.Until)
	}
	return s, err
}

func (l *changeReader) reached(ctx context.Context, at content.Revision) (*reached, error) {
	x := &reached{at: at, talks: map[content.Key]bool{}, others: map[string]map[content.Key]bool{}}
	text := versions("talk_tree", "x.descendant", "x.ancestor = $2")
	if err := keysInto(ctx, l.query, x.talks, text, int64(at), int64(l.Talk)); err != nil {
		return nil, fmt.Errorf("read the talks of revision %d: %w", at, err)
	}
	return x, nil
}

// items are the keys of the items of a type, one that says no talk.
func (x *reached) items(ctx context.Context, l *changeReader, t *content.Type) (map[content.Key]bool, error) {
	if known := x.others[t.Name]; known != nil || x.at == 0 {
		return known, nil
	}
	keys, args := map[content.Key]bool{}, []any{int64(l.Talk)}
	form := reachedForm{t.Name, l.Audience == content.Public, x.at < l.page.Head}
	if form.past {
		args = append(args, int64(x.at))
	}
	if err := keysInto(ctx, l.query, keys, reachedStatements()[form], args...); err != nil {
		return nil, fmt.Errorf("look at the %s that a talk led to at revision %d: %w", t.Plural, x.at, err)
	}
	x.others[t.Name] = keys
	return keys, nil
}

// reachedForm names a statement that selects the items of a type that a talk leads to.
type reachedForm struct {
	of           string
	public, past bool
}

// reachedStatements are those statements. The first operand is the key of the talk, the second the revision where it is one of the
// past; they read it as it was, for any audience.
var reachedStatements = sync.OnceValue(func() map[reachedForm]string {
	texts := map[reachedForm]string{}
	for _, t := range content.Types() {
		for _, audience := range []content.Audience{content.Public, content.Staff} {
			if sqlgen.OfTalk(t) {
				continue
			}
			r := sqlgen.Reach{Talks: sqlgen.SubtreeOf(sqlgen.Text("$1")), Audience: audience}
			ways := sqlgen.List("\nUNION ALL\n", r.Ways(t)...)
			texts[reachedForm{t.Name, audience == content.Public, false}] = sqlgen.Render(ways)
			texts[reachedForm{t.Name, audience == content.Public, true}] = sqlgen.RenderAsOf(ways, 2, false)
		}
	}
	return texts
})

// keysInto notes the keys that a statement selects.
func keysInto(ctx context.Context, query queryFunc, keys map[content.Key]bool, text string, args ...any) error {
	return eachRow(ctx, query, text, args, func(raw []any) error {
		if key, ok := raw[0].(int64); ok {
			keys[content.Key(key)] = true
		}
		return nil
	})
}

// readReached adds the items to the page that the talk led to at one of the revisions only and that have no change of their own,
// each as of the last revision.
func (l *changeReader) readReached(ctx context.Context, s *scope) error {
	if l.Talk == 0 || l.After == 0 {
		return nil
	}
	behind := l.From
	if behind.Revision <= l.page.Until { // none of them was sent yet
		if touched, err := l.touched(ctx, s); err != nil || !touched {
			return err
		}
		behind = content.ChangePosition{}
	}
	var until int64
	err := eachRow(ctx, l.query, "SELECT at FROM revision WHERE number = $1", []any{int64(l.page.Until)}, func(raw []any) error {
		until, _ = raw[0].(int64)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the time of revision %d: %w", l.page.Until, err)
	}
	var entries []content.ItemChange
	for _, t := range slices.SortedFunc(slices.Values(l.asked()), func(a, b *content.Type) int { return strings.Compare(a.Name, b.Name) }) {
		if sqlgen.OfTalk(t) || t.Name < behind.Ref.Type {
			continue
		}
		keys, err := l.exchanged(ctx, s, t)
		if err != nil {
			return err
		}
		for _, key := range keys {
			place := content.ChangePosition{Revision: l.page.Until, Ref: content.Ref{Type: t.Name, Key: key}}
			if t.Name > behind.Ref.Type || key > behind.Ref.Key {
				entries = append(entries, content.ItemChange{ChangePosition: place, At: time.UnixMilli(until).UTC(), Fields: []string{}})
			}
		}
	}
	if err := l.judge(ctx, entries, s); err != nil {
		return err
	}
	l.fill(entries, 1)
	return nil
}

// asked are the types that are asked for.
func (l *changeReader) asked() []*content.Type {
	if l.Types == nil {
		return content.Types()
	}
	return l.Types
}

// exchanged returns the keys of the items of a type that the talk led to at one of the revisions only, but for those with a
// change of their own between them.
func (l *changeReader) exchanged(ctx context.Context, s *scope, t *content.Type) ([]content.Key, error) {
	before, err := s.before.items(ctx, l, t)
	if err != nil {
		return nil, err
	}
	after, err := s.after.items(ctx, l, t)
	if err != nil {
		return nil, err
	}
	var keys []content.Key
	for key := range before {
		if !after[key] {
			keys = append(keys, key)
		}
	}
	for key := range after {
		if !before[key] {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	own := map[content.Key]bool{}
	text := "SELECT k.item_id FROM (SELECT $1 AS type, value AS item_id FROM json_each($2)) AS k WHERE " + l.changedAgain("k", "o.revision > $3 AND o.revision <= $4")
	if err := keysInto(ctx, l.query, own, text, t.Name, keyList(keys), int64(l.After), int64(l.page.Until)); err != nil {
		return nil, fmt.Errorf("read the changes of the talk itself: %w", err)
	}
	keys = slices.DeleteFunc(keys, func(key content.Key) bool { return own[key] })
	slices.Sort(keys)
	return keys, nil
}

// maxTouchedLooked is how many changes are looked at to decide whether they touch what a talk leads to.
const maxTouchedLooked = 200

// touched reports whether anything changed that may decide what the talk leads to: its descendants, or an item that it leads
// to and that may lead on. More changes than are looked at may have done so.
func (l *changeReader) touched(ctx context.Context, s *scope) (bool, error) {
	if !maps.Equal(s.before.talks, s.after.talks) {
		return true, nil
	}
	byType, n := map[string][]content.Key{}, 0
	const text = "SELECT DISTINCT type, item_id FROM change WHERE revision > $1 AND revision <= $2 AND type <> 'Source' LIMIT $3"
	err := eachRow(ctx, l.query, text, []any{int64(l.After), int64(l.page.Until), maxTouchedLooked + 1}, func(raw []any) error {
		name, _ := raw[0].(string)
		key, _ := raw[1].(int64)
		byType[name] = append(byType[name], content.Key(key))
		n++
		return nil
	})
	if err != nil || n > maxTouchedLooked {
		return true, err
	}
	for _, t := range content.Types() {
		if len(byType[t.Name]) == 0 {
			continue
		}
		seen := map[content.Ref]bool{}
		if err := l.visible(ctx, t, byType[t.Name], l.After, s.before, seen); err != nil {
			return false, err
		}
		if err := l.visible(ctx, t, byType[t.Name], l.page.Until, s.after, seen); err != nil || len(seen) > 0 {
			return true, err
		}
	}
	return false, nil
}

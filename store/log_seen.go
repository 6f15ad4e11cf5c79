package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// Readers without a token see a change where they see its effect. The writer compares each item as they saw it before the
// revision with the item as they see it after: the fields that differ are in the column seen of the log, which is NULL where none
// does. Feeds, histories, webhooks, times of change and the invalidation of answers follow that column, so that an editor who adds
// a withheld mediator to a public event leaves no trace there. An item may also look different without a change of itself, since
// an item that it refers to came into sight or went out of it: those are in the table seen_change.

// seenChunk is how many items are compared at a time.
const seenChunk = pageOfItems

// restsOnItems reports whether the value of a field, or a part of it, refers to items, so that what readers see of it depends on
// which of those they see.
func restsOnItems(f *content.Field) bool {
	return len(f.To) > 0 || slices.ContainsFunc(f.Fields, func(sub content.Field) bool { return restsOnItems(&sub) })
}

// ownFields are those of the changed fields of a type that readers see as they are.
func ownFields(t *content.Type, changed []string) []string {
	var own []string
	for _, name := range changed {
		if f := t.Field(name); name != "" && (f == nil || !restsOnItems(f)) {
			own = append(own, name)
		}
	}
	return own
}

// judge sets what readers see of a change by itself, and reports whether a part of that depends on other items.
func (l *logEntry) judge() (depends bool) {
	switch {
	case !l.was && !l.is:
	case l.was != l.is, l.blanked:
		l.seen = append([]string{}, l.fields...) // not nil where there are none
	default:
		own := ownFields(content.TypeNamed(l.ref.Type), l.fields)
		l.seen = own
		return len(own) < len(l.fields)
	}
	return false
}

// settleSeen finds out what readers see of the changes of the revision, and which other items look different to them.
func (w *writer) settleSeen(ctx context.Context) error {
	pending, flipped := w.pending, map[content.Ref]bool{}
	for _, l := range w.log {
		if l.judge() {
			pending = append(pending, l)
		}
		if l.was != l.is {
			flipped[l.ref] = l.op == "UPDATED"
		}
	}
	more, err := w.leadingTo(ctx, flipped)
	if err != nil {
		return err
	}
	for _, l := range more {
		if !slices.Contains(pending, l) {
			pending = append(pending, l)
		}
	}
	byType := map[string][]*logEntry{}
	for _, l := range pending {
		byType[l.ref.Type] = append(byType[l.ref.Type], l)
	}
	for _, t := range content.Types() {
		for list := range slices.Chunk(byType[t.Name], seenChunk) {
			if err := w.compareSeen(ctx, t, list, flipped); err != nil {
				return fmt.Errorf("compare the visible versions of %s: %w", t.Plural, err)
			}
		}
	}
	return w.seeTree(ctx)
}

// leadingTo returns the entries of items that refer to items which came into sight or went out of it, or new entries without an
// operation of those that the revision does not change.
func (w *writer) leadingTo(ctx context.Context, flipped map[content.Ref]bool) ([]*logEntry, error) {
	set := map[content.Ref]bool{}
	for ref, stood := range flipped {
		if stood && content.TypeNamed(ref.Type).Timeline == "" { // nothing refers to an event, or to what was not there
			set[ref] = true
		}
	}
	if len(set) == 0 {
		return nil, nil
	}
	refs, err := w.seers(ctx, set)
	if err != nil {
		return nil, err
	}
	var list []*logEntry
	for _, ref := range inOrder(refs) {
		l := w.known[ref]
		if l == nil {
			l = &logEntry{ref: ref, was: true, is: true}
		}
		if l.was && l.is && !l.blanked {
			list = append(list, l)
		}
	}
	return list, nil
}

// seers finds the items that refer to those of a set. Citations are found by their index.
func (w *writer) seers(ctx context.Context, set map[content.Ref]bool) (map[content.Ref]bool, error) {
	found, others, sources := map[content.Ref]bool{}, map[content.Ref]bool{}, []content.Key{}
	add := func(base string, key content.Key) error {
		names := []string{base}
		if t := content.TypeNamed(base); t == nil || t.IsView() {
			var err error
			if names, err = w.capacities(ctx, key); err != nil {
				return err
			}
		}
		for _, name := range names {
			found[content.Ref{Type: name, Key: key}] = true
		}
		return nil
	}
	for ref := range set {
		if content.TypeNamed(ref.Type).Source {
			sources = append(sources, ref.Key)
		} else {
			others[ref] = true
		}
	}
	referrers, err := w.referrersOf(ctx, others)
	if err != nil {
		return nil, err
	}
	for _, list := range referrers {
		for _, r := range list {
			if err := add(r.Type, r.Key); err != nil {
				return nil, err
			}
		}
	}
	if len(sources) == 0 {
		return found, nil
	}
	type cited struct {
		base string
		key  content.Key
	}
	var by []cited
	const text = "SELECT DISTINCT type, item_id FROM citation WHERE source_id IN (SELECT value FROM json_each($1))"
	err = w.query(ctx, text, []any{keyList(sources)}, func(row *row) error {
		var c cited
		err := row.Scan(&c.base, &c.key)
		by = append(by, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the citations of sources: %w", err)
	}
	for _, c := range by {
		if err := add(c.base, c.key); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// compareSeen compares items of a type, which readers saw and see, as they saw them before the revision and see them after it.
func (w *writer) compareSeen(ctx context.Context, t *content.Type, list []*logEntry, flipped map[content.Ref]bool) error {
	keys := make([]content.Key, len(list))
	for i, l := range list {
		keys[i] = l.ref.Key
	}
	before, err := wholeItems(ctx, w.query, w.rev-1, t, "x.id IN (SELECT value FROM json_each($2))", keyList(keys))
	if err != nil {
		return err
	}
	after, err := wholeItems(ctx, w.query, current, t, "x.id IN (SELECT value FROM json_each($2))", keyList(keys))
	if err != nil {
		return err
	}
	var values []map[string]any
	for _, item := range slices.Concat(before, after) {
		values = append(values, item.Values)
	}
	now, err := visibleAmong(ctx, w.query, values)
	if err != nil {
		return err
	}
	then := visibleSet{}
	for ref := range now {
		if _, is := flipped[ref]; !is {
			then[ref] = true
		}
	}
	for ref := range flipped {
		if !now[ref] {
			then[ref] = true
		}
	}
	was, is := statesOf(before), statesOf(after)
	for _, l := range list {
		if l.op == "" && !is[l.ref.Key].public {
			continue
		}
		changes, err := differencesSeen(t, was[l.ref.Key].values, is[l.ref.Key].values, then, now)
		if err != nil {
			return err
		}
		if err := w.see(ctx, t, l, changes); err != nil {
			return err
		}
	}
	return nil
}

// itemState holds the values and the slug of an item, and whether readers see it.
type itemState struct {
	values map[string]any
	public bool
}

func statesOf(items []content.Item) map[content.Key]itemState {
	states := make(map[content.Key]itemState, len(items))
	for _, item := range items {
		item.Values["slug"] = string(item.Slug)
		p := item.Publication
		states[item.Key] = itemState{item.Values, p.Status == content.PubUsable && p.EmbargoedUntil.IsZero()}
	}
	return states
}

// see notes the fields that readers see differ: in the log entry of the item or, where it has none, as a change that is only seen.
func (w *writer) see(ctx context.Context, t *content.Type, l *logEntry, changes []content.FieldChange) error {
	own := len(l.seen) > 0
	l.seen = nil
	for _, c := range changes {
		l.seen = append(l.seen, c.Field)
	}
	if len(l.seen) == 0 {
		return nil
	}
	w.public = true
	fields, err := fieldList(l.seen)
	if err != nil {
		return err
	}
	key, text := int64(l.ref.Key), ""
	switch {
	case l.op == "":
		text = "INSERT INTO seen_change (revision, type, item_id, fields) VALUES ($1, $2, $3, $4)"
	case l.written:
		text = "UPDATE change SET seen = $4 WHERE revision = $1 AND type = $2 AND item_id = $3"
	}
	if text != "" {
		if _, err := w.exec(ctx, text, w.rev, l.ref.Type, key, fields); err != nil {
			return fmt.Errorf("store the visible change: %w", err)
		}
	}
	if own || l.op == "" {
		return nil
	}
	if _, err := w.exec(ctx, "UPDATE "+sqlgen.Snake(t.Base)+" SET seen_rev = $1 WHERE id = $2", w.rev, key); err != nil {
		return fmt.Errorf("store the visible revision: %w", err)
	}
	return nil
}

// seeTree notes that readers see the revision where a talk which they do not see moved with something beneath it that they see.
func (w *writer) seeTree(ctx context.Context) error {
	for _, l := range w.log {
		if tree := content.TypeNamed(l.ref.Type).Tree; w.public || tree == "" || l.is || l.was || !slices.Contains(l.fields, tree) {
			continue
		}
		var visible []string
		for _, t := range sqlgen.InTreeFirst() {
			if sqlgen.OfTalk(t) {
				visible = append(visible, "EXISTS (SELECT 1 FROM "+sqlgen.Snake(t.Base)+" AS o WHERE o."+sqlgen.TalkColumn(t)+" = t.descendant AND o.visible = 1)")
			}
		}
		beneath := "SELECT EXISTS (\n  SELECT 1 FROM talk_tree AS t\n  WHERE t.ancestor = $1\n    AND (" + strings.Join(visible, "\n      OR ") + "))"
		if err := w.scan(ctx, beneath, []any{int64(l.ref.Key)}, []any{&w.public}); err != nil {
			return fmt.Errorf("read the descendants of a talk: %w", err)
		}
	}
	return nil
}

// endSeen writes to the revision whether readers see any change of it.
func (w *writer) endSeen(ctx context.Context) error {
	if w.public {
		return nil
	}
	if _, err := w.exec(ctx, "UPDATE revision SET public = 0 WHERE number = $1", w.rev); err != nil {
		return fmt.Errorf("store the audience of the revision: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// diffChunk is how many items are compared at a time.
const diffChunk = 200

// diff compares the items that changed between two revisions, as the audience saw them at each: by type, then by key.
// The node of a difference is read at the later revision, which is the view.
func (r *reader) diff(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	l := &content.List{HasPrevious: sel.Page.After != nil}
	between := *sel.Diff
	if between.To == 0 {
		between.To = sqlgen.Standing - 1 // whatever is newest
	}
	begin, after := 0, content.Key(-1)
	if len(sel.Page.After) == 2 {
		place, _ := sel.Page.After[0].(int64)
		key, _ := sel.Page.After[1].(int64)
		begin, after = int(place), content.Key(key)
	}
	for i, t := range content.Types() {
		from := content.Key(-1)
		switch {
		case sel.Total:
		case i < begin:
			continue
		case i == begin:
			from = after
		}
		for sel.Total || len(l.Rows) <= sel.Page.Size {
			list, err := r.compared(ctx, &between, t, from)
			if err != nil {
				return nil, err
			}
			for _, d := range list {
				from = d.Ref.Key
				if d.Op == "" {
					continue
				}
				l.Total++
				if (i > begin || i == begin && from > after) && len(l.Rows) <= sel.Page.Size {
					l.Rows = append(l.Rows, content.Row{Key: from, Values: []any{d.Ref, d}, Order: []any{int64(i), int64(from)}})
				}
			}
			if len(list) < diffChunk {
				break
			}
		}
	}
	trim(l, sel.Page)
	res := &content.Result{Lists: map[content.Key]*content.List{0: l}}
	return res, r.children(ctx, sel, res)
}

// changed is an item that changed, with its versions at the two revisions; a version that the audience did not see has no
// key.
type changed struct {
	key           content.Key
	before, after rowVersion
}

// compared compares the next items of a type after a key that changed. Those that are as they were have no Op.
func (r *reader) compared(ctx context.Context, d *content.Diff, t *content.Type, after content.Key) ([]content.NodeDiff, error) {
	items, err := r.changed(ctx, d, t, after)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	wanted := map[rowVersion]bool{}
	for _, c := range items {
		wanted[c.before], wanted[c.after] = true, true
	}
	for v := range wanted {
		if v.key == 0 {
			delete(wanted, v)
		}
	}
	found, err := r.states(ctx, t, wanted, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	seen, err := r.visibleSetOf(ctx, found)
	if err != nil {
		return nil, err
	}
	hidden, err := r.hiddenNow(ctx, t, found)
	if err != nil {
		return nil, err
	}
	list := make([]content.NodeDiff, len(items))
	for i, c := range items {
		list[i].Ref = content.Ref{Type: t.Name, Key: c.key}
		before, was := found[c.before]
		after, is := found[c.after]
		was, is = was && before.from <= int64(d.From), is && after.from <= int64(d.To)
		switch {
		case was && !is: // that it is gone may be known, and no more
			list[i].Op, list[i].Changes = "DELETED", []content.FieldChange{}
			continue
		case !is || hidden[c.key]:
			continue
		case !was:
			list[i].Op, before.values = "CREATED", nil
		}
		if list[i].Changes, err = differences(t, before.values, after.values, seen); err != nil {
			return nil, err
		}
		if list[i].Op == "" && len(list[i].Changes) > 0 {
			list[i].Op = "UPDATED"
		}
	}
	return list, nil
}

// changed finds the next items of a type after a key that revisions after the one and up to the other concerned.
func (r *reader) changed(ctx context.Context, d *content.Diff, t *content.Type, after content.Key) ([]changed, error) {
	then := func(revision string) string {
		seen := "TRUE" + hadCapacity(t, "c.item_id", revision)
		if r.view.Audience == content.Public {
			seen = visibleAt(t, revision)
		}
		return "IFNULL((" + endedAfter(sqlgen.Snake(t.Base), "c.item_id", revision) + fmt.Sprintf("), %d), ", int64(sqlgen.Standing)) + seen
	}
	told := ""
	if r.view.Audience == content.Public {
		told = "c.seen IS NOT NULL"
	}
	text := "SELECT DISTINCT c.item_id, " + then("$1") + ", " + then("$2") + "\nFROM change AS c\nWHERE " +
		where("c.type = '"+t.Name+"'", "c.revision > $1", "c.revision <= $2", "c.item_id > $3", told, under(t, d.Talk)) +
		fmt.Sprintf("\nORDER BY c.item_id\nLIMIT %d", diffChunk)
	args := []any{int64(d.From), int64(d.To), int64(after)}
	if d.Talk != 0 {
		args = append(args, int64(d.Talk))
	}
	var list []changed
	err := r.run(ctx, text, args, func(row *row) error {
		var c changed
		var was, is bool
		if err := row.Scan(&c.key, &c.before.until, &was, &c.after.until, &is); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if was {
			c.before.key = c.key
		}
		if is {
			c.after.key = c.key
		}
		list = append(list, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the changes: %w", err)
	}
	return list, nil
}

// hiddenNow returns the items that the audience may not see now: their former values are not shown.
func (r *reader) hiddenNow(ctx context.Context, t *content.Type, found map[rowVersion]state) (map[content.Key]bool, error) {
	hidden := map[content.Key]bool{}
	if r.view.Audience != content.Public {
		return hidden, nil
	}
	var keys []content.Key
	for v := range found {
		if !hidden[v.key] {
			hidden[v.key] = true
			keys = append(keys, v.key)
		}
	}
	slices.Sort(keys)
	text := "SELECT x.id\nFROM " + sqlgen.Render(sqlgen.Source(t)) + "\nWHERE x.id IN (SELECT value FROM json_each($1))\n  AND x.visible = 1"
	err := r.run(ctx, text, []any{keyList(keys)}, func(row *row) error {
		var key content.Key
		err := row.Scan(&key)
		delete(hidden, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the visible items: %w", err)
	}
	return hidden, nil
}

// under is the condition that a line c of the log is of something that belongs to the talk $4, or to a descendant of it,
// at one of the revisions; TRUE where none is asked for.
func under(t *content.Type, talk content.Key) string {
	if talk == 0 {
		return ""
	}
	column := sqlgen.TalkColumn(t)
	if column == "" {
		return "FALSE"
	}
	then := func(revision string) string {
		had := " AS v WHERE v.id = c.item_id AND v.from_rev <= " + revision + " AND v." + column + " IN (" +
			"SELECT s.descendant FROM talk_tree AS s WHERE s.ancestor = $4 AND s.from_rev <= " + revision + " UNION ALL " +
			"SELECT s.descendant FROM talk_tree_history AS s WHERE s.ancestor = $4 AND s.from_rev <= " + revision + " AND s.to_rev > " + revision + ")"
		table := sqlgen.Snake(t.Base)
		return "EXISTS (SELECT 1 FROM " + table + had + ")\n  OR EXISTS (SELECT 1 FROM " + table + "_history" + had + " AND v.to_rev > " + revision + ")"
	}
	return "(" + then("$1") + "\n  OR " + then("$2") + ")"
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/content"
)

// entry is a line of the log that concerns an item, with the versions of the item before and after it.
type entry struct {
	content.HistoryEntry
	key           content.Key
	fields        []string
	before, after rowVersion
}

// history reads the revisions that concerned items of a type, the newest first: those after which the audience saw the
// item. What an entry tells of is the item as it was when the audience saw it last, and as it saw it then.
func (r *reader) history(ctx context.Context, t *content.Type, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for _, key := range keys {
		res.Lists[key] = &content.List{HasPrevious: sel.Page.After != nil}
	}
	l := lines{of: t, chosen: r.concerned(t, sel.Relation == "corrections"), before: standing}
	if r.view.At != 0 {
		l.before = int64(r.view.At) + 1
	}
	if sel.Total {
		err := r.run(ctx, "SELECT p.value, (SELECT COUNT(*) "+l.from()+")\nFROM json_each($1) AS p", []any{keyList(keys), l.before}, func(row *row) error {
			var key content.Key
			var n int
			err := row.Scan(&key, &n)
			res.Lists[key].Total = n
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("count the history: %w", err)
		}
	}
	if !sel.Rows {
		return res, nil
	}
	entries, err := r.entries(ctx, l, sel.Page, keys)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		n := int64(e.Revision)
		list := res.Lists[e.key]
		list.Rows = append(list.Rows, content.Row{Key: e.key, Values: []any{e.HistoryEntry}, Order: []any{n}})
	}
	for _, l := range res.Lists {
		trim(l, sel.Page)
	}
	return res, nil
}

// concerned is the condition that a line c of the log is told of: that the audience saw the item after it.
func (r *reader) concerned(t *content.Type, corrections bool) string {
	var parts []string
	if corrections {
		parts = append(parts, "(SELECT reason FROM revision WHERE number = c.revision) IN ('CORRECTION', 'RETRACTION')")
	}
	if r.view.Audience == content.Public {
		parts = append(parts, visibleAt(t, "c.item_id", "c.revision"))
	}
	return where(parts...)
}

// visibleAt is the condition that the public saw an item after a revision.
func visibleAt(t *content.Type, key, revision string) string {
	table := snake(t.Base)
	return "(EXISTS (SELECT 1 FROM " + table + " AS v WHERE v.id = " + key + " AND v.from_rev <= " + revision + " AND v.visible = 1)\n  OR EXISTS (SELECT 1 FROM " + table +
		"_history AS v WHERE v.id = " + key + " AND v.to_rev = (" + endedAfter(table, key, revision) + ") AND v.from_rev <= " + revision + " AND v.visible = 1))" +
		hadCapacity(t, key, revision)
}

// endedAfter selects the end of the first former row of an item that ended after a revision.
func endedAfter(table, key, revision string) string {
	return "SELECT MIN(m.to_rev) FROM " + table + "_history AS m WHERE m.id = " + key + " AND m.to_rev > " + revision
}

// hadCapacity is the condition that an actor was what the type says after a revision.
func hadCapacity(t *content.Type, key, revision string) string {
	if t.Base == t.Name {
		return ""
	}
	name := snake(t.Name)
	return "\n  AND (EXISTS (SELECT 1 FROM " + name + " AS a WHERE a.id = " + key + " AND a.from_rev <= " + revision + ")\n  OR EXISTS (SELECT 1 FROM " +
		name + "_history AS a WHERE a.id = " + key + " AND a.from_rev <= " + revision + " AND a.to_rev > " + revision + "))"
}

// lines are the lines c of the log that concern the item p of a type, of the revisions before the operand $2.
type lines struct {
	of     *content.Type
	chosen string
	before int64
}

func (l lines) from() string {
	return "FROM change AS c WHERE " + where("c.type = '"+l.of.Name+"'", "c.item_id = p.value", "c.revision < $2", l.chosen)
}

// entries reads a page of lines for each item, with what they changed.
func (r *reader) entries(ctx context.Context, l lines, page content.Page, keys []content.Key) ([]*entry, error) {
	args, rest := []any{keyList(keys), l.before}, "\nORDER BY c.revision DESC"
	if len(page.After) == 1 {
		after, _ := page.After[0].(int64)
		args[1] = min(l.before, after)
	}
	if page.Size > 0 {
		args = append(args, page.Size+1)
		rest += "\nLIMIT $3"
	}
	table := snake(l.of.Base)
	seen := ""
	if r.view.Audience == content.Public {
		seen = " AND m.visible = 1"
	}
	text := "SELECT p.value, c.revision, r.at, r.author, r.reason, r.note, c.op, c.fields,\n  (SELECT MAX(m.to_rev) FROM " + table +
		"_history AS m WHERE m.id = p.value AND m.to_rev <= c.revision" + seen + "),\n  (" + endedAfter(table, "p.value", "c.revision") + `)
FROM json_each($1) AS p
CROSS JOIN change AS c ON c.type = '` + l.of.Name + `' AND c.item_id = p.value AND c.revision IN (` + indent("SELECT c.revision\n"+l.from()+rest) + `)
CROSS JOIN revision AS r ON r.number = c.revision
ORDER BY p.key, c.revision DESC`
	var list []*entry
	err := r.run(ctx, text, args, func(row *row) error {
		e, err := r.entry(row)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return list, r.tell(ctx, l.of, list)
}

// entry makes an entry of a row.
func (r *reader) entry(row *row) (*entry, error) {
	e := &entry{}
	var at int64
	var author, op, fields string
	var before, after *int64
	if err := row.Scan(&e.key, &e.Revision, &at, &author, &e.Reason, &e.PublicNote, &op, &fields, &before, &after); err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	if e.At, e.By = time.UnixMilli(at).UTC(), "editor"; e.Reason == "" {
		e.Reason = "UPDATE"
	}
	if r.view.Audience == content.Staff {
		e.By = author
	}
	if err := json.Unmarshal([]byte(fields), &e.fields); err != nil {
		return nil, fmt.Errorf("read the changed fields: %w", err)
	}
	e.after = rowVersion{e.key, standing}
	if after != nil {
		e.after.until = *after
	}
	if before != nil && op != "CREATED" {
		e.before = rowVersion{e.key, *before}
	}
	return e, nil
}

// tell fills in what entries changed.
func (r *reader) tell(ctx context.Context, t *content.Type, list []*entry) error {
	wanted := map[rowVersion]bool{}
	named := map[string]bool{}
	whole := false // whether more changed than the lines name
	for _, e := range list {
		wanted[e.before], wanted[e.after] = true, true
		for _, f := range e.fields {
			named[f] = true
		}
		whole = whole || e.before.until != int64(e.Revision)
	}
	delete(wanted, rowVersion{})
	if len(wanted) == 0 {
		return nil
	}
	found, err := r.states(ctx, t, wanted, func(field string) bool { return whole || named[field] })
	if err != nil {
		return err
	}
	seen, err := r.visibleSetOf(ctx, found)
	if err != nil {
		return err
	}
	for _, e := range list {
		after := found[e.after]
		if after.from > int64(e.Revision) {
			after = state{} // it was gone
		}
		if e.Changes, err = differences(t, found[e.before].values, after.values, seen); err != nil {
			return err
		}
	}
	return nil
}

// redirected reads the item that had a slug before, where none has it now: the one that had it last.
func (r *reader) redirected(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	table, until := snake(sel.Type.Base), int64(standing)
	parts, now := []string{"h.slug = $1", "h.to_rev <= $2"}, "EXISTS (SELECT 1 FROM "+table+" AS n WHERE n.id = h.id"
	if r.view.Audience == content.Public {
		parts = append(parts, "h.visible = 1", now+" AND n.visible = 1)")
	} else if r.view.At == 0 {
		parts = append(parts, now+")")
	}
	if r.view.At != 0 { // it was there then
		until = int64(r.view.At)
		parts = append(parts, "("+now+" AND n.from_rev <= $2) OR EXISTS (SELECT 1 FROM "+table+"_history AS m WHERE m.id = h.id AND m.from_rev <= $2 AND m.to_rev > $2))")
	}
	var keys []content.Key
	text := "SELECT h.id\nFROM " + table + "_history AS h\nWHERE " + where(parts...) + "\nORDER BY h.to_rev DESC\nLIMIT 1"
	err := r.run(ctx, text, []any{string(sel.Slug), until}, func(row *row) error {
		var key content.Key
		err := row.Scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for the former slug: %w", err)
	}
	if keys == nil {
		return &content.Result{Lists: map[content.Key]*content.List{0: {}}}, nil
	}
	return r.byKey(ctx, sel, keys)
}

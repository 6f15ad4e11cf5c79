package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// entry is a line of the log that concerns an item, with the versions of the item before and after it.
type entry struct {
	content.HistoryEntry
	of            *content.Type
	parent, key   content.Key // what it is listed for, and the item
	op            string
	fields        []string
	before, after rowVersion
}

// history reads the revisions that concerned items of a type, the newest first: those after which the audience saw the
// item. An entry compares the item as the audience saw it before with the item as it saw it after.
func (r *reader) history(ctx context.Context, t *content.Type, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for _, key := range keys {
		res.Lists[key] = &content.List{HasPrevious: sel.Page.After != nil}
	}
	l := lines{from: "change AS c", types: []*content.Type{t}, before: sqlgen.Standing}
	l.chosen = where("c.type = '"+t.Name+"'", "c.item_id = p.value", "c.revision < $2", r.concerned(t, sel.Relation == "corrections"))
	if sel.Relation == "corrections" && t.Tree != "" {
		l = r.correcting(!sel.Self)
	}
	if r.view.At != 0 {
		l.before = int64(r.view.At) + 1
	}
	if sel.Total {
		text, args := "SELECT p.value, (SELECT COUNT(*) "+l.rows()+")\nFROM json_each($1) AS p", []any{keyList(keys), l.before}
		err := r.run(ctx, text, l.operands(args, r.view), func(row *row) error {
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
	entries, err := r.entries(ctx, l, sel.Page.After, sel.Page.Size+1, keys)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		list, order := res.Lists[e.parent], []any{int64(e.Revision)}
		if l.several() {
			order = append(order, e.of.Name, int64(e.key))
		}
		list.Rows = append(list.Rows, content.Row{Key: e.key, Values: []any{content.Ref{Type: e.of.Name, Key: e.key}, e.HistoryEntry}, Order: order})
	}
	for _, l := range res.Lists {
		trim(l, sel.Page)
	}
	return res, r.children(ctx, sel, res)
}

// concerned is the condition on a line c of the log that the audience saw the item after it.
func (r *reader) concerned(t *content.Type, corrections bool) string {
	var parts []string
	if corrections {
		parts = append(parts, "(SELECT reason FROM revision WHERE number = c.revision) IN ('CORRECTION', 'RETRACTION')")
	}
	if r.view.Audience == content.Public {
		parts = append(parts, "c.seen IS NOT NULL", visibleAt(t, "c.revision"))
	}
	return where(parts...)
}

// visibleAt is the condition that the public saw the item of a line c after a revision.
func visibleAt(t *content.Type, revision string) string {
	const key = "c.item_id"
	table := sqlgen.Snake(t.Base)
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
	name := sqlgen.Snake(t.Name)
	return "\n  AND (EXISTS (SELECT 1 FROM " + name + " AS a WHERE a.id = " + key + " AND a.from_rev <= " + revision + ")\n  OR EXISTS (SELECT 1 FROM " +
		name + "_history AS a WHERE a.id = " + key + " AND a.from_rev <= " + revision + " AND a.to_rev > " + revision + "))"
}

// lines are lines c of the log that a history of p lists, of the revisions before the operand $2.
type lines struct {
	from, chosen string
	types        []*content.Type // of the items
	before       int64
	past         bool // whether a third operand is the revision of the view, in views of the past
}

func (l lines) rows() string { return "FROM " + l.from + " WHERE " + l.chosen }

// several reports whether one revision may have several lines, which are listed by type and key then.
func (l lines) several() bool { return len(l.types) > 1 }

// operands are those of a statement that reads the lines.
func (l lines) operands(args []any, v content.View) []any {
	if l.past {
		return append(args, int64(v.At))
	}
	return args
}

// ofType is an expression on a line c that differs by the type of its item.
func (l lines) ofType(expression func(*content.Type) string) string {
	if !l.several() {
		return expression(l.types[0])
	}
	var text strings.Builder
	text.WriteString("CASE c.type")
	for _, t := range l.types {
		text.WriteString(" WHEN '" + t.Name + "' THEN " + expression(t))
	}
	return text.String() + " END"
}

// entries reads lines for each key, as many as the limit, behind the order keys of a page, with what they changed.
func (r *reader) entries(ctx context.Context, l lines, behind []any, limit int, keys []content.Key) ([]*entry, error) {
	args := l.operands([]any{keyList(keys), l.before}, r.view)
	operand := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	of, selected, rest, order := "c.revision", "c.revision", "", "c.revision DESC"
	if l.several() {
		selected = "c.revision, c.type, c.item_id"
		of, order = "("+selected+")", "c.revision DESC, c.type DESC, c.item_id DESC"
	}
	if len(behind) > 0 {
		after, _ := behind[0].(int64)
		if args[1] = min(l.before, after); l.several() && len(behind) == 3 {
			args[1] = min(l.before, after+1)
			rest = "\n  AND (c.revision, c.type, c.item_id) < (" + operand(after) + ", " + operand(behind[1]) + ", " + operand(behind[2]) + ")"
		}
	}
	rest += "\nORDER BY " + order + "\nLIMIT " + operand(limit)
	seen := ""
	if r.view.Audience == content.Public {
		seen = " AND m.visible = 1"
	}
	before := l.ofType(func(t *content.Type) string {
		return "(SELECT MAX(m.to_rev) FROM " + sqlgen.Snake(t.Base) + "_history AS m WHERE m.id = c.item_id AND m.to_rev <= c.revision" + seen + ")"
	})
	after := l.ofType(func(t *content.Type) string {
		return "(" + endedAfter(sqlgen.Snake(t.Base), "c.item_id", "c.revision") + ")"
	})
	line := "c.type = '" + l.types[0].Name + "' AND c.item_id = p.value AND "
	if l.several() {
		line = ""
	}
	text := "SELECT p.value, c.type, c.item_id, c.revision, r.at, r.author, r.reason, r.note, c.op, c.fields,\n  " + before + ",\n  " + after + `
FROM json_each($1) AS p
CROSS JOIN change AS c ON ` + line + of + ` IN (` + indent("SELECT "+selected+"\n"+l.rows()+rest) + `)
CROSS JOIN revision AS r ON r.number = c.revision
ORDER BY p.key, ` + order
	var list []*entry
	err := r.run(ctx, text, args, func(row *row) error {
		e, err := r.entry(row)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	for _, t := range l.types {
		if err := r.tell(ctx, t, slices.DeleteFunc(slices.Clone(list), func(e *entry) bool { return e.of != t })); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// entry makes an entry of a row.
func (r *reader) entry(row *row) (*entry, error) {
	e := &entry{}
	var at int64
	var of, author, fields string
	var before, after *int64
	if err := row.Scan(&e.parent, &of, &e.key, &e.Revision, &at, &author, &e.Reason, &e.PublicNote, &e.op, &fields, &before, &after); err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	e.of = content.TypeNamed(of)
	if e.At, e.By = time.UnixMilli(at).UTC(), r.authorOf(author); e.Reason == "" {
		e.Reason = "UPDATE"
	}
	if err := json.Unmarshal([]byte(fields), &e.fields); err != nil {
		return nil, fmt.Errorf("read the changed fields: %w", err)
	}
	e.after = rowVersion{e.key, sqlgen.Standing}
	if after != nil {
		e.after.until = *after
	}
	if before != nil && e.op != "CREATED" {
		e.before = rowVersion{e.key, *before}
	}
	return e, nil
}

// authorOf is the author of a revision as the audience may know it.
func (r *reader) authorOf(name string) string {
	if r.view.Audience == content.Staff {
		return name
	}
	return "editor"
}

// tell fills in the changes of entries.
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
	table, until := sqlgen.Snake(sel.Type.Base), int64(sqlgen.Standing)
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
		return nil, fmt.Errorf("find the former slug: %w", err)
	}
	if keys == nil {
		return &content.Result{Lists: map[content.Key]*content.List{0: {}}}, nil
	}
	return r.byKey(ctx, sel, keys)
}

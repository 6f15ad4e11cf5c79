package store

import (
	"context"
	"fmt"
	"time"

	"parley/content"
)

// lastChange reads, for each talk, the newest revision that made or changed an item that belongs to it and that the audience
// sees, or that moved one elsewhere. For staff it may have deleted one too.
func (r *reader) lastChange(ctx context.Context, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	statement := Format("SELECT p.value, r.number, r.at\nFROM json_each($1) AS p\nJOIN revision AS r ON r.number = (SELECT MAX(rev) FROM (?))",
		Indent(1, List("\nUNION ALL ", r.changesOf(!sel.Self)...)))
	err := r.query(ctx, statement, []any{keyList(keys)}, func(row *row) error {
		var key content.Key
		var last content.LastChange
		var at int64
		if err := row.Scan(&key, &last.Revision, &at); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		last.At = time.UnixMilli(at).UTC()
		res.Lists[key] = &content.List{Rows: []content.Row{{Key: key, Values: []any{last}}}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the last change: %w", err)
	}
	return res, nil
}

// changesOf are the statements that select the newest revision rev in which an item of each type began to be as it is, or
// stopped to be as it was, under the talk p.
func (r *reader) changesOf(tree bool) []Expr {
	var parts []Expr
	for _, m := range members(tree, r.view, "p.value") {
		parts = append(parts, OneLine(&Select{Cols: Texts("MAX(o." + seenRev(r.view) + ") AS rev"), From: m.from, Where: m.conditions, Line: true}))
		parts = append(parts, r.vanished("h", m.former, m.were, m.of))
	}
	// Articles that no longer name the talk, and talks that were deleted, or moved elsewhere with what is above them.
	talk, under := "p.value", ""
	if tree {
		talk, under = "t.descendant", "t.ancestor = p.value"
		places, moved := From(Table{Name: "talk_tree_history", Alias: "d"}), All(Texts("d.ancestor = p.value", "h.id = d.descendant", "h.from_rev < d.to_rev")...)
		parts = append(parts, r.vanished("d", places.with(CrossJoin, Table{Name: "talk", Alias: "h"}, nil), moved, content.TreeType().Name),
			r.vanished("d", places.with(CrossJoin, Table{Name: "talk_history", Alias: "h"}, nil), All(moved, Text("h.to_rev >= d.to_rev")), content.TreeType().Name))
	}
	for pairs, t := range namingTalks() {
		left := joined(tree, Table{Name: pairs + "_history", Alias: "j"}, Table{Name: snake(t.Base) + "_history", Alias: "h"})
		parts = append(parts, r.vanished("h", left, All(Texts(under, "j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev = j.to_rev")...), t.Name))
	}
	return parts
}

// vanished selects the newest end of former versions h, as the row of the given name has it: for the public of those that it
// saw, of items that it sees now, so that nothing follows from what was withdrawn. In a view of the past they ended by then.
func (r *reader) vanished(row string, tables Tables, conditions Expr, of string) Expr {
	if r.view.Audience == content.Public {
		conditions = All(conditions, Text("h.visible = 1"), Text(toldOf(of, "h.id", row+".to_rev")),
			Format("EXISTS (SELECT 1 FROM ? WHERE n.id = h.id AND n.visible = 1)", Table{Name: snake(of), Alias: "n"}))
	}
	if r.view.At != 0 {
		conditions = All(conditions, Format(row+".to_rev <= ?", At{}))
	}
	return OneLine(&Select{Cols: Texts("MAX(" + row + ".to_rev)"), From: tables, Where: conditions, Line: true})
}

// toldOf is the condition that readers saw an item change in a revision. A move of what is above a talk is no change of it.
func toldOf(of, key, revision string) string {
	if revision == "d.to_rev" {
		return ""
	}
	return "EXISTS (SELECT 1 FROM change AS c WHERE c.type = '" + of + "' AND c.item_id = " + key + " AND c.revision = " + revision + " AND c.seen IS NOT NULL)"
}

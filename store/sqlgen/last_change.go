package sqlgen

import "parley/content"

// ChangesOf are the statements that select the newest revision rev in which an item of each type began to be as it is, or
// stopped to be as it was, under the talk p.
func ChangesOf(tree bool, v content.View) []Expr {
	var parts []Expr
	for _, m := range MembersOf(tree, v, "p.value") {
		parts = append(parts, OneLine(&Select{Cols: Texts("MAX(o." + seenRev(v) + ") AS rev"), From: m.From, Where: m.Conditions, Line: true}))
		parts = append(parts, vanished(v, "h", m.former, m.were, m.Of))
	}
	// Articles that no longer name the talk, and talks that were deleted, or moved elsewhere with what is above them.
	talk, under := "p.value", ""
	if tree {
		talk, under = "t.descendant", "t.ancestor = p.value"
		places, moved := From(Table{Name: "talk_tree_history", Alias: "d"}), All(Texts("d.ancestor = p.value", "h.id = d.descendant", "h.from_rev < d.to_rev")...)
		parts = append(parts, vanished(v, "d", places.with(CrossJoin, Table{Name: "talk", Alias: "h"}, nil), moved, content.TreeType().Name),
			vanished(v, "d", places.with(CrossJoin, Table{Name: "talk_history", Alias: "h"}, nil), All(moved, Text("h.to_rev >= d.to_rev")), content.TreeType().Name))
	}
	for pairs, t := range namingTalks() {
		left := joined(tree, Table{Name: pairs + "_history", Alias: "j"}, Table{Name: Snake(t.Base) + "_history", Alias: "h"})
		parts = append(parts, vanished(v, "h", left, All(Texts(under, "j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev = j.to_rev")...), t.Name))
	}
	return parts
}

// vanished selects the newest end of former versions h, as the row of the given name has it: for the public of those that it
// saw, of items that it sees now, so that nothing follows from what was withdrawn. In a view of the past they ended by then.
func vanished(v content.View, row string, tables Tables, conditions Expr, of string) Expr {
	if v.Audience == content.Public {
		conditions = All(conditions, Text("h.visible = 1"), Text(toldOf(of, "h.id", row+".to_rev")),
			Format("EXISTS (SELECT 1 FROM ? WHERE n.id = h.id AND n.visible = 1)", Table{Name: Snake(of), Alias: "n"}))
	}
	if v.At != 0 {
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

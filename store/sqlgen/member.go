package sqlgen

import (
	"fmt"
	"iter"
	"slices"

	"parley/content"
)

// Member holds the tables and conditions of the items o of a type that belong to a talk, or to a descendant of it.
type Member struct {
	Of         string // the type
	From       Tables
	Conditions Expr
	// former is the table of former versions h of them, which ended after they belonged to it.
	former Tables
	were   Expr
}

// MembersOf are the items that belong to the talk whose key an expression has: it and its descendants, their events, positions and
// agreements, and the articles and issues that they name. Where below is false, descendants are left out.
func MembersOf(below bool, v content.View, of string) []Member {
	talk, under := of, ""
	if below {
		talk, under = "t.descendant", "t.ancestor = "+of
	}
	all := func(conditions ...string) Expr { return All(Texts(append([]string{under}, conditions...)...)...) }
	seen, naming, named := "o.visible = 1", "y.visible = 1 AND y.id = "+talk, []Table{{Name: "talk", Alias: "y"}}
	if v.Audience != content.Public {
		seen, naming, named = "", "", nil
	}
	var list []Member
	for _, t := range InTreeFirst() {
		if !OfTalk(t) {
			continue
		}
		table, column := Snake(t.Base), "."+TalkColumn(t)+" = "+talk
		list = append(list, Member{
			Of: t.Name, From: joined(below, Table{Name: table, Alias: "o"}), Conditions: all("o"+column, seen),
			former: joined(below, Table{Name: table + "_history", Alias: "h"}), were: all("h" + column),
		})
	}
	for name, t := range namingTalks() {
		pairs, table := Table{Name: name, Alias: "j"}, Snake(t.Base)
		list = append(list, Member{
			Of: t.Name, From: joined(below, pairs, Table{Name: table, Alias: "o"}), Conditions: all("j.ref_id = "+talk, "o.id = j.owner_id", seen),
			former: joined(below, pairs, Table{Name: table + "_history", Alias: "h"}), were: all("j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev > j.from_rev"),
		})
	}
	tree := content.TreeType()
	for i := range tree.Fields {
		f := &tree.Fields[i]
		if f.Kind != content.RefList {
			continue
		}
		pairs, table := Table{Name: RowTable(tree, f), Alias: "j"}, Snake(content.TypeNamed(f.To[0]).Base)
		list = append(list, Member{
			Of: f.To[0], From: joined(below, append(named, pairs, Table{Name: table, Alias: "o"})...),
			Conditions: all(naming, "j.owner_id = "+talk, "o.id = j.ref_id", seen),
			former:     joined(below, pairs, Table{Name: table + "_history", Alias: "h"}), were: all("j.owner_id = "+talk, "h.id = j.ref_id", "h.to_rev > j.from_rev"),
		})
	}
	return list
}

// joined are tables in an order that SQLite keeps, with below behind the tree of talks t.
func joined(below bool, tables ...Table) Tables {
	if below {
		tables = append([]Table{{Name: "talk_tree", Alias: "t"}}, tables...)
	}
	all := From(tables[0])
	for _, t := range tables[1:] {
		all = all.with(CrossJoin, t, nil)
	}
	return all
}

// namingTalks are the types whose items belong to no talk and name a list of them, as articles do, after the tables of these lists.
func namingTalks() iter.Seq2[string, *content.Type] {
	return func(yield func(string, *content.Type) bool) {
		for _, t := range content.Types() {
			for i := range t.Fields {
				f := &t.Fields[i]
				if !OfTalk(t) && f.Kind == content.RefList && f.To[0] == content.TreeType().Name && !yield(RowTable(t, f), t) {
					return
				}
			}
		}
	}
}

// sources is the condition on x that a talk, or something that belongs to it, cites the source.
func (r Relation) sources(v content.View, of string) Expr {
	var parts []Expr
	for _, m := range MembersOf(r.Tree, v, of) {
		tables, conditions, item := m.From, m.Conditions, "o.id"
		if content.TypeNamed(m.Of).Timeline != "" && r.Tree && v.Audience == content.Public { // its timeline has them all
			tables, item = From(Table{Name: "event_list", Alias: "l"}), "l.event_id"
			conditions = All(Texts(fmt.Sprintf("l.list = %d", TalkTimeline), "l.parent_id = "+of)...)
		}
		parts = append(parts, OneLine(&Select{
			Cols: Texts("q.source_id"), From: tables.with(CrossJoin, Table{Name: "citation", Alias: "q"}, nil),
			Where: All(conditions, Text("q.type = '"+m.Of+"'"), Text("q.item_id = "+item)), Line: true,
		}))
	}
	return Format("x.id IN (?)", Indent(1, List("\nUNION ALL ", parts...)))
}

// InTreeFirst are the types of content: those whose items belong to talks first, of them talks and then events.
func InTreeFirst() []*content.Type {
	rank := func(t *content.Type) int {
		return slices.Index([]bool{t.Tree != "", t.Timeline != "", t.InTree() != "", true}, true)
	}
	return slices.SortedStableFunc(slices.Values(content.Types()), func(a, b *content.Type) int { return rank(a) - rank(b) })
}

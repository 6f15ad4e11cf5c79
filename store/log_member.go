package store

import (
	"fmt"
	"iter"
	"strings"

	"parley/content"
)

// member is where the items o of a type stand that belong to the talk p, or to a descendant of it.
type member struct {
	of         string // the type
	from       string // what stands after FROM
	conditions string
	// former is where former versions h of them stand, which ended after they belonged to it.
	former, were string
}

// members are the items that belong to a talk: it and its descendants, their events, positions and agreements, and the
// articles and issues that they name. Where below is false, descendants are left out.
func members(below bool, v content.View) []member {
	talk, talks, under := "p.value", "", "TRUE"
	if below {
		talk, talks, under = "t.descendant", "talk_tree AS t CROSS JOIN ", "t.ancestor = p.value"
	}
	seen, named, naming := "o.visible = 1", "talk AS y CROSS JOIN ", "y.visible = 1 AND y.id = "+talk
	if v.Audience != content.Public {
		seen, named, naming = "", "", ""
	}
	var list []member
	for _, t := range inTreeFirst() {
		table := snake(t.Base)
		if ofTalk(t) {
			column := "." + talkColumn(t) + " = " + talk
			list = append(list, member{
				of: t.Name, from: talks + table + " AS o", conditions: where(under, "o"+column, seen),
				former: talks + table + "_history AS h", were: where(under, "h"+column),
			})
		}
	}
	for pairs, t := range namingTalks() {
		table, pairs := snake(t.Base), talks+pairs+" AS j CROSS JOIN "
		list = append(list, member{
			of: t.Name, from: pairs + table + " AS o", conditions: where(under, "j.ref_id = "+talk, "o.id = j.owner_id", seen),
			former: pairs + table + "_history AS h", were: where(under, "j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev > j.from_rev"),
		})
	}
	tree := content.TreeType()
	for i := range tree.Fields {
		f := &tree.Fields[i]
		if f.Kind != content.RefList {
			continue
		}
		table, pairs := snake(content.TypeNamed(f.To[0]).Base), rowTable(tree, f)+" AS j CROSS JOIN "
		list = append(list, member{
			of: f.To[0], from: talks + named + pairs + table + " AS o", conditions: where(under, naming, "j.owner_id = "+talk, "o.id = j.ref_id", seen),
			former: talks + pairs + table + "_history AS h", were: where(under, "j.owner_id = "+talk, "h.id = j.ref_id", "h.to_rev > j.from_rev"),
		})
	}
	return list
}

// namingTalks are the types whose items belong to no talk and name a list of them, as articles do, after the tables of these lists.
func namingTalks() iter.Seq2[string, *content.Type] {
	return func(yield func(string, *content.Type) bool) {
		for _, t := range content.Types() {
			for i := range t.Fields {
				f := &t.Fields[i]
				if !ofTalk(t) && f.Kind == content.RefList && f.To[0] == content.TreeType().Name && !yield(rowTable(t, f), t) {
					return
				}
			}
		}
	}
}

// sources is the condition on x that the talk p, or something that belongs to it, cites the source.
func (r relation) sources(v content.View) string {
	var parts []string
	for _, m := range members(r.tree, v) {
		from, conditions, item := m.from, m.conditions, "o.id"
		if content.TypeNamed(m.of).Timeline != "" && r.tree && v.Audience == content.Public { // its timeline has them all
			from, conditions, item = "event_list AS l", fmt.Sprintf("l.list = %d\n  AND l.parent_id = p.value", talkTimeline), "l.event_id"
		}
		parts = append(parts, "SELECT q.source_id FROM "+from+" CROSS JOIN citation AS q WHERE "+
			oneLine(where(conditions, "q.type = '"+m.of+"'", "q.item_id = "+item)))
	}
	return "x.id IN (" + indent(strings.Join(parts, "\nUNION ALL ")) + ")"
}

package store

import (
	"fmt"
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
// articles and issues that they name. Where tree is false, descendants are left out.
func members(tree bool, v content.View) []member {
	talk, talks, under := "p.value", "", "TRUE"
	if tree {
		talk, talks, under = "t.descendant", "talk_tree AS t CROSS JOIN ", "t.ancestor = p.value"
	}
	seen, named, naming := "o.visible = 1", "talk AS y CROSS JOIN ", "y.visible = 1 AND y.id = "+talk
	if v.Audience != content.Public {
		seen, named, naming = "", "", ""
	}
	list := []member{{
		of: "Talk", from: talks + "talk AS o", conditions: where(under, "o.id = "+talk, seen),
		former: talks + "talk_history AS h", were: where(under, "h.id = "+talk),
	}}
	for _, name := range []string{"Event", "Position", "Agreement"} {
		table := snake(name)
		list = append(list, member{
			of: name, from: talks + table + " AS o", conditions: where(under, "o.talk_id = "+talk, seen),
			former: talks + table + "_history AS h", were: where(under, "h.talk_id = "+talk),
		})
	}
	return append(list, member{
		of: "Article", from: talks + "article_talks AS j CROSS JOIN article AS o", conditions: where(under, "j.ref_id = "+talk, "o.id = j.owner_id", seen),
		former: talks + "article_talks AS j CROSS JOIN article_history AS h", were: where(under, "j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev > j.from_rev"),
	}, member{
		of: "Issue", from: talks + named + "talk_issues AS j CROSS JOIN issue AS o",
		conditions: where(under, naming, "j.owner_id = "+talk, "o.id = j.ref_id", seen),
		former:     talks + "talk_issues AS j CROSS JOIN issue_history AS h", were: where(under, "j.owner_id = "+talk, "h.id = j.ref_id", "h.to_rev > j.from_rev"),
	})
}

// sources is the condition on x that the talk p, or something that belongs to it, cites the source.
func (r relation) sources(v content.View) string {
	var parts []string
	for _, m := range members(r.tree, v) {
		from, conditions, item := m.from, m.conditions, "o.id"
		if m.of == "Event" && r.tree && v.Audience == content.Public { // its timeline has them all
			from, conditions, item = "event_list AS l", fmt.Sprintf("l.list = %d\n  AND l.parent_id = p.value", talkTimeline), "l.event_id"
		}
		parts = append(parts, "SELECT q.source_id FROM "+from+" CROSS JOIN citation AS q WHERE "+
			oneLine(where(conditions, "q.type = '"+m.of+"'", "q.item_id = "+item)))
	}
	return "x.id IN (" + indent(strings.Join(parts, "\nUNION ALL ")) + ")"
}

package store

import (
	"fmt"
	"strings"

	"parley/content"
)

// reach is what a talk leads to, in statements of now: the talk and its descendants, the events, positions and agreements of
// all of them, their issues and articles, the mediators and parties that take part in any of those, and the sources that any
// of those cite. The public is led by what it sees.
type reach struct {
	talks    string // the statement that selects the keys of the talk and its descendants
	audience content.Audience
}

// reachOf is what the talk leads to whose key an operand has; nothing where the audience does not see the talk.
func reachOf(talk string, audience content.Audience) reach {
	r := reach{talks: "SELECT t.descendant FROM talk_tree AS t WHERE t.ancestor = " + talk, audience: audience}
	if audience == content.Public {
		r.talks += " AND EXISTS (SELECT 1 FROM talk AS o WHERE o.id = " + talk + " AND o.visible = 1)"
	}
	return r
}

// ofTalk reports whether the items of a type are talks, or say which one they belong to.
func ofTalk(t *content.Type) bool { return talkColumn(t) != "" }

// talkColumn is the column with the key of the talk that an item of a type is or belongs to; "" where it belongs to none.
func talkColumn(t *content.Type) string {
	switch {
	case t.Tree != "":
		return "id"
	case t.InTree() != "":
		return snake(t.InTree()) + "_id"
	default:
		return ""
	}
}

// has is the condition that the talk leads to a row, an item of the type under an alias.
func (r reach) has(t *content.Type, alias string) string {
	switch {
	case ofTalk(t):
		return alias + "." + talkColumn(t) + " IN (" + r.talks + ")"
	default:
		return alias + ".id IN (" + strings.Join(r.ways(t), " UNION ALL ") + ")"
	}
}

// found is the condition that the talk leads to an item of the type with a text d. Few of the items that belong to talks
// are among those found, so each is looked up.
func (r reach) found(t *content.Type) string {
	if ofTalk(t) {
		return "EXISTS (SELECT 1 FROM " + snake(t.Base) + " AS x WHERE x.id = d.item_id AND " + r.has(t, "x") + ")"
	}
	return "d.item_id IN (" + strings.Join(r.ways(t), " UNION ALL ") + ")"
}

// leading is what stands after FROM for the items o of a type that the talk leads to and the audience sees.
func (r reach) leading(t *content.Type) (table, condition string) {
	condition = r.has(t, "o")
	if r.audience == content.Public {
		condition = where(condition, "o.visible = 1")
	}
	return snake(t.Base) + " AS o", condition
}

// ways are the statements that select the keys of items of a type by what leads to them.
func (r reach) ways(to *content.Type) []string {
	var ways []string
	for i := range to.Fields {
		f := &to.Fields[i]
		switch _, named := leadsTo(f, "", content.TreeType()); {
		case named && f.Kind == content.RefList:
			ways = append(ways, "SELECT j.owner_id FROM "+rowTable(to, f)+" AS j WHERE j.ref_id IN ("+r.talks+")")
		case named && f.Kind == content.SingleRef:
			ways = append(ways, "SELECT o.id FROM "+snake(to.Base)+" AS o WHERE o."+snake(f.Name)+"_id IN ("+r.talks+")")
		}
	}
	for _, t := range content.Types() {
		if !ofTalk(t) && !to.Source || t.Source {
			continue
		}
		for i := range t.Fields {
			ways = append(ways, r.along(t, &t.Fields[i], to)...)
		}
	}
	return ways
}

// along are the statements that follow a field of the items of a type which the talk leads to.
func (r reach) along(t *content.Type, f *content.Field, to *content.Type) []string {
	table, condition := r.leading(t)
	owned := "j.owner_id IN (SELECT o.id FROM " + table + " WHERE " + condition + ")"
	switch f.Kind { //nolint:exhaustive // the others lead nowhere
	case content.SingleRef:
		if only, ok := leadsTo(f, "o."+snake(f.Name), to); ok {
			return []string{"SELECT o." + snake(f.Name) + "_id FROM " + table + " WHERE " + where(condition, only)}
		}
	case content.RefList:
		if _, ok := leadsTo(f, "", to); ok {
			return []string{"SELECT j.ref_id FROM " + rowTable(t, f) + " AS j WHERE " + owned}
		}
	case content.JSONList:
		return within(f, "o."+snake(f.Name), table, condition, to)
	case content.ChildRows:
		var ways []string
		table = rowTable(t, f) + " AS j"
		for i := range f.Fields {
			sub := &f.Fields[i]
			column := "j." + snake(sub.Name)
			if only, ok := leadsTo(sub, column, to); ok && sub.Kind == content.SingleRef {
				ways = append(ways, "SELECT "+column+"_id FROM "+table+" WHERE "+where(owned, only))
			}
			ways = append(ways, within(sub, column, table, owned, to)...)
		}
		return ways
	}
	return nil
}

// within are the statements that select the items of a type that elements of a list name, which is kept inside its row.
func within(f *content.Field, column, from, of string, to *content.Type) []string {
	if f.Kind != content.JSONList {
		return nil
	}
	var ways []string
	for i := range f.Fields {
		sub := &f.Fields[i]
		if _, ok := leadsTo(sub, "", to); ok {
			ways = append(ways, fmt.Sprintf("SELECT json_extract(e.value, '$.%[1]s.key') FROM %[2]s, json_each(%[3]s) AS e WHERE %[4]s",
				sub.Name, from, column, where(of, fmt.Sprintf("json_extract(e.value, '$.%s.type') = '%s'", sub.Name, to.Name))))
		}
	}
	return ways
}

// leadsTo reports whether a field refers to items of a type, and the condition on its column for those that do.
func leadsTo(f *content.Field, column string, to *content.Type) (only string, ok bool) {
	for _, name := range f.To {
		if name == to.Name {
			if len(f.To) > 1 {
				only = column + "_type = '" + name + "'"
			}
			return only, true
		}
	}
	return "", false
}

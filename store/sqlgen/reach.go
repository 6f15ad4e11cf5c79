package sqlgen

import (
	"fmt"

	"parley/content"
)

// Reach is what a talk leads to, in statements of now: the talk and its descendants, the events, positions and agreements of
// all of them, their issues and articles, the mediators and parties that take part in any of those, and the sources that any
// of those cite. The public is led by what it sees.
type Reach struct {
	Talks    Expr // the statement that selects the keys of the talk and its descendants
	Audience content.Audience
}

// reachOf is what the talk leads to whose key an operand has; nothing where the audience does not see the talk.
func reachOf(talk Expr, audience content.Audience) Reach {
	r := Reach{Talks: SubtreeOf(talk), Audience: audience}
	if audience == content.Public {
		r.Talks = Format("? AND EXISTS (SELECT 1 FROM ? WHERE o.id = ? AND o.visible = 1)", r.Talks, Table{Name: "talk", Alias: "o"}, talk)
	}
	return r
}

// SubtreeOf selects the keys of a talk and its descendants.
func SubtreeOf(talk Expr) Expr {
	return Format("SELECT t.descendant FROM ? WHERE t.ancestor = ?", Table{Name: "talk_tree", Alias: "t"}, talk)
}

// OfTalk reports whether the items of a type are talks, or say which one they belong to.
func OfTalk(t *content.Type) bool { return TalkColumn(t) != "" }

// TalkColumn is the column with the key of the talk that an item of a type is or belongs to; "" where it belongs to none.
func TalkColumn(t *content.Type) string {
	switch {
	case t.Tree != "":
		return "id"
	case t.InTree() != "":
		return Snake(t.InTree()) + "_id"
	default:
		return ""
	}
}

// has is the condition that the talk leads to a row, an item of the type under an alias.
func (r Reach) has(t *content.Type, alias string) Expr {
	switch {
	case OfTalk(t):
		return Format(alias+"."+TalkColumn(t)+" IN (?)", r.Talks)
	default:
		return Format(alias+".id IN (?)", List(" UNION ALL ", r.Ways(t)...))
	}
}

// found is the condition that the talk leads to an item of the type with a text d. Few of the items that belong to talks
// are among those found, so each is looked up.
func (r Reach) found(t *content.Type) Expr {
	if OfTalk(t) {
		return Format("EXISTS (SELECT 1 FROM ? WHERE x.id = d.item_id AND ?)", Table{Name: Snake(t.Base), Alias: "x"}, r.has(t, "x"))
	}
	return Format("d.item_id IN (?)", List(" UNION ALL ", r.Ways(t)...))
}

// leading returns the table and the condition for the items o of a type that the talk leads to and the audience sees.
func (r Reach) leading(t *content.Type) (table Table, condition Expr) {
	condition = r.has(t, "o")
	if r.Audience == content.Public {
		condition = All(condition, Text("o.visible = 1"))
	}
	return Table{Name: Snake(t.Base), Alias: "o"}, condition
}

// Ways are the statements that select the keys of items of a type by what leads to them.
func (r Reach) Ways(to *content.Type) []Expr {
	var ways []Expr
	for i := range to.Fields {
		f := &to.Fields[i]
		switch _, named := leadsTo(f, "", content.TreeType()); {
		case named && f.Kind == content.RefList:
			ways = append(ways, Format("SELECT j.owner_id FROM ? WHERE j.ref_id IN (?)", Table{Name: RowTable(to, f), Alias: "j"}, r.Talks))
		case named && f.Kind == content.SingleRef:
			ways = append(ways, Format("SELECT o.id FROM ? WHERE o."+Snake(f.Name)+"_id IN (?)", Table{Name: Snake(to.Base), Alias: "o"}, r.Talks))
		}
	}
	for _, t := range content.Types() {
		if !OfTalk(t) && !to.Source || t.Source {
			continue
		}
		for i := range t.Fields {
			ways = append(ways, r.along(t, &t.Fields[i], to)...)
		}
	}
	return ways
}

// along are the statements that follow a field of the items of a type which the talk leads to.
func (r Reach) along(t *content.Type, f *content.Field, to *content.Type) []Expr {
	table, condition := r.leading(t)
	owned := Format("j.owner_id IN (SELECT o.id FROM ? WHERE ?)", table, condition)
	switch f.Kind { //nolint:exhaustive // the others lead nowhere
	case content.SingleRef:
		if only, ok := leadsTo(f, "o."+Snake(f.Name), to); ok {
			return []Expr{Format("SELECT o."+Snake(f.Name)+"_id FROM ? WHERE ?", table, All(condition, Text(only)))}
		}
	case content.RefList:
		if _, ok := leadsTo(f, "", to); ok {
			return []Expr{Format("SELECT j.ref_id FROM ? WHERE ?", Table{Name: RowTable(t, f), Alias: "j"}, owned)}
		}
	case content.JSONList:
		return within(f, "o."+Snake(f.Name), table, condition, to)
	case content.ChildRows:
		var ways []Expr
		table = Table{Name: RowTable(t, f), Alias: "j"}
		for i := range f.Fields {
			sub := &f.Fields[i]
			column := "j." + Snake(sub.Name)
			if only, ok := leadsTo(sub, column, to); ok && sub.Kind == content.SingleRef {
				ways = append(ways, Format("SELECT "+column+"_id FROM ? WHERE ?", table, All(owned, Text(only))))
			}
			ways = append(ways, within(sub, column, table, owned, to)...)
		}
		return ways
	}
	return nil
}

// within are the statements that select the items of a type that elements of a list name, which is kept inside its row.
func within(f *content.Field, column string, table Table, of Expr, to *content.Type) []Expr {
	if f.Kind != content.JSONList {
		return nil
	}
	var ways []Expr
	for i := range f.Fields {
		sub := &f.Fields[i]
		if _, ok := leadsTo(sub, "", to); ok {
			named := Text(fmt.Sprintf("json_extract(e.value, '$.%s.type') = '%s'", sub.Name, to.Name))
			ways = append(ways, Format("SELECT json_extract(e.value, '$."+sub.Name+".key') FROM ?, json_each("+column+") AS e WHERE ?", table, All(of, named)))
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

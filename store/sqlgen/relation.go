package sqlgen

import (
	"sync"

	"parley/content"
)

// Relation is the table and the columns of the pairs of a parent p and its rows x.
type Relation struct {
	Table  string // a table of pairs, or the table of the rows themselves
	Parent string // its column with the key of the parent
	Child  string // its column with the key of the row; "id" in a table of the rows themselves
	Only   string // what else holds for its rows, or empty
	Tree   bool   // a talk covers its descendants too
	listed bool   // the editor gave the rows in an order
	Events Timeline
	Cites  bool // the rows are the sources that a talk cites, and what belongs to it
}

// Relations are the lists that lead from one type to another, by "Type.field".
func Relations() map[string]Relation { return allRelations() }

var allRelations = sync.OnceValue(func() map[string]Relation {
	r := map[string]Relation{
		"Talk.children":           {Table: "talk", Parent: "parent_id", Child: "id"},
		"Talk.participations":     {Table: "talk_participations", Parent: "owner_id", Child: "id"},
		"Talk.events":             {Table: "event", Parent: "talk_id", Child: "id", Tree: true, Events: TalkTimeline},
		"Talk.positions":          {Table: "position", Parent: "talk_id", Child: "id", Tree: true},
		"Talk.agreements":         {Table: "agreement", Parent: "talk_id", Child: "id", Tree: true},
		"Talk.articles":           {Table: "article_talks", Parent: "ref_id", Child: "owner_id", Tree: true},
		"Talk.issues":             {Table: "talk_issues", Parent: "owner_id", Child: "ref_id", Tree: true, listed: true},
		"Talk.sources":            {Table: "citation", Parent: "item_id", Child: "source_id", Tree: true, Cites: true},
		"Talk.mediators":          {Table: "talk_participations", Parent: "owner_id", Child: "actor_id", Only: "actor_type = 'Mediator'", Tree: true, listed: true},
		"Talk.parties":            {Table: "talk_participations", Parent: "owner_id", Child: "actor_id", Only: "actor_type = 'Party'", Tree: true, listed: true},
		"Mediator.participations": {Table: "talk_participations", Parent: "actor_id", Child: "id", Only: "actor_type = 'Mediator'"},
		"Party.participations":    {Table: "talk_participations", Parent: "actor_id", Child: "id", Only: "actor_type = 'Party'"},
		"Mediator.talks":          {Table: "talk_participations", Parent: "actor_id", Child: "owner_id", Only: "actor_type = 'Mediator'"},
		"Party.talks":             {Table: "talk_participations", Parent: "actor_id", Child: "owner_id", Only: "actor_type = 'Party'"},
		"Party.positions":         {Table: "position", Parent: "party_id", Child: "id"},
		"Issue.positions":         {Table: "position", Parent: "issue_id", Child: "id"},
		"Issue.provisions":        {Table: "agreement_provisions", Parent: "issue_id", Child: "id"},
		"Agreement.provisions":    {Table: "agreement_provisions", Parent: "owner_id", Child: "id"},
		"Article.talks":           {Table: "article_talks", Parent: "owner_id", Child: "ref_id"},
	}
	for name, table := range map[string]string{
		"Mediator.events": "event_mediators", "Mediator.agreements": "agreement_mediators",
		"Party.events": "event_parties", "Party.agreements": "agreement_parties",
		"Issue.talks": "talk_issues", "Issue.events": "event_issues",
	} {
		r[name] = Relation{Table: table, Parent: "ref_id", Child: "owner_id", Events: map[string]Timeline{
			"Mediator.events": MediatorTimeline, "Party.events": PartyTimeline, "Issue.events": IssueTimeline,
		}[name]}
	}
	for name, table := range map[string]string{
		"Issue.mediators": "issue_mediators", "Issue.parties": "issue_parties",
		"Event.mediators": "event_mediators", "Event.parties": "event_parties", "Event.issues": "event_issues",
		"Agreement.mediators": "agreement_mediators", "Agreement.parties": "agreement_parties",
		"Article.issues": "article_issues",
	} {
		r[name] = Relation{Table: table, Parent: "owner_id", Child: "ref_id", listed: true}
	}
	for name, declared := range declaredRelations() {
		if _, known := r[name]; !known {
			r[name] = declared
		}
	}
	return r
})

// declaredRelations are the lists that follow from the references that types declare: of an item the items of another type that name
// it, by the plural of that type, and the items that it names. Lists of a talk cover its descendants.
func declaredRelations() map[string]Relation {
	r := map[string]Relation{}
	for _, t := range content.Types() {
		for i := range t.Fields {
			f := &t.Fields[i]
			for _, to := range f.To {
				tree := content.TypeNamed(to).Tree != "" && to != t.Name
				switch f.Kind { //nolint:exhaustive // the others refer to nothing, or inside their item
				case content.SingleRef:
					r[to+"."+t.Plural] = Relation{Table: Snake(t.Base), Parent: Snake(f.Name) + "_id", Child: "id", Tree: tree}
				case content.RefList:
					r[t.Name+"."+f.Name] = Relation{Table: RowTable(t, f), Parent: "owner_id", Child: "ref_id", listed: !tree}
					r[to+"."+t.Plural] = Relation{Table: RowTable(t, f), Parent: "ref_id", Child: "owner_id", Tree: tree}
				}
			}
		}
	}
	return r
}

// Rows is the condition on x that it belongs to the parent whose key an expression has.
func (r Relation) Rows(v content.View, of string) Expr {
	if r.Cites {
		return r.sources(v, of)
	}
	parent := Expr(Text("= " + of))
	if r.Tree {
		parent = Format("IN (SELECT t.descendant FROM ?)", r.descent(v, Text("t.ancestor = "+of)))
	}
	if r.Child == "id" {
		return All(Format("x."+r.Parent+" ?", parent), Text(r.Only))
	}
	return Format("x.id IN (SELECT "+r.Child+" FROM ? WHERE "+r.Parent+" ?"+AndAlso(r.Only)+")", Table{Name: r.Table}, parent)
}

// descent returns the clause after FROM for the descendants t of talks that a condition chooses. The relations of a talk
// itself, such as its participations, count for its ancestors only where the audience may see the talk.
func (r Relation) descent(v content.View, condition Expr) Expr {
	if v.Audience == content.Public && r.Parent == "owner_id" {
		return Format("? CROSS JOIN ? ON o.id = t.descendant WHERE ? AND o.visible = 1", Table{Name: "talk_tree", Alias: "t"}, Table{Name: "talk", Alias: "o"}, condition)
	}
	return Format("? WHERE ?", Table{Name: "talk_tree", Alias: "t"}, condition)
}

// parents selects the keys of the rows that lead to one of those whose keys a statement selects.
func (r Relation) parents(keys Expr, v content.View) Expr {
	pairs := Format("SELECT j."+r.Parent+" FROM ? WHERE j."+r.Child+" IN (?)"+AndAlso(r.Only), Table{Name: r.Table, Alias: "j"}, keys)
	if r.Tree {
		return Format("SELECT t.ancestor FROM ?", r.descent(v, Format("t.descendant IN (?)", pairs)))
	}
	return pairs
}

// leads is the condition on x that it leads to a row whose key a statement selects. The sign keeps SQLite from going through
// all of those for each x.
func (r Relation) leads(keys Expr, v content.View) Expr {
	parent := Expr(Text("= x.id"))
	if r.Tree {
		parent = Format("IN (SELECT t.descendant FROM ?)", r.descent(v, Text("t.ancestor = x.id")))
	}
	return Format("EXISTS (SELECT 1 FROM ? WHERE j."+r.Parent+" ? AND +j."+r.Child+" IN (?)"+AndAlso(r.Only)+")", Table{Name: r.Table, Alias: "j"}, parent, keys)
}

// AndAlso is a condition behind others on the same line, or empty.
func AndAlso(condition string) string {
	if condition == "" {
		return ""
	}
	return " AND " + condition
}

// Timeline is the timeline that answers a list: events by their date, as the public sees them.
func (r Relation) Timeline(sel *content.Selection, v content.View) Timeline {
	if v.Audience != content.Public || sel.Self || sel.Sort.Field != "" && sel.Sort.Field != "occurredOn" {
		return NoTimeline
	}
	return r.Events
}

// Order is the order of a list of a parent: what is asked for, or the editor's, or that of the type.
func (r Relation) Order(sel *content.Selection, v content.View, of string) Ordering {
	if !r.listed || sel.Sort.Field != "" {
		return Ordered(sel.Type, sel.Sort, v)
	}
	place, parent := "j.position", of
	pairs := From(Table{Name: r.Table, Alias: "j"})
	if r.Tree { // the talk's own first, then those of its parts
		place, parent = "1000 * t.depth + j.position", "t.descendant"
		parts := Format("(SELECT t.descendant, t.depth FROM ?) AS t", r.descent(v, Text("t.ancestor = "+of)))
		pairs = From(parts).with(CrossJoin, Table{Name: r.Table, Alias: "j"}, nil)
	}
	paired := " FROM ? WHERE j." + r.Parent + " = " + parent + " AND j." + r.Child + " = x.id" + AndAlso(r.Only)
	first := Format("(SELECT MIN("+place+")"+paired+")", pairs)
	if v.At != 0 {
		first = Format("(SELECT "+place+paired+" ORDER BY 1 LIMIT 1)", pairs)
	}
	return Ordering{Keys: []Expr{first, Text("x.id")}}
}

// Link returns the relation that a selection follows from rows of the type parent.
func Link(parent *content.Type, sel *content.Selection) (Relation, bool) {
	r, ok := Relations()[parent.Name+"."+sel.Relation]
	r.Tree = r.Tree && !sel.Self
	return r, ok
}

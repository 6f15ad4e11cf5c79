package store

import (
	"sync"

	"parley/content"
)

// relation says where the pairs of a parent p and its rows x stand.
type relation struct {
	table  string // a table of pairs, or the table of the rows themselves
	parent string // its column with the key of the parent
	child  string // its column with the key of the row; "id" in a table of the rows themselves
	only   string // what else holds for its rows, or empty
	tree   bool   // a talk stands for its descendants too
	listed bool   // the editor gave the rows in an order
	events timeline
	cites  bool // the rows are the sources that a talk cites, and what belongs to it
}

// relations are the lists that lead from one type to another, by "Type.field".
func relations() map[string]relation { return allRelations() }

var allRelations = sync.OnceValue(func() map[string]relation {
	r := map[string]relation{
		"Talk.children":           {table: "talk", parent: "parent_id", child: "id"},
		"Talk.participations":     {table: "talk_participations", parent: "owner_id", child: "id"},
		"Talk.events":             {table: "event", parent: "talk_id", child: "id", tree: true, events: talkTimeline},
		"Talk.positions":          {table: "position", parent: "talk_id", child: "id", tree: true},
		"Talk.agreements":         {table: "agreement", parent: "talk_id", child: "id", tree: true},
		"Talk.articles":           {table: "article_talks", parent: "ref_id", child: "owner_id", tree: true},
		"Talk.issues":             {table: "talk_issues", parent: "owner_id", child: "ref_id", tree: true, listed: true},
		"Talk.sources":            {table: "citation", parent: "item_id", child: "source_id", tree: true, cites: true},
		"Talk.mediators":          {table: "talk_participations", parent: "owner_id", child: "actor_id", only: "actor_type = 'Mediator'", tree: true, listed: true},
		"Talk.parties":            {table: "talk_participations", parent: "owner_id", child: "actor_id", only: "actor_type = 'Party'", tree: true, listed: true},
		"Mediator.participations": {table: "talk_participations", parent: "actor_id", child: "id", only: "actor_type = 'Mediator'"},
		"Party.participations":    {table: "talk_participations", parent: "actor_id", child: "id", only: "actor_type = 'Party'"},
		"Mediator.talks":          {table: "talk_participations", parent: "actor_id", child: "owner_id", only: "actor_type = 'Mediator'"},
		"Party.talks":             {table: "talk_participations", parent: "actor_id", child: "owner_id", only: "actor_type = 'Party'"},
		"Party.positions":         {table: "position", parent: "party_id", child: "id"},
		"Issue.positions":         {table: "position", parent: "issue_id", child: "id"},
		"Issue.provisions":        {table: "agreement_provisions", parent: "issue_id", child: "id"},
		"Agreement.provisions":    {table: "agreement_provisions", parent: "owner_id", child: "id"},
		"Article.talks":           {table: "article_talks", parent: "owner_id", child: "ref_id"},
	}
	for name, table := range map[string]string{
		"Mediator.events": "event_mediators", "Mediator.agreements": "agreement_mediators",
		"Party.events": "event_parties", "Party.agreements": "agreement_parties",
		"Issue.talks": "talk_issues", "Issue.events": "event_issues",
	} {
		r[name] = relation{table: table, parent: "ref_id", child: "owner_id", events: map[string]timeline{
			"Mediator.events": mediatorTimeline, "Party.events": partyTimeline, "Issue.events": issueTimeline,
		}[name]}
	}
	for name, table := range map[string]string{
		"Issue.mediators": "issue_mediators", "Issue.parties": "issue_parties",
		"Event.mediators": "event_mediators", "Event.parties": "event_parties", "Event.issues": "event_issues",
		"Agreement.mediators": "agreement_mediators", "Agreement.parties": "agreement_parties",
		"Article.issues": "article_issues",
	} {
		r[name] = relation{table: table, parent: "owner_id", child: "ref_id", listed: true}
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
func declaredRelations() map[string]relation {
	r := map[string]relation{}
	for _, t := range content.Types() {
		for i := range t.Fields {
			f := &t.Fields[i]
			for _, to := range f.To {
				tree := content.TypeNamed(to).Tree != "" && to != t.Name
				switch f.Kind { //nolint:exhaustive // the others refer to nothing, or inside their item
				case content.SingleRef:
					r[to+"."+t.Plural] = relation{table: snake(t.Base), parent: snake(f.Name) + "_id", child: "id", tree: tree}
				case content.RefList:
					r[t.Name+"."+f.Name] = relation{table: rowTable(t, f), parent: "owner_id", child: "ref_id", listed: !tree}
					r[to+"."+t.Plural] = relation{table: rowTable(t, f), parent: "ref_id", child: "owner_id", tree: tree}
				}
			}
		}
	}
	return r
}

// rows is the condition on x that it belongs to the parent whose key an expression has.
func (r relation) rows(v content.View, of string) Expr {
	if r.cites {
		return r.sources(v, of)
	}
	parent := Expr(Text("= " + of))
	if r.tree {
		parent = Format("IN (SELECT t.descendant FROM ?)", r.descent(v, Text("t.ancestor = "+of)))
	}
	if r.child == "id" {
		return All(Format("x."+r.parent+" ?", parent), Text(r.only))
	}
	return Format("x.id IN (SELECT "+r.child+" FROM ? WHERE "+r.parent+" ?"+andAlso(r.only)+")", Table{Name: r.table}, parent)
}

// descent is what stands after FROM for the descendants t of talks that a condition chooses. What a talk itself says, such as who takes part in it,
// counts for its ancestors only where the audience may see the talk.
func (r relation) descent(v content.View, condition Expr) Expr {
	if v.Audience == content.Public && r.parent == "owner_id" {
		return Format("? CROSS JOIN ? ON o.id = t.descendant WHERE ? AND o.visible = 1", Table{Name: "talk_tree", Alias: "t"}, Table{Name: "talk", Alias: "o"}, condition)
	}
	return Format("? WHERE ?", Table{Name: "talk_tree", Alias: "t"}, condition)
}

// parents selects the keys of the rows that lead to one of those whose keys a statement selects.
func (r relation) parents(keys Expr, v content.View) Expr {
	pairs := Format("SELECT j."+r.parent+" FROM ? WHERE j."+r.child+" IN (?)"+andAlso(r.only), Table{Name: r.table, Alias: "j"}, keys)
	if r.tree {
		return Format("SELECT t.ancestor FROM ?", r.descent(v, Format("t.descendant IN (?)", pairs)))
	}
	return pairs
}

// leads is the condition on x that it leads to a row whose key a statement selects. The sign keeps SQLite from going through
// all of those for each x.
func (r relation) leads(keys Expr, v content.View) Expr {
	parent := Expr(Text("= x.id"))
	if r.tree {
		parent = Format("IN (SELECT t.descendant FROM ?)", r.descent(v, Text("t.ancestor = x.id")))
	}
	return Format("EXISTS (SELECT 1 FROM ? WHERE j."+r.parent+" ? AND +j."+r.child+" IN (?)"+andAlso(r.only)+")", Table{Name: r.table, Alias: "j"}, parent, keys)
}

// andAlso is a condition behind others on the same line, or empty.
func andAlso(condition string) string {
	if condition == "" {
		return ""
	}
	return " AND " + condition
}

// timeline is the timeline that answers a list: events by their date, as the public sees them.
func (r relation) timeline(sel *content.Selection, v content.View) timeline {
	if v.Audience != content.Public || sel.Self || sel.Sort.Field != "" && sel.Sort.Field != "occurredOn" {
		return noTimeline
	}
	return r.events
}

// order is the order of a list of a parent: what is asked for, or the editor's, or that of the type.
func (r relation) order(sel *content.Selection, v content.View, of string) ordering {
	if !r.listed || sel.Sort.Field != "" {
		return ordered(sel.Type, sel.Sort, v)
	}
	place, parent := "j.position", of
	pairs := From(Table{Name: r.table, Alias: "j"})
	if r.tree { // the talk's own first, then those of its parts
		place, parent = "1000 * t.depth + j.position", "t.descendant"
		parts := Format("(SELECT t.descendant, t.depth FROM ?) AS t", r.descent(v, Text("t.ancestor = "+of)))
		pairs = From(parts).with(CrossJoin, Table{Name: r.table, Alias: "j"}, nil)
	}
	paired := " FROM ? WHERE j." + r.parent + " = " + parent + " AND j." + r.child + " = x.id" + andAlso(r.only)
	first := Format("(SELECT MIN("+place+")"+paired+")", pairs)
	if v.At != 0 {
		first = Format("(SELECT "+place+paired+" ORDER BY 1 LIMIT 1)", pairs)
	}
	return ordering{keys: []Expr{first, Text("x.id")}}
}

// link returns the relation that a selection follows from rows of the type parent.
func link(parent *content.Type, sel *content.Selection) (relation, bool) {
	r, ok := relations()[parent.Name+"."+sel.Relation]
	r.tree = r.tree && !sel.Self
	return r, ok
}

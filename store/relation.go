package store

import (
	"parley/content"
)

// relation says which rows x belong to the parent p, and how they are sorted.
type relation struct {
	where string
	self  string   // the same without the descendants of a talk
	order []string // the order of the type, unless given
}

const subtree = "(SELECT descendant FROM talk_tree WHERE ancestor = p.value)"

// relations are the lists that lead from one type to another, by "Type.field".
func relations() map[string]relation {
	r := map[string]relation{
		"Talk.children":           {where: "x.parent_id = p.value"},
		"Talk.participations":     {where: "x.owner_id = p.value"},
		"Talk.events":             {where: "x.talk_id IN " + subtree, self: "x.talk_id = p.value"},
		"Talk.positions":          {where: "x.talk_id IN " + subtree, self: "x.talk_id = p.value"},
		"Talk.agreements":         {where: "x.talk_id IN " + subtree, self: "x.talk_id = p.value"},
		"Talk.articles":           within("article_talks", "owner_id", "ref_id"),
		"Talk.issues":             within("talk_issues", "ref_id", "owner_id"),
		"Talk.mediators":          participants("Mediator"),
		"Talk.parties":            participants("Party"),
		"Mediator.participations": {where: "x.actor_id = p.value AND x.actor_type = 'Mediator'"},
		"Party.participations":    {where: "x.actor_id = p.value AND x.actor_type = 'Party'"},
		"Mediator.talks":          taking("Mediator"),
		"Party.talks":             taking("Party"),
		"Party.positions":         {where: "x.party_id = p.value"},
		"Issue.positions":         {where: "x.issue_id = p.value"},
		"Issue.provisions":        {where: "x.issue_id = p.value"},
		"Agreement.provisions":    {where: "x.owner_id = p.value"},
	}
	for name, table := range map[string]string{
		"Mediator.events": "event_mediators", "Mediator.agreements": "agreement_mediators",
		"Party.events": "event_parties", "Party.agreements": "agreement_parties",
		"Issue.talks": "talk_issues", "Issue.events": "event_issues",
	} {
		r[name] = relation{where: "x.id IN (SELECT owner_id FROM " + table + " WHERE ref_id = p.value)"}
	}
	for name, table := range map[string]string{
		"Issue.mediators": "issue_mediators", "Issue.parties": "issue_parties",
		"Event.mediators": "event_mediators", "Event.parties": "event_parties", "Event.issues": "event_issues",
		"Agreement.mediators": "agreement_mediators", "Agreement.parties": "agreement_parties",
		"Article.issues": "article_issues",
	} {
		r[name] = listed(table)
	}
	r["Article.talks"] = relation{where: "x.id IN (SELECT ref_id FROM article_talks WHERE owner_id = p.value)"}
	return r
}

// listed are the items that the editor of the parent gave in a list, in that order.
func listed(table string) relation {
	return relation{
		where: "x.id IN (SELECT ref_id FROM " + table + " WHERE owner_id = p.value)",
		order: []string{"(SELECT position FROM " + table + " WHERE owner_id = p.value AND ref_id = x.id)", "x.id"},
	}
}

// within are the items that a table joins to a talk or to its descendants.
func within(table, item, talk string) relation {
	head := "x.id IN (SELECT " + item + " FROM " + table + " WHERE " + talk
	return relation{where: head + " IN " + subtree + ")", self: head + " = p.value)"}
}

func participants(capacity string) relation {
	head := "x.id IN (SELECT actor_id FROM talk_participations WHERE actor_type = '" + capacity + "' AND owner_id"
	return relation{where: head + " IN " + subtree + ")", self: head + " = p.value)"}
}

func taking(capacity string) relation {
	return relation{where: "x.id IN (SELECT owner_id FROM talk_participations WHERE actor_id = p.value AND actor_type = '" + capacity + "')"}
}

// link returns the relation that a selection follows from rows of the type parent.
func link(parent *content.Type, sel *content.Selection) (relation, bool) {
	r, ok := relations()[parent.Name+"."+sel.Relation]
	if sel.Self && r.self != "" {
		r.where = r.self
	}
	if r.order == nil {
		r.order = order(sel.Type)
	}
	return r, ok
}

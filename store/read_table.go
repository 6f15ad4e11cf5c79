package store

import (
	"strings"
	"sync"
	"unicode"

	"parley/content"
)

// snake turns a name of the content model into that of its table or column: "occurredOn" is occurred_on.
func snake(name string) string {
	if known, ok := snakes()[name]; ok {
		return known
	}
	return snaked(name)
}

// snakes are the names that statements have most.
var snakes = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, t := range content.Types() {
		names[t.Name], names[t.Base] = snaked(t.Name), snaked(t.Base)
		for i := range t.Fields {
			names[t.Fields[i].Name] = snaked(t.Fields[i].Name)
		}
	}
	return names
})

func snaked(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// source is what stands after FROM for the rows x of a type.
func source(t *content.Type) string {
	switch t.Name {
	case "Mediator", "Party":
		return snake(t.Name) + " AS c JOIN actor AS x ON x.id = c.id"
	default:
		return snake(t.Base) + " AS x"
	}
}

// visible is the condition on x that holds for what the audience may see.
func visible(t *content.Type, v content.View) string {
	switch {
	case v.Audience != content.Public:
		return "TRUE"
	case t.Name == "Participation":
		return where("EXISTS (SELECT 1 FROM talk AS o WHERE o.id = x.owner_id AND o.visible = 1)",
			"EXISTS (SELECT 1 FROM actor AS a WHERE a.id = x.actor_id AND a.visible = 1)")
	case t.Name == "Provision":
		return "EXISTS (SELECT 1 FROM agreement AS o WHERE o.id = x.owner_id AND o.visible = 1)"
	default:
		return "x.visible = 1"
	}
}

// columns are the expressions over x that a field is read from. An item's own key is always read besides.
func columns(t *content.Type, name string, v content.View) []string {
	switch name {
	case "slug", "pubStatus", "embargoedUntil":
		return []string{"x." + snake(name)}
	case "locale", "ownLocale":
		return []string{localeOf(t)}
	case "untranslated":
		return []string{textsOf(t, v)}
	case "revision":
		return []string{"x." + seenRev(v)}
	case "createdAt":
		return []string{"(SELECT at FROM revision WHERE number = x.created_rev)"}
	case "updatedAt":
		return []string{"(SELECT at FROM revision WHERE number = x." + seenRev(v) + ")"}
	case "label":
		return []string{label(t, v)}
	}
	if expr, ok := derived(t, name); ok {
		return []string{expr}
	}
	f := t.Field(name)
	column := "x." + snake(name)
	switch {
	case f == nil:
		return nil
	case f.Kind == content.Date:
		return []string{column, column + "_verbatim"}
	case f.Kind == content.SingleRef && len(f.To) > 1:
		return []string{column + "_id", column + "_type"}
	case f.Kind == content.SingleRef:
		return []string{column + "_id"}
	default:
		return []string{column}
	}
}

// seenRev is the column of the revision that made an item what the audience sees.
func seenRev(v content.View) string {
	if v.Audience == content.Public {
		return "seen_rev"
	}
	return "from_rev"
}

// label is what an item is called in a list.
func label(t *content.Type, v content.View) string {
	switch t.Name {
	case "Mediator", "Party":
		return "x.name"
	case "Position":
		issue := displayNameExpr(content.TypeNamed("Issue"), "i", "text", "i.title", v)
		return "x.holder || COALESCE(' on ' || (SELECT " + issue + " FROM issue AS i WHERE i.id = x.issue_id AND i.visible = 1), '') || ': ' || x.stance"
	default:
		return "x.title"
	}
}

// derived are the fields that follow from other rows.
func derived(t *content.Type, name string) (string, bool) {
	switch t.Name + "." + name {
	case "Talk.process":
		return processOf("x.id"), true
	case "Mediator.asParty", "Party.asParty", "Actor.asParty":
		return "(SELECT id FROM party WHERE id = x.id)", true
	case "Mediator.asMediator", "Party.asMediator", "Actor.asMediator":
		return "(SELECT id FROM mediator WHERE id = x.id)", true
	case "Position.supersededBy":
		return "(SELECT s.id FROM position AS s WHERE s.supersedes_id = x.id AND s.visible = 1 ORDER BY s.id LIMIT 1)", true
	case "Participation.talk", "Provision.agreement":
		return "x.owner_id", true
	case "Participation.capacity":
		return "UPPER(x.actor_type)", true
	default:
		return "", false
	}
}

// processOf is the root of the tree that a talk stands in.
func processOf(talk string) string {
	return "(SELECT ancestor FROM (SELECT ancestor, depth FROM talk_tree WHERE descendant = " + talk + " ORDER BY depth DESC LIMIT 1 OFFSET 0))"
}

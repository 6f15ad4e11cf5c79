package sqlgen

import (
	"strings"
	"sync"
	"unicode"

	"parley/content"
)

// Snake turns a name of the content model into that of its table or column: "occurredOn" is occurred_on.
func Snake(name string) string {
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

// Source returns the tables after FROM for the rows x of a type.
func Source(t *content.Type) Tables {
	if t.Base == t.Name || content.TypeNamed(t.Name) == nil {
		return From(Table{Name: Snake(t.Base), Alias: "x"})
	}
	return From(Table{Name: Snake(t.Name), Alias: "c"}).with(InnerJoin, Table{Name: Snake(t.Base), Alias: "x"}, Text("x.id = c.id"))
}

// Visible is the condition on x that holds for what the audience may see.
func Visible(t *content.Type, v content.View) Expr {
	switch {
	case v.Audience != content.Public:
		return Text("TRUE")
	case t.Name == "Participation":
		return All(Format("EXISTS (SELECT 1 FROM ? WHERE o.id = x.owner_id AND o.visible = 1)", Table{Name: "talk", Alias: "o"}),
			Format("EXISTS (SELECT 1 FROM ? WHERE a.id = x.actor_id AND a.visible = 1)", Table{Name: "actor", Alias: "a"}))
	case t.Name == "Provision":
		return Format("EXISTS (SELECT 1 FROM ? WHERE o.id = x.owner_id AND o.visible = 1)", Table{Name: "agreement", Alias: "o"})
	default:
		return Text("x.visible = 1")
	}
}

// ColumnsOf are the expressions over x that a field is read from. The key of the item is always read too.
func ColumnsOf(t *content.Type, name string, v content.View) []Expr {
	switch name {
	case "slug", "pubStatus", "embargoedUntil":
		return Texts("x." + Snake(name))
	case "locale", "ownLocale":
		return []Expr{localeOf(t)}
	case "untranslated":
		return Texts(textsOf(t, v))
	case "revision":
		return Texts("x." + seenRev(v))
	case "createdAt":
		return Texts("(SELECT at FROM revision WHERE number = x.created_rev)")
	case "updatedAt":
		return Texts("(SELECT at FROM revision WHERE number = x." + seenRev(v) + ")")
	case "label":
		return []Expr{label(t, v)}
	}
	if expr, ok := derived(t, name); ok {
		return []Expr{expr}
	}
	if f := t.Field(name); f != nil {
		if columns, ok := declaredExprs()[f]; ok {
			return columns
		}
		return Texts(DeclaredColumns(f)...)
	}
	return nil
}

// declaredExprs returns the columns of each declared field as expressions. They are made once: each read asks for them.
var declaredExprs = sync.OnceValue(func() map[*content.Field][]Expr {
	all := map[*content.Field][]Expr{}
	for _, t := range content.Types() {
		for i := range t.Fields {
			all[&t.Fields[i]] = Texts(DeclaredColumns(&t.Fields[i])...)
		}
	}
	return all
})

// DeclaredColumns are the columns of x that a declared field is read from.
func DeclaredColumns(f *content.Field) []string {
	column := "x." + Snake(f.Name)
	switch {
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
func label(t *content.Type, v content.View) Expr {
	if title := t.Title(); title != "" {
		return Text("x." + Snake(title))
	}
	issue := displayNameExpr(content.TypeNamed("Issue"), "i", "text", Text("i.title"), v) // of a position
	return Format("x.holder || COALESCE(' on ' || (SELECT ? FROM ? WHERE i.id = x.issue_id AND i.visible = 1), '') || ': ' || x.stance",
		issue, Table{Name: "issue", Alias: "i"})
}

// derived are the fields that follow from other rows.
func derived(t *content.Type, name string) (Expr, bool) {
	switch t.Name + "." + name {
	case "Talk.process":
		return processOf("x.id"), true
	case "Mediator.asParty", "Party.asParty", "Actor.asParty":
		return Format("(SELECT id FROM ? WHERE id = x.id)", Table{Name: "party"}), true
	case "Mediator.asMediator", "Party.asMediator", "Actor.asMediator":
		return Format("(SELECT id FROM ? WHERE id = x.id)", Table{Name: "mediator"}), true
	case "Position.supersededBy":
		return Format("(SELECT s.id FROM ? WHERE s.supersedes_id = x.id AND s.visible = 1 ORDER BY s.id LIMIT 1)", Table{Name: "position", Alias: "s"}), true
	case "Participation.talk", "Provision.agreement":
		return Text("x.owner_id"), true
	case "Participation.capacity":
		return Text("UPPER(x.actor_type)"), true
	default:
		return nil, false
	}
}

// processOf returns the root of the tree of a talk.
func processOf(talk string) Expr {
	return Format("(SELECT ancestor FROM (SELECT ancestor, depth FROM ? WHERE descendant = "+talk+" ORDER BY depth DESC LIMIT 1 OFFSET 0))", Table{Name: "talk_tree"})
}

// isPlain reports whether the value of a field is the value of its column.
func isPlain(t *content.Type, name string) bool {
	f := t.Field(name)
	return name == "slug" || name == "locale" || name == "ownLocale" || name == "pubStatus" || f != nil && (f.Kind == content.Text || f.Kind == content.RichText || f.Kind == content.Enum || f.Kind == content.Int)
}

// Translatable reports whether a field of an item, or of a row of one, depends on the languages that are wanted.
func Translatable(t *content.Type, name string) bool {
	if t.Field("translations") == nil {
		return false
	}
	switch name {
	case "locale", "untranslated":
		return true
	case "label":
		return t.Title() != ""
	}
	f := t.Field(name)
	return f != nil && (f.Translatable() || f.HasTranslations() && !InOwnTable(f))
}

// localeOf is the expression for the own language of the texts of x. Rows of an item are in that of the item.
func localeOf(t *content.Type) Expr {
	switch t.Name {
	case "Participation":
		return Format("(SELECT o.locale FROM ? WHERE o.id = x.owner_id)", Table{Name: "talk", Alias: "o"})
	case "Provision":
		return Format("(SELECT o.locale FROM ? WHERE o.id = x.owner_id)", Table{Name: "agreement", Alias: "o"})
	default:
		return Text("x.locale")
	}
}

// textsOf is the expression for the names of the texts that x has, each with a space before it; NULL where no language is
// wanted, since all of them are in their own then.
func textsOf(t *content.Type, v content.View) string {
	if len(v.Locales) == 0 {
		return "NULL"
	}
	var parts []string
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Translatable() {
			parts = append(parts, "IIF(x."+Snake(f.Name)+" IS NULL, '', ' "+f.Name+"')")
		}
	}
	return strings.Join(parts, " || ")
}

package sqlgen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"parley/content"
	"parley/internal/fold"
)

// hasNames reports whether the names of a type are in naming, as those of all items are; rows of an item have none there.
func hasNames(t *content.Type) bool { return len(t.Views()) > 0 }

// displayNameExpr is the expression for what the row x is called, in the first of the languages that it has: a column of naming,
// or own where none is wanted.
func displayNameExpr(t *content.Type, x, column string, own Expr, v content.View) Expr {
	if len(v.Locales) == 0 {
		return own
	}
	parts := make([]Expr, 0, len(v.Locales)+1)
	for _, locale := range v.Locales {
		parts = append(parts, Format("(SELECT n."+column+" FROM ? WHERE n.type = '"+t.Base+"' AND n.item_id = "+x+".id AND n.locale = ?)",
			Table{Name: "naming", Alias: "n"}, literal(string(locale))))
	}
	return Format("COALESCE(?)", List(", ", append(parts, own)...))
}

// folded is the expression for what the row x is called, or for its aliases, as [fold.Text] has it, in the language that
// is served.
func (c *Conditions) folded(t *content.Type, column string) Expr {
	own := Format("(SELECT n."+column+" FROM ? WHERE n.type = '"+t.Base+"' AND n.item_id = x.id AND n.locale = COALESCE(x.locale, ''))",
		Table{Name: "naming", Alias: "n"})
	return displayNameExpr(t, "x", column, own, c.View)
}

// contains is the test that the folded title of x, or one of its aliases, has a text in it, in the language that is
// served. Where the text is rare, an index finds the items first; where it is frequent, a page is full sooner without.
func (c *Conditions) contains(t *content.Type, column, text string) (Expr, error) {
	test := Format("INSTR(?, ?)", c.folded(t, column), c.arg(fold.Text(text)))
	if c.rowByRow || c.View.At != 0 { // the index holds the names of now alone
		return test, nil
	}
	index, match := indexOfNames(column, text)
	n, err := c.Count(Text(fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %[1]s WHERE %[1]s MATCH $1 LIMIT %[2]d)", index, c.Frequent)), match)
	if err != nil || n >= c.Frequent {
		return test, err
	}
	return All(Format("x.id IN (?)", c.containing(t, column, text)), test), nil
}

// startsWith is the test that a folded text begins with another one.
func (c *Conditions) startsWith(folded Expr, text string) Expr {
	head := fold.Text(text)
	return All(Format("? >= ?", folded, c.arg(head)), Format("? < ?", folded, c.arg(head+"\U0010FFFF")))
}

// containing looks up the items with a name, in any language, that has a text in it.
func (c *Conditions) containing(t *content.Type, column, text string) Expr {
	index, match := indexOfNames(column, text)
	if index == "search_index" {
		return Format("SELECT d.item_id FROM search_index AS m JOIN search_text AS d ON d.id = m.rowid WHERE m.search_index MATCH ?"+
			" AND d.type IN ("+quoted(CapacitiesOf(t)...)+")", c.arg(match))
	}
	return Format("SELECT n.item_id FROM naming_gram AS g JOIN ? ON n.id = g.rowid WHERE g.naming_gram MATCH ? AND n.type = '"+t.Base+"'",
		Table{Name: "naming", Alias: "n"}, c.arg(match))
}

// indexOfNames is the index that finds the names with a text in them, and what is to match there: that of every three
// characters, or for a shorter text, which is of a language without spaces, that of words.
func indexOfNames(column, text string) (index, match string) {
	text = fold.Text(text)
	if utf8.RuneCountInString(text) < 3 {
		return "search_index", expression([]Term{termOf(text, false)}, "title")
	}
	return "naming_gram", "{" + column + `} : "` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// CapacitiesOf are the types that the rows of a type can be seen as.
func CapacitiesOf(t *content.Type) []string {
	var list []string
	for _, of := range content.Types() {
		if of.Base == t.Base {
			list = append(list, of.Name)
		}
	}
	return list
}

package sqlgen

import "parley/content"

// LocalesOfItems returns the statement that reads the languages of the items that the audience sees, the most frequent first.
func LocalesOfItems(v content.View) Expr {
	var parts []Expr
	for _, t := range content.Stored() {
		table := t
		if t.IsView() {
			table = content.RowType(t.Base)
		}
		items := From(Table{Name: "naming", Alias: "n"}).joining(Source(table), Text("x.id = n.item_id"))
		parts = append(parts, Format("SELECT n.locale, COUNT(*) AS items FROM ?\nWHERE ?\nGROUP BY n.locale",
			items, All(Text("n.type = '"+t.Base+"'"), Text("n.locale <> ''"), Visible(table, v))))
	}
	return Format("SELECT locale FROM (\n?\n)\nGROUP BY locale\nORDER BY SUM(items) DESC, locale", List("\nUNION ALL\n", parts...))
}

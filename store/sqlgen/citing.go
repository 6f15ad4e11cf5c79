package sqlgen

import (
	"fmt"
	"slices"

	"parley/content"
)

// CitingSources selects the visible items that cite the sources in $1: source_id, rank, sort and id; a filter of
// contentType names their types.
func CitingSources(f *content.Filter, v content.View) Expr {
	var parts []Expr
	for i, t := range content.Types() {
		if f != nil && !slices.Contains(f.Values, any(t.Name)) {
			continue
		}
		sort := "x.slug"
		if t.Title() != "" {
			sort = "x.sort_key"
		}
		parts = append(parts, OneLine(&Select{
			Cols:  Texts("q.source_id", fmt.Sprintf("%d AS rank", i), sort+" AS sort", "x.id"),
			From:  From(Table{Name: "citation", Alias: "q"}).joining(Source(t), Text("x.id = q.item_id")),
			Where: All(Text("q.source_id IN (SELECT value FROM json_each($1))"), Text("q.type = '"+t.Base+"'"), Visible(t, v)), Line: true,
		}))
	}
	return List("\nUNION ALL ", parts...)
}

package store

import (
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// correcting are the lines of the corrections of the talk p, or of its subtree: of the items that belong to it in the view,
// and that the audience saw after them. Corrections are few among the revisions, so they are walked, the newest first, and
// each of their items is looked up.
func (r *reader) correcting(tree bool) lines {
	l := lines{from: "revision AS n INDEXED BY revision_correction CROSS JOIN change AS c", before: sqlgen.Standing, past: r.view.At != 0}
	var parts []string
	for _, m := range sqlgen.MembersOf(tree, r.view, "p.value") {
		t := content.TypeNamed(m.Of)
		item := &sqlgen.Select{Cols: sqlgen.Texts("1"), From: m.From.Free(), Where: sqlgen.All(sqlgen.Text("o.id = c.item_id"), m.Conditions), Line: true}
		exists := sqlgen.OneLine(sqlgen.Format("EXISTS (?)", item))
		belongs := sqlgen.Render(exists)
		if l.past {
			belongs = sqlgen.RenderAsOf(exists, 3, r.view.Audience == content.Public)
		}
		seen := ""
		if r.view.Audience == content.Public {
			seen = where("c.seen IS NOT NULL", visibleAt(t, "c.revision"))
		}
		l.types = append(l.types, t)
		parts = append(parts, "("+where("c.type = '"+m.Of+"'", belongs, seen)+")")
	}
	slices.SortFunc(l.types, func(a, b *content.Type) int { return strings.Compare(a.Name, b.Name) })
	l.chosen = where("n.reason IN ('CORRECTION', 'RETRACTION')", "n.number < $2", "c.revision = n.number", "("+strings.Join(parts, "\n  OR ")+")")
	return l
}

package sqlgen

import (
	"fmt"
	"strconv"
	"strings"

	"parley/content"
)

// MaxBuckets bounds the values of a facet.
const MaxBuckets = 100

// FacetOf is the expression that items x of a type are counted by; nil where the type has no such facet. It is NULL for
// an item that has no value.
func FacetOf(t *content.Type, by content.Facet) Expr {
	field := t.Facets[by]
	column := "x." + Snake(field)
	switch {
	case by == content.FacetType:
		return literal(strings.ToUpper(t.Name))
	case field == "":
		return nil
	case by == content.FacetYear:
		return Text(fmt.Sprintf("CASE WHEN %[1]s_earliest BETWEEN -62135596800 AND 253402300799 THEN strftime('%%Y', %[1]s_earliest, 'unixepoch') END", column))
	default:
		return Text(column)
	}
}

// facet is the fact of a list that counts its items by the values of a facet, as JSON pairs of value and number.
func (q *Query) facet(by content.Facet) Expr {
	expr := FacetOf(q.Sel.Type, by)
	if expr == nil {
		return Text("'[]'")
	}
	counts := q.path.counts()
	rows := &Select{Cols: []Expr{Format("? AS v", expr)}, From: counts.from, Where: counts.conditions}
	if q.path.id == "l.event_id" && len(rows.From) == 1 {
		rows.From = rows.From.with(CrossJoin, Table{Name: "event", Alias: "x"}, Text("x.id = l.event_id"))
	}
	counted := Expr(rows)
	if q.View.At != 0 {
		rows.Limit = fence()
		counted = Format("SELECT v, COUNT(*) AS n FROM (?)", rows)
	} else {
		rows.Cols = append(rows.Cols, Text("COUNT(*) AS n"))
	}
	return Format("(SELECT json_group_array(json_array(v, n)) FROM (\n  ?\n  GROUP BY v HAVING v IS NOT NULL ORDER BY n DESC, v LIMIT "+
		strconv.Itoa(MaxBuckets)+"))", counted)
}

// FacetOfKeys returns the statement that counts the items of a type with the keys in $1 by an expression.
func FacetOfKeys(t *content.Type, by Expr, v content.View) Expr {
	rows := &Select{Cols: []Expr{Format("? AS v", by)}, From: Source(t), Where: Text("x.id IN (SELECT value FROM json_each($1))")}
	counted := Expr(rows)
	if v.At != 0 {
		rows.Limit = fence()
		counted = Format("SELECT v, COUNT(*) FROM (?)", rows)
	} else {
		rows.Cols = append(rows.Cols, Text("COUNT(*)"))
	}
	return Format("?\nGROUP BY v HAVING v IS NOT NULL", counted)
}

package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/content"
)

// maxBuckets bounds the values of a facet.
const maxBuckets = 100

// facetOf is the expression that items x of a type are counted by; nil where the type has no such facet. It is NULL for
// an item that has no value.
func facetOf(t *content.Type, by content.Facet) Expr {
	field := t.Facets[by]
	column := "x." + snake(field)
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
func (q *query) facet(by content.Facet) Expr {
	expr := facetOf(q.sel.Type, by)
	if expr == nil {
		return Text("'[]'")
	}
	counts := q.path.counts()
	rows := &Select{Cols: []Expr{Format("? AS v", expr)}, From: counts.from, Where: counts.conditions}
	if q.path.id == "l.event_id" && len(rows.From) == 1 {
		rows.From = rows.From.with(CrossJoin, Table{Name: "event", Alias: "x"}, Text("x.id = l.event_id"))
	}
	counted := Expr(rows)
	if q.view.At != 0 {
		rows.Limit = fence()
		counted = Format("SELECT v, COUNT(*) AS n FROM (?)", rows)
	} else {
		rows.Cols = append(rows.Cols, Text("COUNT(*) AS n"))
	}
	return Format("(SELECT json_group_array(json_array(v, n)) FROM (\n  ?\n  GROUP BY v HAVING v IS NOT NULL ORDER BY n DESC, v LIMIT "+
		strconv.Itoa(maxBuckets)+"))", counted)
}

// buckets reads what facet wrote.
func buckets(text string) ([]content.Bucket, error) {
	var pairs [][2]any
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, fmt.Errorf("read a facet: %w", err)
	}
	list := make([]content.Bucket, len(pairs))
	for i, p := range pairs {
		n, _ := p[1].(float64)
		list[i] = content.Bucket{Value: fmt.Sprint(p[0]), Count: int(n)}
	}
	return list, nil
}

// searchFacets counts the results of a search, all of them and not only the page.
func (r *reader) searchFacets(ctx context.Context, hits []hit, facets []content.Facet) ([][]content.Bucket, error) {
	byType := map[string][]content.Key{}
	for _, h := range hits {
		byType[h.ref.Type] = append(byType[h.ref.Type], h.ref.Key)
	}
	all := make([][]content.Bucket, len(facets))
	for i, by := range facets {
		counts := map[string]int{}
		for _, t := range content.Types() {
			expr := facetOf(t, by)
			if expr == nil || byType[t.Name] == nil {
				continue
			}
			rows := &Select{Cols: []Expr{Format("? AS v", expr)}, From: source(t), Where: Text("x.id IN (SELECT value FROM json_each($1))")}
			counted := Expr(rows)
			if r.view.At != 0 {
				rows.Limit = fence()
				counted = Format("SELECT v, COUNT(*) FROM (?)", rows)
			} else {
				rows.Cols = append(rows.Cols, Text("COUNT(*)"))
			}
			err := r.query(ctx, Format("?\nGROUP BY v HAVING v IS NOT NULL", counted), []any{keyList(byType[t.Name])}, func(row *row) error {
				var value string
				var n int
				err := row.Scan(&value, &n)
				counts[value] += n
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("count %s by %s: %w", t.Plural, by, err)
			}
		}
		for value, n := range counts {
			all[i] = append(all[i], content.Bucket{Value: value, Count: n})
		}
		slices.SortFunc(all[i], func(a, b content.Bucket) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		all[i] = all[i][:min(len(all[i]), maxBuckets)]
	}
	return all, nil
}

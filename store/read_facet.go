package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

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
			expr := sqlgen.FacetOf(t, by)
			if expr == nil || byType[t.Name] == nil {
				continue
			}
			err := r.query(ctx, sqlgen.FacetOfKeys(t, expr, r.view), []any{keyList(byType[t.Name])}, func(row *row) error {
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
		all[i] = all[i][:min(len(all[i]), sqlgen.MaxBuckets)]
	}
	return all, nil
}

package plan

import (
	"slices"

	"parley/content"
	"parley/graph/operation"
)

// FacetsOf reads the argument by.
func FacetsOf(f *operation.Field) []content.Facet {
	list, _ := f.Args["by"].([]any)
	facets := make([]content.Facet, len(list))
	for i, v := range list {
		name, _ := v.(string)
		facets[i] = content.Facet(name)
	}
	return facets
}

// addFacets adds the counts that a facets field asks for to a list.
func addFacets(sel *content.Selection, f *operation.Field) error {
	for _, by := range FacetsOf(f) {
		if !slices.Contains(sel.Facets, by) {
			sel.Facets = append(sel.Facets, by)
		}
	}
	for _, sub := range f.Fields() {
		if _, err := First(sub, operation.WholeList); err != nil {
			return operation.InField(sub, err)
		}
	}
	return nil
}

// facets writes the counts of a list.
func (e *Encoder) facets(sel *content.Selection, l *content.List, f *operation.Field) error {
	by := FacetsOf(f)
	return e.List(len(by), func(i int) error {
		var buckets []content.Bucket
		if at := slices.Index(sel.Facets, by[i]); at < len(l.Facets) {
			buckets = l.Facets[at]
		}
		return e.Object(f, func(sub *operation.Field) error {
			if sub.Name == "facetField" {
				return e.Value(by[i])
			}
			return e.buckets(buckets, sub)
		})
	})
}

func (e *Encoder) buckets(list []content.Bucket, f *operation.Field) error {
	n, err := First(f, content.MaxPage)
	if err != nil {
		return err
	}
	return e.List(min(n, len(list)), func(i int) error {
		return e.Object(f, func(sub *operation.Field) error {
			if sub.Name == "count" {
				return e.Value(list[i].Count)
			}
			return e.Value(list[i].Value)
		})
	})
}

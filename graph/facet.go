package graph

import (
	"slices"

	"parley/content"
)

// facetsOf reads the argument by.
func facetsOf(f *field) []content.Facet {
	list, _ := f.args["by"].([]any)
	facets := make([]content.Facet, len(list))
	for i, v := range list {
		name, _ := v.(string)
		facets[i] = content.Facet(name)
	}
	return facets
}

// addFacets has a list counted by what a facets field asks for.
func addFacets(sel *content.Selection, f *field) error {
	for _, by := range facetsOf(f) {
		if !slices.Contains(sel.Facets, by) {
			sel.Facets = append(sel.Facets, by)
		}
	}
	for _, sub := range f.fields() {
		if _, err := first(sub, wholeList); err != nil {
			return inField(sub, err)
		}
	}
	return nil
}

// facets writes the counts of a list.
func (e *encoder) facets(sel *content.Selection, l *content.List, f *field) error {
	by := facetsOf(f)
	return e.list(len(by), func(i int) error {
		var buckets []content.Bucket
		if at := slices.Index(sel.Facets, by[i]); at < len(l.Facets) {
			buckets = l.Facets[at]
		}
		return e.object(f, func(sub *field) error {
			if sub.name == "facetField" {
				return e.value(by[i])
			}
			return e.buckets(buckets, sub)
		})
	})
}

func (e *encoder) buckets(list []content.Bucket, f *field) error {
	n, err := first(f, content.MaxPage)
	if err != nil {
		return err
	}
	return e.list(min(n, len(list)), func(i int) error {
		return e.object(f, func(sub *field) error {
			if sub.name == "count" {
				return e.value(list[i].Count)
			}
			return e.value(list[i].Value)
		})
	})
}

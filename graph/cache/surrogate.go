package cache

import (
	"maps"
	"slices"
	"strings"

	"parley/content"
)

// maxSurrogates is how many ids the headers hold by which shared caches purge: proxies bound the size of headers.
const maxSurrogates = 60

// Surrogates gathers what an answer can be purged by: the id of each item in it, and the type of each list, since an
// item may enter it. Where there are more than maxSurrogates ids, their types take their place.
type Surrogates struct {
	Keys    []string
	seen    map[string]bool
	ids     int
	Objects int
}

// SurrogatesOf walks the answers to the selections of the root fields.
func SurrogatesOf(sels []*content.Selection, results []*content.Result) *Surrogates {
	s := &Surrogates{seen: map[string]bool{}}
	for i, sel := range sels {
		s.walk(sel, results[i])
	}
	return s
}

func (s *Surrogates) walk(sel *content.Selection, res *content.Result) {
	rows := 0
	for _, key := range slices.Sorted(maps.Keys(res.Lists)) { // the same header whenever it is asked
		l := res.Lists[key]
		rows += len(l.Rows)
		for _, row := range l.Rows {
			s.row(sel.Type, row)
		}
	}
	s.Objects += rows
	reference := sel.Keys != nil || strings.Contains(sel.Key, ":") // the planner names those so
	single := sel.Slug != "" || sel.External != nil
	if !reference && (!single || rows == 0) {
		s.whole(sel.Type)
		s.filter(sel.Filter)
	}
	for i, child := range sel.Children {
		if i < len(res.Children) {
			s.walk(child, res.Children[i])
		}
	}
}

// filter adds the types that a condition reaches across relations.
func (s *Surrogates) filter(f *content.Filter) {
	if f == nil {
		return
	}
	if f.Type != nil {
		s.whole(f.Type)
	}
	for _, of := range f.Of {
		s.filter(of)
	}
}

func (s *Surrogates) row(t *content.Type, row content.Row) {
	if content.TypeNamed(t.Name) == nil {
		return // it is no node, and changes with the one that it belongs to
	}
	if s.ids >= maxSurrogates {
		s.whole(t)
		return
	}
	if s.add(string(content.NewID(t.Name, row.Key))) {
		s.ids++
	}
}

// whole adds the key for all items of a type, or for all content where t is not a type with ids.
func (s *Surrogates) whole(t *content.Type) {
	if content.TypeNamed(t.Name) == nil {
		s.add("content")
		return
	}
	s.add(strings.ToLower(t.Name))
}

func (s *Surrogates) add(key string) bool {
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	s.Keys = append(s.Keys, key)
	return true
}

package content

import "sync"

// MaxHits is the greatest number of results of a search.
const MaxHits = 1000

// Search asks for the items that hold words, the best first.
type Search struct {
	// Query holds words, "phrases", prefix* and -exclusions.
	Query string
	// Types are the types looked for; none is all of them.
	Types []*Type
	// Talk asks for this talk and what it leads to, as in [Changes]; 0 is everything.
	Talk Key
	// Filters are conditions on the items, by type; a type without one is not restricted.
	Filters map[string]*Filter
	// After is how many results the page leaves out.
	After int
}

// Highlight is a part of a text with what was searched for in it.
type Highlight struct {
	// Field is title, summary, body or other.
	Field string
	// Snippet is HTML that is safe to show, with what matched in <mark>.
	Snippet string
}

// SearchHit is the type of the results of a search: the item, a score that only its order gives a meaning, and
// highlights.
func SearchHit() *Type { return searchHit() }

var searchHit = sync.OnceValue(func() *Type {
	var names []string
	for _, t := range Types() {
		names = append(names, t.Name)
	}
	return &Type{Name: "SearchHit", Plural: "results", Base: "SearchHit", Fields: []Field{one("node", names...)}}
})

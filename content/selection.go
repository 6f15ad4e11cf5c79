package content

// Selection is what an operation asks for at one place: which fields of which type, on which page, and what is
// reached from there. The planner makes it, a store answers it with one statement.
type Selection struct {
	// Key is the name of the answer in its parent: the response key of the field.
	Key string
	// Relation is the relation of the parent's type that leads here, or empty at the root.
	Relation string
	// Type is the type of the rows.
	Type *Type
	// Fields are the fields of Type to read, without repetition, in the order asked.
	Fields []string
	// Page bounds a list; it is the zero Page for a relation to one item.
	Page Page
	// Filter chooses among the rows of a list; nil is all of them.
	Filter *Filter
	// Sort is the order of a list.
	Sort Sort
	// Search asks for results of a search, of type [SearchHit], instead of the rows of a table.
	Search *Search
	// Self leaves out what belongs to the descendants of a talk.
	Self bool
	// Total asks for the number of all rows, Rows for the rows themselves, Before for whether rows precede the page,
	// Cursors for the order keys of the rows.
	Total, Rows, Before, Cursors bool
	// Facets are what the rows of the list are counted by, the whole list and not only the page.
	Facets []Facet
	// At is, at the root, the revision that is read there and in all that is reached from there; 0 is the newest.
	At Revision
	// Diff asks for rows of type [NodeDiff] instead of the rows of a table.
	Diff *Diff
	// Keys, Slug or External choose rows at the root.
	Keys     []Key
	Slug     Slug
	External *ExternalID
	// Of is the type that a tombstone is asked of.
	Of *Type
	// Children are the relations read for each row.
	Children []*Selection
}

// Child returns the child selection under the response key, or nil.
func (s *Selection) Child(key string) *Selection {
	for _, c := range s.Children {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// Add asks for fields of the type that are not asked for yet.
func (s *Selection) Add(fields ...string) {
next:
	for _, f := range fields {
		for _, have := range s.Fields {
			if have == f {
				continue next
			}
		}
		s.Fields = append(s.Fields, f)
	}
}

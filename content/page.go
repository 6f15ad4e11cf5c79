package content

// Page sizes of connections, as Relay counts them.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// Page is one page of a list, by keyset: at most Size rows after or before a row's place.
type Page struct {
	// List names the list, "Talk.events": a cursor is good for the list that gave it alone.
	List string
	// Size is the number of rows; 0 is all of a bounded list.
	Size int
	// Backward takes the last rows instead of the first.
	Backward bool
	// After and Before are the order keys of the rows that bound the page, or nil.
	After, Before []any
}

// Result is the answer to a [Selection]: one list of rows for each parent.
type Result struct {
	// Lists holds the rows by the key of the parent; the root has the parent 0.
	Lists map[Key]*List
	// Children holds the answers to the child selections, in their order.
	Children []*Result
	// Tested is how many rows were tested for conditions without an index.
	Tested int
}

// List is one page of rows.
type List struct {
	Rows []Row
	// Total is the number of all rows of the list, if it was asked for.
	Total int
	// Facets are the counts that were asked for, in the order of [Selection.Facets]; of each the most frequent value first.
	Facets [][]Bucket
	// HasNext and HasPrevious report whether rows follow and precede the page.
	HasNext, HasPrevious bool
}

// Row is one row that was read.
type Row struct {
	// Key is the key of the item, by which children are found.
	Key Key
	// Values holds the selected fields in the order of [Selection.Fields].
	Values []any
	// Order holds the order keys, from which cursors are made.
	Order []any
}

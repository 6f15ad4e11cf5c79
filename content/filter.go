package content

// FilterOp says what a [Filter] tests.
type FilterOp int

// The tests. All others are combinations of them: ne is Not of In, none is Not of Some, an absent filter is And of nothing.
const (
	And        FilterOp = iota // all of Of hold; true where there are none
	Or                         // one of Of holds; false where there are none
	Not                        // the one in Of does not hold, for want of a value too
	In                         // the field has one of Values; false where there are none
	Less                       // the field is less than Values[0]
	AtMost                     // the field is Values[0] or less
	More                       // the field is more than Values[0]
	AtLeast                    // the field is Values[0] or more
	StartsWith                 // the text begins with Values[0], exactly
	Contains                   // the folded text contains Values[0] folded
	Matches                    // the words of the text are what Values[0] searches for
	During                     // the date and Span share an instant, or the date lies within it
	IsNull                     // the field has no value, or one that the audience may not see
	Some                       // an item that the field leads to meets all of Of, and the audience may see it
)

// Filter is a condition on the rows of a type. It has two values: what has no value meets no test but IsNull and Not.
type Filter struct {
	Op FilterOp
	// Field is the field or relation of the type that is tested.
	Field string
	// Values are the operands: string, int64, [Key] for ids, [time.Time] for instants.
	Values []any
	// Span is the operand of During.
	Span Span
	// Of are the conditions that And, Or and Not join, and those on related items.
	Of []*Filter
	// Type is the type of the related items.
	Type *Type
}

// Span is a stretch of time with inclusive bounds in seconds since 1970; an open end is the least or greatest int64.
type Span struct {
	From, Until int64
	// Within asks for dates that lie in the span, not only touch it.
	Within bool
}

// Sort is the order of a list: a field and a direction. The zero Sort is the order of the type.
type Sort struct {
	// Field is the name of a field of the type; the store knows which can be sorted by.
	Field      string
	Descending bool
}

package content

import "slices"

// Traits are the facts of a type that the store, the planner and the bundles ask for, so that a new type is data. The first five
// are declared of each type: an empty map or slice says that the type has none, nil that the declaration is missing, which
// TestTypesDeclareTheirTraits reports in a sentence. The others are of types with a part of their own in the model.
type Traits struct {
	// Label is the field by whose value items are called and sorted: a required text. It is [Computed] where the store makes the
	// label of several fields.
	Label string
	// Order is what lists are sorted by where a query names nothing: [Label], or date fields, of which the earliest date counts.
	Order []string
	// Facets are the fields by which lists are counted: an enumeration for FacetKind and FacetStatus, a date for FacetYear, or ""
	// where the type has none. A list of any type is counted by FacetType.
	Facets map[Facet]string
	// Owners are the references by which items belong to another item, without which they say nothing. A cascading deletion of the
	// owner deletes them. Items that belong to a talk are part of its differences, feeds, searches, sources and last change too.
	Owners []string
	// Citations says whether items need a source to be public.
	Citations CitationRule

	// Tree is the reference by which items of the type are children of another: lists of an item cover those of its descendants.
	Tree string
	// Timeline is the date by which the public's lists of the type are kept in order, beside what they show most. The table of
	// timelines is that of one type.
	Timeline string
	// Large says that the type has many rows, so that a list chooses its access path by what a filter selects.
	Large bool
	// Cached says that the type has few rows, which readers keep in memory.
	Cached bool
	// Source says that citations name items of the type.
	Source bool
	// Slug names the fields that a slug follows from where none is given, joined by "on", in place of the label. An item is not
	// complete without them.
	Slug []string
}

// Values of the traits Label and Order.
const (
	Computed = "(computed)" // of Label: see label in store/sqlgen/table.go
	ByLabel  = "(label)"    // of Order
)

// CitationRule says whether the items of a type need citations.
type CitationRule int

// The rules of citation.
const (
	citationsUndeclared CitationRule = iota
	CitationsOptional                // an item may cite nothing
	CitationsRequired                // an item is published only with a citation, and a source that readers see
)

// Title returns the field that names the items of the type, or "" where their label is computed.
func (t *Type) Title() string {
	if t.Label == Computed {
		return ""
	}
	return t.Label
}

// OrderDates returns the date fields that lists of the type are sorted by, or nil where they are sorted by the label.
func (t *Type) OrderDates() []string {
	if slices.Contains(t.Order, ByLabel) {
		return nil
	}
	return t.Order
}

// Cited reports whether items of the type become public only with a citation.
func (t *Type) Cited() bool { return t.Citations == CitationsRequired }

// SlugFields returns the fields that a slug follows from where none is given.
func (t *Type) SlugFields() []string {
	if t.Slug != nil {
		return t.Slug
	}
	return []string{t.Label}
}

// Views returns the types that are stored in the same rows as the type, itself among them, in the order of the model: mediators and
// parties are views of actors.
func (t *Type) Views() []*Type {
	var list []*Type
	for _, other := range Types() {
		if other.Base == t.Base {
			list = append(list, other)
		}
	}
	return list
}

// IsView reports whether the type is a view of rows that other types share: a capacity of an actor.
func (t *Type) IsView() bool { return t.Base != t.Name }

// Stored returns the types of content that have a table each: of types that share rows the first.
func Stored() []*Type {
	return slices.DeleteFunc(slices.Clone(Types()), func(t *Type) bool { return t.Views()[0] != t })
}

// TreeType returns the type whose items form a tree: talks.
func TreeType() *Type { return typeWith(func(t *Type) bool { return t.Tree != "" }) }

// TimelineType returns the type whose lists are kept in timelines, events.
func TimelineType() *Type { return typeWith(func(t *Type) bool { return t.Timeline != "" }) }

// SourceType returns the type that citations name, sources.
func SourceType() *Type { return typeWith(func(t *Type) bool { return t.Source }) }

func typeWith(trait func(*Type) bool) *Type {
	list := Types()
	return list[slices.IndexFunc(list, trait)]
}

// InTree returns the reference by which items of the type belong to an item of the tree: "talk" of events; "" where they belong to
// none, and for the type of the tree itself.
func (t *Type) InTree() string {
	for _, name := range t.Owners {
		if f := t.Field(name); t.Tree == "" && slices.Contains(f.To, TreeType().Name) {
			return name
		}
	}
	return ""
}

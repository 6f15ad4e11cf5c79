package content

// Kind is the form of a field's value.
type Kind int

// The kinds of fields. The comment says which Go type holds a value of that kind in an [Item].
const (
	Text       Kind = iota // string
	RichText               // string, Markdown
	Enum                   // string, one of Field.Enum
	Date                   // FuzzyDate
	Bool                   // bool
	Int                    // int64
	Place                  // map[string]any: name, country, latitude, longitude, translations
	SingleRef              // Ref
	StringList             // []string, in the editor's order
	RefList                // []Ref, in the editor's order, kept as rows of their own so that both ends find them
	JSONList               // []map[string]any of Field.Fields, in the editor's order, kept inside the item
	ChildRows              // []map[string]any of Field.Fields, kept as rows of their own
)

// Ref points at an item: its type and key.
type Ref struct {
	Type string `json:"type"`
	Key  Key    `json:"key"`
}

// Field is the one declaration of a field: the migrations, the planner, the loader and the bundles follow it.
type Field struct {
	// Name is the name of the field in the schema and in bundles.
	Name string
	Kind Kind
	// Enum holds the values of an enumeration.
	Enum []string
	// To names the types that a reference may point at.
	To []string
	// Required fields must have a value.
	Required bool
	// From is a reference whose label the field has in bundles that give it no value.
	From string
	// Max is the greatest number of elements of a list.
	Max int
	// Fields are the fields of the elements of Values and Rows, and those of a Place beside its coordinates.
	Fields []Field
}

// Type is a type of content.
type Type struct {
	// Name is the name in the schema: "Talk". Plural is the root field and the folder in bundles: "talks".
	Name, Plural string
	// Base is the type whose rows it is stored in: "Actor" for mediators and parties, else its own name.
	Base string
	Traits
	Fields []Field
}

// Field returns the field of that name, or nil.
func (t *Type) Field(name string) *Field {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// Field returns the field of that name of the elements of a list, or nil.
func (f *Field) Field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// TypeNamed returns the type of that name, or nil.
func TypeNamed(name string) *Type {
	for _, t := range Types() {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Item is one item of content as it is written: its values by field name.
type Item struct {
	Type   *Type
	Key    Key
	Slug   Slug
	Values map[string]any
	// Publication is the status and embargo of the item. A store always sets it in reads; where nil, a put leaves it unchanged.
	Publication *Publication
	// Revision is the last one that changed the item. Files have that of the time of their export; 0 where it is not known.
	Revision Revision
	// Given names the keys that the item says, where it says a part of them only.
	Given Given
}

func text(name string) Field { return Field{Name: name, Kind: Text} }
func rich(name string) Field { return Field{Name: name, Kind: RichText} }
func date(name string) Field { return Field{Name: name, Kind: Date} }
func flag(name string) Field { return Field{Name: name, Kind: Bool} }
func number(name string) Field {
	return Field{Name: name, Kind: Int}
}
func texts(name string, most int) Field { return Field{Name: name, Kind: StringList, Max: most} }
func title() Field                      { return Field{Name: "title", Kind: Text, Required: true} }
func one(name string, to ...string) Field {
	return Field{Name: name, Kind: SingleRef, To: to}
}

func refs(name string, most int, to ...string) Field {
	return Field{Name: name, Kind: RefList, To: to, Max: most}
}

func values(name string, most int, fields ...Field) Field {
	return Field{Name: name, Kind: JSONList, Max: most, Fields: fields}
}

func rows(name string, most int, fields ...Field) Field {
	return Field{Name: name, Kind: ChildRows, Max: most, Fields: fields}
}

func enum(name string, e interface{ Values() []string }) Field {
	return Field{Name: name, Kind: Enum, Enum: e.Values()}
}

// place is where something is.
func place() Field {
	return Field{Name: "place", Kind: Place, Fields: []Field{text("name"), text("country"), translations()}}
}

// Default is the value that an enumeration has where nothing is said: UNKNOWN, else OTHER, else its first value.
func (f *Field) Default() string {
	for _, want := range []string{"UNKNOWN", "OTHER"} {
		for _, v := range f.Enum {
			if v == want {
				return v
			}
		}
	}
	return f.Enum[0]
}

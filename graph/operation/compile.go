package operation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/jsonbuf"
)

// Field is a field of the answer: what all its mentions under one response key ask for. A program shares its fields
// among requests, so nothing changes them once they are compiled.
type Field struct {
	Key  string
	Name string
	Def  *ast.FieldDefinition
	// Args are the arguments with their defaults; those that follow from variables are bound for each request.
	Args map[string]any
	Form Form
	// Named is the name of the type, without lists and non-null.
	Named string
	// Types are the types of items that the field may lead to.
	Types []*content.Type
	// Path names the answer to what the field leads to, among those of the rows it is read with: response keys joined by
	// dots, since the nodes of a page and of its edges are the same rows.
	Path   string
	parent *Field // the field whose value it is a field of; nil at the root
	inner  bool   // whether it is a field of no item, but of a value or a page

	EnumDefault string     // the value of an enumeration where nothing was said: UNKNOWN, else OTHER, else its first
	Head        string     // the response key as it is written: "title":
	Mention     *ast.Field // the first, which has the arguments
	Objects     []object
	varies      bool // whether its arguments, or those of a field below it, follow from variables
}

// object is what a field asks of the objects of one type.
type object struct {
	typeName string
	fields   []*Field
}

// Of returns the fields asked of an object of the named type, in the order of the answer.
func (f *Field) Of(typeName string) []*Field {
	for i := range f.Objects {
		if f.Objects[i].typeName == typeName {
			return f.Objects[i].fields
		}
	}
	return nil
}

// Fields returns the fields asked of a value whose type is an object, in the order of the answer.
func (f *Field) Fields() []*Field {
	if len(f.Objects) == 0 {
		return nil
	}
	return f.Objects[0].fields
}

// Form is how the value of a field is found in the rows and written.
type Form int

// The forms of fields.
const (
	PlainForm      Form = iota // a value of the row: a scalar, an object without an id, or a list of either
	TypeNameForm               // __typename
	IDForm                     // an id
	DirectionForm              // the direction of the language that is served
	ComputedForm               // a record that is computed for each row
	HistoryForm                // the revisions that concerned an item
	CitingForm                 // a page of the items that cite a source
	ConnectionForm             // a page of a list
	ListForm                   // a list of items, read by a relation
	ElementsForm               // a list of items that the values of the row refer to
	ReferenceForm              // one item that the row refers to
)

// Program is an operation compiled: its fields, ready to be planned and written. Arguments that depend on variables are bound for
// each request; the rest is shared.
type Program struct {
	Fields []*Field
	// guarded are the fields that need a role, at any depth.
	guarded []*Field
	// gathered is how many fields were gathered to compile it, weight how much memory it takes, in bytes, more or less.
	gathered int
	weight   int64
}

// Compiler compiles an operation for one setting of the variables in its @skip and @include.
type Compiler struct {
	Schema *ast.Schema
	vars   map[string]any
	// count is how many fields were gathered, a field on an interface counted for each of its types; no more than most are.
	count, most int
	// weight is how much memory the fields take so far.
	weight int64
	// guarded are the fields that a role is needed for.
	guarded []*Field
	// fault is the first argument of @skip or @include that is wrong.
	fault error
}

// Compile compiles an operation of a valid document, of which no more than most fields are gathered.
func Compile(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any, most int) (*Program, error) {
	c := &Compiler{Schema: schema, vars: vars, most: most}
	root := schema.Query.Name
	switch op.Operation { //nolint:exhaustive // Query is the root
	case ast.Mutation:
		root = schema.Mutation.Name
	case ast.Subscription:
		root = schema.Subscription.Name
	}
	fields := c.object(root, nil, []ast.SelectionSet{op.SelectionSet})
	if c.count > most {
		return nil, content.Exceeded("gathered", most, c.count, "the operation asks for more than %d fields, one on an interface counted for each of its types (limit gathered): send several operations, or spread fragments on the types that you need", most)
	}
	if c.fault != nil {
		return nil, c.fault
	}
	return &Program{Fields: fields, guarded: c.guarded, gathered: c.count, weight: entryWeight + c.weight}, nil
}

// object compiles what selection sets ask of an object of the named type, in the field that leads there.
func (c *Compiler) object(typeName string, parent *Field, sets []ast.SelectionSet) []*Field {
	fields, below := c.collect(typeName, sets)
	owner := NodeType(typeName)
	for _, f := range fields {
		f.parent = parent
		f.Head = string(jsonbuf.AppendText(nil, f.Key)) + ":"
		f.Path = f.Key
		f.inner = owner == nil && parent != nil
		if f.inner || parent != nil && parent.inner {
			f.Path = parent.Path + "." + f.Key
		}
		f.Named = f.Def.Type.Name()
		if RoleFor(f.Def) != content.Nobody {
			c.guarded = append(c.guarded, f)
		}
		f.Types = NodeTypes(c.Schema, f.Named)
		f.Form = c.FormOf(owner, f)
		if def := c.Schema.Types[f.Named]; def.Kind == ast.Enum {
			f.EnumDefault = EnumDefaultOf(def)
		}
		f.varies = hasVariables(f.Mention.Arguments)
		if !f.varies {
			f.Args = (&Coercion{Schema: c.Schema}).Arguments(f.Def.Arguments, f.Mention.Arguments)
		}
		c.weight += fieldWeight + int64(len(f.Head)+len(f.Path)) + valueWeight*int64(len(f.Args)+argumentNodes(f.Mention.Arguments))
		c.below(f, below[f])
	}
	return fields
}

// below compiles what a field asks of each of the types that its value may have.
func (c *Compiler) below(f *Field, sets []ast.SelectionSet) {
	if len(sets) == 0 || c.count > c.most {
		return
	}
	for _, def := range Possible(c.Schema, f.Named) {
		o := object{def.Name, c.object(def.Name, f, sets)}
		for _, sub := range o.fields {
			f.varies = f.varies || sub.varies
		}
		f.Objects = append(f.Objects, o)
	}
}

// FormOf returns how a field of an item of the type is written; owner is nil where the field does not belong to an item.
func (c *Compiler) FormOf(owner *content.Type, f *Field) Form {
	switch {
	case f.Name == "__typename":
		return TypeNameForm
	case owner != nil && (f.Name == "id" || f.Name == "canonicalId" || f.Name == "sourceId"):
		return IDForm
	case owner != nil && f.Name == "direction":
		return DirectionForm
	case f.Named == "TrackRecord" || f.Named == "FollowUp" || f.Named == "LastChange":
		return ComputedForm
	case f.Named == "ContentConnection":
		return CitingForm
	case owner != nil && f.Named == "HistoryConnection":
		return HistoryForm
	case strings.HasSuffix(f.Named, "Connection"):
		return ConnectionForm
	case len(f.Types) == 0:
		return PlainForm
	case f.Def.Type.Elem != nil && owner != nil && isList(owner, f.Name):
		return ListForm
	case f.Def.Type.Elem != nil:
		return ElementsForm
	default:
		return ReferenceForm
	}
}

// EnumDefaultOf returns the value that replaces an unknown one of an enumeration, or the empty string.
func EnumDefaultOf(def *ast.Definition) string {
	for _, name := range []string{"UNKNOWN", "OTHER"} {
		if def.EnumValues.ForName(name) != nil {
			return name
		}
	}
	return def.EnumValues[0].Name
}

// Bind returns the fields with the arguments that follow from the variables.
func (p *Program) Bind(schema *ast.Schema, vars map[string]any) ([]*Field, error) {
	return bindAll(p.Fields, &Coercion{Schema: schema, Vars: vars})
}

func bindAll(fields []*Field, c *Coercion) ([]*Field, error) {
	var bound []*Field
	for i, f := range fields {
		if !f.varies {
			continue
		}
		if bound == nil {
			bound = append([]*Field{}, fields...)
		}
		b := *f
		b.Args = c.Arguments(f.Def.Arguments, f.Mention.Arguments)
		if err := c.fault(); err != nil {
			return nil, InField(f, err)
		}
		b.Objects = make([]object, len(f.Objects))
		for j, o := range f.Objects {
			below, err := bindAll(o.fields, c)
			if err != nil {
				return nil, err
			}
			b.Objects[j] = object{o.typeName, below}
		}
		bound[i] = &b
	}
	if bound == nil {
		return fields, nil
	}
	return bound, nil
}

func hasVariables(args ast.ArgumentList) bool {
	for _, a := range args {
		if isVariable(a.Value) {
			return true
		}
	}
	return false
}

func isVariable(v *ast.Value) bool {
	if v == nil {
		return false
	}
	if v.Kind == ast.Variable {
		return true
	}
	for _, child := range v.Children {
		if isVariable(child.Value) {
			return true
		}
	}
	return false
}

// Possible returns the types of object that a value of the named type may have.
func Possible(schema *ast.Schema, name string) []*ast.Definition {
	def := schema.Types[name]
	if def == nil || !def.IsAbstractType() {
		return []*ast.Definition{def}
	}
	var objects []*ast.Definition // an interface may have interfaces among its possible types there
	for _, t := range schema.PossibleTypes[name] {
		if t.Kind == ast.Object {
			objects = append(objects, t)
		}
	}
	return objects
}

// NodeType returns the content type of a schema type, or nil for other types.
func NodeType(name string) *content.Type {
	switch name {
	case "Participation", "Provision":
		return content.RowType(name)
	default:
		return content.TypeNamed(name)
	}
}

// NodeTypes returns the content types of a schema type: itself, or the types that implement the interface.
func NodeTypes(schema *ast.Schema, name string) []*content.Type {
	if t := NodeType(name); t != nil {
		return []*content.Type{t}
	}
	var list []*content.Type
	if def := schema.Types[name]; def != nil && def.IsAbstractType() {
		for _, d := range schema.PossibleTypes[name] {
			if t := NodeType(d.Name); t != nil {
				list = append(list, t)
			}
		}
	}
	return list
}

// isList reports whether a list of items is read by a relation; those kept inside their item are read by reference.
func isList(t *content.Type, name string) bool {
	f := t.Field(name)
	return f == nil || f.Kind != content.JSONList
}

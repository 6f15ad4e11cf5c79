package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// field is a field of the answer: what all its mentions under one response key ask for. A program shares its fields
// among requests, so nothing changes them once they are compiled.
type field struct {
	key  string
	name string
	def  *ast.FieldDefinition
	// args are the arguments with their defaults; those that follow from variables are bound for each request.
	args map[string]any
	form form
	// named is the name of the type, without lists and non-null.
	named string
	// types are the types of items that the field may lead to.
	types []*content.Type
	// path names the answer to what the field leads to, among those of the rows it is read with: response keys joined by
	// dots, since the nodes of a page and of its edges are the same rows.
	path   string
	parent *field // the field whose value it is a field of; nil at the root
	inner  bool   // whether it is a field of no item, but of a value or a page

	enumDefault string     // the value of an enumeration where nothing was said: UNKNOWN, else OTHER, else its first
	head        string     // the response key as it is written: "title":
	mention     *ast.Field // the first, which has the arguments
	objects     []object
	varies      bool // whether its arguments, or those of a field below it, follow from variables
}

// object is what a field asks of the objects of one type.
type object struct {
	typeName string
	fields   []*field
}

// of returns the fields asked of an object of the named type, in the order of the answer.
func (f *field) of(typeName string) []*field {
	for i := range f.objects {
		if f.objects[i].typeName == typeName {
			return f.objects[i].fields
		}
	}
	return nil
}

// fields returns the fields asked of a value whose type is an object, in the order of the answer.
func (f *field) fields() []*field {
	if len(f.objects) == 0 {
		return nil
	}
	return f.objects[0].fields
}

// form is how the value of a field is found in the rows and written.
type form int

// The forms of fields.
const (
	plainForm      form = iota // a value of the row: a scalar, an object without an id, or a list of either
	typeNameForm               // __typename
	idForm                     // an id
	directionForm              // the direction of the language that is served
	computedForm               // a record that is computed for each row
	historyForm                // the revisions that concerned an item
	citingForm                 // a page of the items that cite a source
	connectionForm             // a page of a list
	listForm                   // a list of items, read by a relation
	elementsForm               // a list of items that the values of the row refer to
	referenceForm              // one item that the row refers to
)

// program is an operation compiled: its fields, ready to be planned and written. What depends on variables is bound for
// each request; the rest is shared.
type program struct {
	fields []*field
	// guarded are the fields that a role is needed for, wherever they stand.
	guarded []*field
	// gathered is how many fields were gathered to compile it, weight how much memory it takes, in bytes, more or less.
	gathered int
	weight   int64
}

// compiler compiles an operation for one setting of the variables in its @skip and @include.
type compiler struct {
	schema *ast.Schema
	vars   map[string]any
	// count is how many fields were gathered, a field on an interface counted for each of its types; no more than most are.
	count, most int
	// weight is how much memory the fields take so far.
	weight int64
	// guarded are the fields that a role is needed for.
	guarded []*field
	// fault is the first argument of @skip or @include that is wrong.
	fault error
}

// compile compiles an operation of a valid document, of which no more than most fields are gathered.
func compile(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any, most int) (*program, error) {
	c := &compiler{schema: schema, vars: vars, most: most}
	root := schema.Query.Name
	switch op.Operation { //nolint:exhaustive // Query is the root
	case ast.Mutation:
		root = schema.Mutation.Name
	case ast.Subscription:
		root = schema.Subscription.Name
	}
	fields := c.object(root, nil, []ast.SelectionSet{op.SelectionSet})
	if c.count > most {
		return nil, content.Exceeded("--max-gathered", most, c.count, "the operation asks for more than %d fields, one on an interface counted for each of its types (--max-gathered): send several operations, or spread fragments on the types that you need", most)
	}
	if c.fault != nil {
		return nil, c.fault
	}
	return &program{fields: fields, guarded: c.guarded, gathered: c.count, weight: entryWeight + c.weight}, nil
}

// object compiles what selection sets ask of an object of the named type, in the field that leads there.
func (c *compiler) object(typeName string, parent *field, sets []ast.SelectionSet) []*field {
	fields, below := c.collect(typeName, sets)
	owner := nodeType(typeName)
	for _, f := range fields {
		f.parent = parent
		f.head = string(appendText(nil, f.key)) + ":"
		f.path = f.key
		f.inner = owner == nil && parent != nil
		if f.inner || parent != nil && parent.inner {
			f.path = parent.path + "." + f.key
		}
		f.named = f.def.Type.Name()
		if roleFor(f.def) != content.Nobody {
			c.guarded = append(c.guarded, f)
		}
		f.types = nodeTypes(c.schema, f.named)
		f.form = c.formOf(owner, f)
		if def := c.schema.Types[f.named]; def.Kind == ast.Enum {
			f.enumDefault = enumDefaultOf(def)
		}
		f.varies = hasVariables(f.mention.Arguments)
		if !f.varies {
			f.args = (&coercion{schema: c.schema}).arguments(f.def.Arguments, f.mention.Arguments)
		}
		c.weight += fieldWeight + int64(len(f.head)+len(f.path)) + valueWeight*int64(len(f.args)+argumentNodes(f.mention.Arguments))
		c.below(f, below[f])
	}
	return fields
}

// below compiles what a field asks of each of the types that its value may have.
func (c *compiler) below(f *field, sets []ast.SelectionSet) {
	if len(sets) == 0 || c.count > c.most {
		return
	}
	for _, def := range possible(c.schema, f.named) {
		o := object{def.Name, c.object(def.Name, f, sets)}
		for _, sub := range o.fields {
			f.varies = f.varies || sub.varies
		}
		f.objects = append(f.objects, o)
	}
}

// formOf says how a field of an item of the type is written; owner is nil where the field is none of an item.
func (c *compiler) formOf(owner *content.Type, f *field) form {
	switch {
	case f.name == "__typename":
		return typeNameForm
	case owner != nil && (f.name == "id" || f.name == "sourceId"):
		return idForm
	case owner != nil && f.name == "direction":
		return directionForm
	case f.named == "TrackRecord" || f.named == "FollowUp" || f.named == "LastChange":
		return computedForm
	case f.named == "ContentConnection":
		return citingForm
	case owner != nil && f.named == "HistoryConnection":
		return historyForm
	case strings.HasSuffix(f.named, "Connection"):
		return connectionForm
	case len(f.types) == 0:
		return plainForm
	case f.def.Type.Elem != nil && owner != nil && isList(owner, f.name):
		return listForm
	case f.def.Type.Elem != nil:
		return elementsForm
	default:
		return referenceForm
	}
}

func enumDefaultOf(def *ast.Definition) string {
	for _, name := range []string{"UNKNOWN", "OTHER"} {
		if def.EnumValues.ForName(name) != nil {
			return name
		}
	}
	return def.EnumValues[0].Name
}

// bind returns the fields with the arguments that follow from the variables.
func (p *program) bind(schema *ast.Schema, vars map[string]any) ([]*field, error) {
	return bindAll(p.fields, &coercion{schema: schema, vars: vars})
}

func bindAll(fields []*field, c *coercion) ([]*field, error) {
	var bound []*field
	for i, f := range fields {
		if !f.varies {
			continue
		}
		if bound == nil {
			bound = append([]*field{}, fields...)
		}
		b := *f
		b.args = c.arguments(f.def.Arguments, f.mention.Arguments)
		if err := c.fault(); err != nil {
			return nil, inField(f, err)
		}
		b.objects = make([]object, len(f.objects))
		for j, o := range f.objects {
			below, err := bindAll(o.fields, c)
			if err != nil {
				return nil, err
			}
			b.objects[j] = object{o.typeName, below}
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

// possible returns the types of object that a value of the named type may have.
func possible(schema *ast.Schema, name string) []*ast.Definition {
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

// nodeType returns the content type of a schema type, or nil where it is none.
func nodeType(name string) *content.Type {
	switch name {
	case "Participation", "Provision":
		return content.RowType(name)
	default:
		return content.TypeNamed(name)
	}
}

// nodeTypes returns the content types that a schema type stands for: itself, or what implements the interface.
func nodeTypes(schema *ast.Schema, name string) []*content.Type {
	if t := nodeType(name); t != nil {
		return []*content.Type{t}
	}
	var list []*content.Type
	if def := schema.Types[name]; def != nil && def.IsAbstractType() {
		for _, d := range schema.PossibleTypes[name] {
			if t := nodeType(d.Name); t != nil {
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

package operation

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// Coercion turns what a request gives into values of the schema's input types, as sections 3 and 6.1.2 of the GraphQL
// specification say. Literals and the JSON of variables take the same way. An Int becomes an int64, a Float a float64, a
// Boolean a bool, an ID, a String, a custom scalar and an enum value a string, a list a []any, and an input object a
// map[string]any with the defaults of its fields. Null is nil, and what is absent is absent.
type Coercion struct {
	Schema *ast.Schema
	// Vars are the coerced variables of the operation.
	Vars map[string]any
	// unbound says that the variables have no values yet: a document is validated.
	unbound bool
	Faults  []InputError
}

// InputError says which value no type takes, and why.
type InputError struct {
	// path leads from the value to the argument or variable, which is its last element.
	path ast.Path
	// at is the position of the value in the document; nil in a variable.
	at      *ast.Position
	message string
	// typed and names are an unknown name and the names that may have been meant.
	typed string
	names []string
}

// wrong adds a fault of a value, unless there are maxFaults.
func (c *Coercion) wrong(g given, message string) {
	c.add(InputError{at: g.position(), message: message})
}

func (c *Coercion) add(f InputError) {
	if len(c.Faults) < maxFaults {
		c.Faults = append(c.Faults, f)
	}
}

// within adds an element to the paths of the faults from the nth on.
func (c *Coercion) within(n int, element ast.PathElement) {
	for i := n; i < len(c.Faults); i++ {
		c.Faults[i].path = append(c.Faults[i].path, element)
	}
}

// Variables returns the values of the variables of an operation (CoerceVariableValues), and adds problems to c.faults.
func (c *Coercion) Variables(op *ast.OperationDefinition, raw map[string]any) map[string]any {
	vars := make(map[string]any, len(op.VariableDefinitions))
	for _, def := range op.VariableDefinitions {
		n := len(c.Faults)
		v, ok := raw[def.Variable]
		switch {
		case ok:
			vars[def.Variable] = c.value(def.Type, given{json: v})
		case def.DefaultValue != nil:
			vars[def.Variable] = c.value(def.Type, given{literal: def.DefaultValue})
		case def.Type.NonNull:
			c.wrong(given{}, "the variable of type "+def.Type.String()+" is missing")
		}
		for i := n; i < len(c.Faults); i++ {
			c.Faults[i].at = def.Position
		}
		c.within(n, ast.PathName("$"+def.Variable))
	}
	return vars
}

// Arguments returns the values of the arguments of a field or directive (CoerceArgumentValues): those that are given, and
// the defaults of the others.
func (c *Coercion) Arguments(defs ast.ArgumentDefinitionList, args ast.ArgumentList) map[string]any {
	if len(defs) == 0 {
		return nil
	}
	values := make(map[string]any, len(defs))
	for _, def := range defs {
		g := given{literal: def.DefaultValue}
		if a := args.ForName(def.Name); a != nil && !c.absent(a.Value) {
			g.literal = a.Value
		}
		if g.literal == nil { // validation holds that required arguments are there
			continue
		}
		n := len(c.Faults)
		values[def.Name] = c.value(def.Type, g)
		c.within(n, ast.PathName(def.Name))
	}
	return values
}

// fault returns the first fault as an error.
func (c *Coercion) fault() error {
	if len(c.Faults) == 0 {
		return nil
	}
	return &c.Faults[0]
}

// absent reports whether a literal is a variable without a value.
func (c *Coercion) absent(v *ast.Value) bool {
	if v.Kind != ast.Variable || c.unbound {
		return false
	}
	_, ok := c.Vars[v.Raw]
	return !ok
}

// value returns a value of the type; an invalid one adds a fault.
func (c *Coercion) value(t *ast.Type, g given) any {
	if g.literal != nil && g.literal.Kind == ast.Variable {
		return c.variable(t, g)
	}
	if g.null() {
		if t.NonNull {
			c.wrong(g, "null is given, and "+t.String()+" takes none")
		}
		return nil
	}
	if t.Elem != nil {
		return c.list(t, g)
	}
	switch def := c.Schema.Types[t.NamedType]; def.Kind {
	case ast.InputObject:
		return c.object(def, g)
	case ast.Enum:
		return c.enum(def, g)
	default:
		return c.scalar(def.Name, g)
	}
}

// variable returns the value of a variable, which was coerced with it.
func (c *Coercion) variable(t *ast.Type, g given) any {
	v := c.Vars[g.literal.Raw]
	if v == nil && t.NonNull && !c.unbound {
		c.wrong(g, "the variable $"+g.literal.Raw+" is null, and "+t.String()+" takes none")
	}
	return v
}

// list returns a list; a single value is coerced to a list of one.
func (c *Coercion) list(t *ast.Type, g given) any {
	n, isList := g.length()
	if !isList {
		return []any{c.value(t.Elem, g)}
	}
	values := make([]any, n)
	for i := range values {
		before := len(c.Faults)
		values[i] = c.value(t.Elem, g.element(i))
		c.within(before, ast.PathIndex(i))
	}
	return values
}

// object returns an input object.
func (c *Coercion) object(def *ast.Definition, g given) any {
	names, isObject := g.names()
	if !isObject {
		c.wrong(g, def.Name+" is an object, and "+g.text()+" is given")
		return nil
	}
	for _, name := range names {
		if def.Fields.ForName(name) == nil {
			c.unknown(def, g, name)
		}
	}
	values := make(map[string]any, len(names))
	for _, f := range def.Fields {
		member, isGiven := g.member(f.Name)
		if !isGiven || member.literal != nil && c.absent(member.literal) {
			member = given{literal: f.DefaultValue}
			if f.DefaultValue == nil {
				if f.Type.NonNull {
					c.wrong(g, def.Name+" has no "+f.Name+", which it needs, of type "+f.Type.String())
				}
				continue
			}
		}
		before := len(c.Faults)
		values[f.Name] = c.value(f.Type, member)
		c.within(before, ast.PathName(f.Name))
	}
	if def.Directives.ForName("oneOf") != nil {
		c.oneOf(def, g, names, values)
	}
	return values
}

// oneOf holds that exactly one field of an object is given, and not null.
func (c *Coercion) oneOf(def *ast.Definition, g given, names []string, values map[string]any) {
	switch {
	case len(names) != 1:
		c.wrong(g, def.Name+" takes exactly one of its fields"+fewFields(def)+", and "+strconv.Itoa(len(names))+" are given")
	case def.Fields.ForName(names[0]) == nil: // which is said already
	case len(values) == 0:
		c.wrong(g, def.Name+" takes exactly one of its fields"+fewFields(def)+", and the variable of "+names[0]+" has no value")
	case c.isNull(g, names[0]):
		c.wrong(g, names[0]+" of "+def.Name+" is null, and is the one field to give")
	}
}

// isNull reports whether a field of an object is null, as far as it is known.
func (c *Coercion) isNull(g given, name string) bool {
	member, _ := g.member(name)
	if member.is(ast.Variable) {
		return !c.unbound && c.Vars[member.literal.Raw] == nil
	}
	return member.null()
}

// fewFields lists the fields of an input object for a message, unless they are many.
func fewFields(def *ast.Definition) string {
	if len(def.Fields) > 5 {
		return ""
	}
	var names []string
	for _, f := range def.Fields {
		names = append(names, f.Name)
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// unknown adds a fault of a field that an input object does not have.
func (c *Coercion) unknown(def *ast.Definition, g given, name string) {
	if len(c.Faults) >= maxFaults {
		return
	}
	m, _ := g.member(name)
	f := InputError{path: ast.Path{ast.PathName(Shorten(name))}, at: m.position(), message: def.Name + " has no field " + strconv.Quote(Shorten(name)), typed: name}
	for _, field := range def.Fields {
		f.names = append(f.names, field.Name)
	}
	c.add(f)
}

// enum returns an enum value, which is exactly one of those of the type. A document has it without quotation marks.
func (c *Coercion) enum(def *ast.Definition, g given) any {
	name, isName := g.enum()
	if isName && def.EnumValues.ForName(name) != nil {
		return name
	}
	f := InputError{at: g.position(), message: def.Name + " has no value " + g.text()}
	if text, isText := g.string(); isText && !isName {
		f.message, name = def.Name+" is written without quotation marks, and "+g.text()+" is given", text
	}
	f.typed = name
	for _, v := range def.EnumValues {
		f.names = append(f.names, v.Name)
	}
	c.add(f)
	return nil
}

// scalar returns the value of a scalar. Every custom scalar that is an input is a string; its form is checked where it is
// used. Strings are composed (NFC), as the texts of items are.
func (c *Coercion) scalar(name string, g given) any {
	var v any
	var ok bool
	takes := "a string"
	switch name {
	case "Int":
		v, ok = g.int()
		takes = "a whole number of 32 bits, not in quotation marks"
	case "Float":
		v, ok = g.float()
		takes = "a number, not in quotation marks"
	case "Boolean":
		v, ok = g.bool()
		takes = "true or false, not in quotation marks"
	case "ID":
		v, ok = g.id()
		takes = "a string or a whole number"
	default:
		v, ok = g.string()
	}
	if !ok {
		c.wrong(g, name+" is "+takes+", and "+g.text()+" is given")
		return nil
	}
	if text, isText := v.(string); isText {
		return content.Composed(text)
	}
	return v
}

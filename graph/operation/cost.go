package operation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// Bounds of lists that are not pages.
const (
	listBound = 50 // of items: the greatest that the model allows is near it
	innerList = 5  // of values within values
	shortPage = 5  // of the lists that every item has, unless more is asked for
)

// WholeList is the size of a list that is not paged.
const WholeList = -1

// ListPage is how many elements a list field has where its argument first is absent: the lists that belong to every
// item are short, so that a page which asks each item for them stays small; the others are whole.
func ListPage(name string) int {
	switch name {
	case "citations", "changes", "externalIds", "translations":
		return shortPage
	default:
		return WholeList
	}
}

// ConnectionPage is the size of a page of a connection where its arguments first and last are absent.
func ConnectionPage(name string) int {
	if name == "corrections" {
		return shortPage
	}
	return content.DefaultPage
}

// cost counts how many objects an operation may ask for, by its page sizes and the bounds of its lists.
type cost struct {
	// values reads arguments.
	values *Coercion
	// schema is how long the lists of introspection are.
	schema map[string]int
	// total is the count, fixed the part of it that does not depend on what is read: introspection and what is written.
	total, fixed int
	limit        int
}

// Price is what an operation may cost: at most objects, of which fixed do not depend on what it reads.
type Price struct{ Objects, Fixed int }

// PriceOf returns how many objects an operation may ask for. It stops counting beyond the limit. Lists are how long the lists of
// introspection are, as schemaLists returns them.
func PriceOf(schema *ast.Schema, lists map[string]int, limit int, op *ast.OperationDefinition, vars map[string]any) Price {
	c := &cost{values: &Coercion{Schema: schema, Vars: vars}, schema: lists, limit: limit}
	c.selection(op.SelectionSet, 1)
	return Price{c.total, c.fixed}
}

// AnswerPerUnit is how many bytes of an answer cost as much as one object that is read.
const AnswerPerUnit = 4 << 10

// derived is what a text costs that is rendered, for each time that it is written: 1, and the bytes of its length where
// that is asked for.
func (c *cost) derived(f *ast.Field) int {
	if f.ObjectDefinition == nil || f.ObjectDefinition.Name != "RichText" {
		return 0
	}
	switch f.Name {
	case "html", "text":
		return 1
	case "excerpt":
		length, _ := c.argument(f, "length").(int64)
		return 1 + int(min(max(length, 0), content.MaxText))/AnswerPerUnit
	default:
		return 0
	}
}

// SchemaLists is the length of each list of introspection, on average, by its field.
func SchemaLists(schema *ast.Schema) map[string]int {
	var fields, inputFields, args, values int
	for _, t := range schema.Types {
		values += len(t.EnumValues)
		if t.Kind == ast.InputObject {
			inputFields += len(t.Fields)
			continue
		}
		fields += len(t.Fields)
		for _, f := range t.Fields {
			args += len(f.Arguments)
		}
	}
	n := len(schema.Types)
	return map[string]int{
		"types": n, "directives": len(schema.Directives), "fields": 1 + fields/n, "args": 1 + args/max(1, fields),
		"inputFields": 1 + inputFields/n, "enumValues": 1 + values/n, "possibleTypes": 1, "interfaces": 1,
	}
}

// selection adds what a selection set asks for, times the number of objects that ask it.
func (c *cost) selection(set ast.SelectionSet, times int) {
	for _, s := range set {
		if c.total > c.limit {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			if len(s.SelectionSet) > 0 {
				c.field(s, times)
			} else if n := c.derived(s); n > 0 {
				c.total = min(c.total+times*n, saturated)
			}
		case *ast.InlineFragment:
			c.selection(s.SelectionSet, times)
		case *ast.FragmentSpread:
			c.selection(s.Definition.SelectionSet, times)
		}
	}
}

func (c *cost) field(f *ast.Field, times int) {
	n, fixed := 1, false
	switch {
	case f.ObjectDefinition != nil && strings.HasPrefix(f.ObjectDefinition.Name, "__") || strings.HasPrefix(f.Name, "__"):
		n, fixed = max(1, c.schema[f.Name]), true
	case f.ObjectDefinition != nil && f.ObjectDefinition.Name == "Mutation":
		n, fixed = writes(c.argument(f, "input")), true
	case strings.HasSuffix(f.Definition.Type.Name(), "Connection"):
		n = c.asked(f, ConnectionPage(f.Name))
	case f.Name == "nodes" && f.Definition.Arguments.ForName("ids") != nil:
		ids, _ := c.argument(f, "ids").([]any)
		n = len(ids)
	case f.Name == "facets":
		by, _ := c.argument(f, "by").([]any)
		n = len(by)
	case f.Definition.Type.Name() == "ChangePage":
		n = c.asked(f, content.MaxPage)
	case f.Definition.Type.Elem != nil && (f.Name == "nodes" || f.Name == "edges" || f.ObjectDefinition != nil && f.ObjectDefinition.Name == "ChangePage"):
		c.selection(f.SelectionSet, times) // counted with the connection
		return
	case f.Definition.Type.Elem != nil && f.Definition.Arguments.ForName("first") != nil:
		if n = ListPage(f.Name); n == WholeList {
			n = listBound
		}
		n = c.asked(f, n)
	case f.Definition.Type.Elem != nil:
		n = innerList
	case f.Name == "pageInfo":
		return
	}
	c.total = min(c.total+times*n, saturated)
	if fixed {
		c.fixed = min(c.fixed+times*n, saturated)
	}
	c.selection(f.SelectionSet, min(times*n, saturated))
}

// argument is the value of an argument of a field, nil where it has none.
func (c *cost) argument(f *ast.Field, name string) any {
	def := f.Definition.Arguments.ForName(name)
	if def == nil {
		return nil
	}
	return c.values.Arguments(ast.ArgumentDefinitionList{def}, f.Arguments)[name]
}

// writes is how many items a mutation names, as far as its payload shows them.
func writes(v any) int {
	input, _ := v.(map[string]any)
	return max(1, len(List(input["changes"])), len(List(input["ids"])))
}

// asked is the page size of a field, whatever its sign.
func (c *cost) asked(f *ast.Field, otherwise int) int {
	for _, name := range []string{"first", "last"} {
		if n, ok := c.argument(f, name).(int64); ok {
			return int(min(max(n, 1), content.MaxPage))
		}
	}
	return otherwise
}

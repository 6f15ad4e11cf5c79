package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// Bounds of lists that are not pages.
const (
	listBound = 50 // of items: the greatest that the model allows is near it
	innerList = 5  // of values within values
)

// cost estimates how many objects an operation asks for, by its page sizes and the bounds of its lists.
type cost struct {
	// values reads arguments.
	values *coercion
	// schema is how long the lists of introspection are.
	schema map[string]int
	total  int
	limit  int
}

// cost is how many objects an operation may ask for. It stops counting beyond the limit.
func (s *server) cost(op *ast.OperationDefinition, vars map[string]any) int {
	c := &cost{values: &coercion{schema: s.schema, vars: vars}, schema: s.lists, limit: s.Limits.Cost}
	c.selection(op.SelectionSet, 1)
	return c.total
}

// schemaLists is the length of each list of introspection, on average, by its field.
func schemaLists(schema *ast.Schema) map[string]int {
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
			}
		case *ast.InlineFragment:
			c.selection(s.SelectionSet, times)
		case *ast.FragmentSpread:
			c.selection(s.Definition.SelectionSet, times)
		}
	}
}

func (c *cost) field(f *ast.Field, times int) {
	n := 1
	switch {
	case f.ObjectDefinition != nil && strings.HasPrefix(f.ObjectDefinition.Name, "__"):
		n = max(1, c.schema[f.Name])
	case f.ObjectDefinition != nil && f.ObjectDefinition.Name == "Mutation":
		n = writes(c.argument(f, "input"))
	case strings.HasSuffix(f.Definition.Type.Name(), "Connection"):
		n = c.asked(f, content.DefaultPage)
	case f.Name == "nodes" && f.Definition.Arguments.ForName("ids") != nil:
		ids, _ := c.argument(f, "ids").([]any)
		n = len(ids)
	case f.Name == "facets":
		by, _ := c.argument(f, "by").([]any)
		n = len(by)
	case f.Definition.Type.Name() == "ChangePage":
		n = c.asked(f, content.MaxPage)
	case f.Definition.Type.Elem != nil && (f.Name == "nodes" || f.Name == "edges" || f.Definition.Type.Name() == "ContentChange"):
		c.selection(f.SelectionSet, times) // counted with the connection
		return
	case f.Definition.Type.Elem != nil && f.Definition.Arguments.ForName("first") != nil:
		n = c.asked(f, listBound)
	case f.Definition.Type.Elem != nil:
		n = innerList
	case f.Name == "pageInfo":
		return
	}
	c.total = min(c.total+times*n, saturated)
	c.selection(f.SelectionSet, min(times*n, saturated))
}

// argument is the value of an argument of a field, nil where it has none.
func (c *cost) argument(f *ast.Field, name string) any {
	def := f.Definition.Arguments.ForName(name)
	if def == nil {
		return nil
	}
	return c.values.arguments(ast.ArgumentDefinitionList{def}, f.Arguments)[name]
}

// writes is how many items a mutation names, as far as its payload shows them.
func writes(v any) int {
	input, _ := v.(map[string]any)
	return max(1, len(listOf(input["changes"])), len(listOf(input["ids"])))
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

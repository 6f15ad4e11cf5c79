package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
)

// Bounds of lists that are not pages.
const (
	listBound = 50 // of items: the greatest that the model allows is near it
	innerList = 5  // of values within values
)

// cost estimates how many objects an operation asks for, by its page sizes and the bounds of its lists.
type cost struct {
	vars  map[string]any
	total int
	limit int
}

// checkCost refuses an operation that may ask for more objects than the limit.
func (l Limits) checkCost(op *ast.OperationDefinition, vars map[string]any) *gqlerror.Error {
	c := &cost{vars: vars, limit: l.Cost}
	c.selection(op.SelectionSet, 1)
	if c.total > l.Cost {
		return exceeded("objects to ask for, by its page sizes", "--max-cost", l.Cost, c.total)
	}
	return nil
}

// selection adds what a selection set asks for, times the number of objects that ask it.
func (c *cost) selection(set ast.SelectionSet, times int) {
	for _, s := range set {
		if c.total > c.limit {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			if len(s.SelectionSet) > 0 && !strings.HasPrefix(s.Name, "__") {
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
	args := f.ArgumentMap(c.vars)
	n := 1
	switch {
	case strings.HasSuffix(f.Definition.Type.Name(), "Connection"):
		n = asked(args, content.DefaultPage)
	case f.Name == "nodes" && f.Definition.Arguments.ForName("ids") != nil:
		ids, _ := args["ids"].([]any)
		n = len(ids)
	case f.Name == "facets":
		by, _ := args["by"].([]any)
		n = len(by)
	case f.Definition.Type.Elem != nil && (f.Name == "nodes" || f.Name == "edges"):
		c.selection(f.SelectionSet, times) // counted with the connection
		return
	case f.Definition.Type.Elem != nil && f.Definition.Arguments.ForName("first") != nil:
		n = asked(args, listBound)
	case f.Definition.Type.Elem != nil:
		n = innerList
	case f.Name == "pageInfo":
		return
	}
	c.total = min(c.total+times*n, saturated)
	c.selection(f.SelectionSet, min(times*n, saturated))
}

// asked is the page size of a field, whatever its sign.
func asked(args map[string]any, otherwise int) int {
	for _, name := range []string{"first", "last"} {
		switch n := args[name].(type) {
		case int64:
			return int(min(max(n, 1), content.MaxPage))
		case int:
			return min(max(n, 1), content.MaxPage)
		}
	}
	return otherwise
}

package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// maxFields bounds what is gathered of one operation, a field on an interface counted for each of its types.
const maxFields = 50_000

// field is a field of the answer: what all its mentions under one response key ask for.
type field struct {
	key  string
	name string
	def  *ast.FieldDefinition
	args map[string]any
	sets []ast.SelectionSet
}

// document is one operation with its variables.
type document struct {
	schema *ast.Schema
	op     *ast.OperationDefinition
	vars   map[string]any
	fields int
	memo   map[collected][]*field
}

// collected names what was collected: for a type, from selection sets.
type collected struct {
	typeName string
	sets     *ast.SelectionSet
}

// collect gathers the fields that the selection sets ask of an object of the named type, in the order of the answer. It
// does so once for each type and field, however many rows ask.
func (d *document) collect(typeName string, sets []ast.SelectionSet) ([]*field, error) {
	if len(sets) == 0 {
		return nil, nil
	}
	key := collected{typeName, &sets[0]}
	if list, ok := d.memo[key]; ok {
		return list, nil
	}
	c := collector{doc: d, typeName: typeName, at: map[string]*field{}, seen: map[string]bool{}}
	for _, set := range sets {
		c.add(set)
	}
	if d.fields > maxFields {
		return nil, content.Errorf(content.LimitExceeded, "the operation asks for more than %d fields", maxFields)
	}
	if d.memo == nil {
		d.memo = map[collected][]*field{}
	}
	d.memo[key] = c.fields
	return c.fields, nil
}

type collector struct {
	doc      *document
	typeName string
	fields   []*field
	at       map[string]*field
	seen     map[string]bool
}

func (c *collector) add(set ast.SelectionSet) {
	for _, s := range set {
		if c.doc.fields++; c.doc.fields > maxFields {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			if c.doc.included(s.Directives) {
				c.field(s)
			}
		case *ast.InlineFragment:
			if c.doc.included(s.Directives) && c.applies(s.TypeCondition) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.doc.included(s.Directives) && !c.seen[s.Name] && c.applies(s.Definition.TypeCondition) {
				c.seen[s.Name] = true
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collector) field(s *ast.Field) {
	f := c.at[s.Alias]
	if f == nil {
		f = &field{key: s.Alias, name: s.Name, def: s.Definition, args: s.ArgumentMap(c.doc.vars)}
		if own := c.doc.schema.Types[c.typeName]; own != nil {
			if def := own.Fields.ForName(s.Name); def != nil {
				f.def = def
			}
		}
		c.at[s.Alias] = f
		c.fields = append(c.fields, f)
	}
	f.sets = append(f.sets, s.SelectionSet)
}

// applies reports whether a fragment on the named type covers the type that is collected for.
func (c *collector) applies(condition string) bool {
	if condition == "" || condition == c.typeName {
		return true
	}
	return slices.ContainsFunc(c.doc.schema.PossibleTypes[condition], func(t *ast.Definition) bool { return t.Name == c.typeName })
}

// included evaluates @skip and @include.
func (d *document) included(list ast.DirectiveList) bool {
	for _, dir := range list {
		on, _ := dir.ArgumentMap(d.vars)["if"].(bool)
		if dir.Name == "skip" && on || dir.Name == "include" && !on {
			return false
		}
	}
	return true
}

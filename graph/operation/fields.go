package operation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// collector gathers what selection sets ask of an object of one type, in the order of the answer: fragments are spread,
// @skip and @include applied, and the mentions of one response key brought together.
type collector struct {
	*Compiler
	typeName string
	fields   []*Field
	sets     map[*Field][]ast.SelectionSet
	at       map[string]*Field
	seen     map[string]bool
}

// collect returns the fields that the selection sets ask of an object of the named type, and of each what it selects.
func (c *Compiler) collect(typeName string, sets []ast.SelectionSet) ([]*Field, map[*Field][]ast.SelectionSet) {
	l := collector{Compiler: c, typeName: typeName, sets: map[*Field][]ast.SelectionSet{}, at: map[string]*Field{}, seen: map[string]bool{}}
	for _, set := range sets {
		l.add(set)
	}
	return l.fields, l.sets
}

func (c *collector) add(set ast.SelectionSet) {
	for _, s := range set {
		if c.count++; c.count > c.most {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			if c.included(s.Directives) {
				c.field(s)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && c.applies(s.TypeCondition) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.included(s.Directives) && !c.seen[s.Name] && c.applies(s.Definition.TypeCondition) {
				c.seen[s.Name] = true
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collector) field(s *ast.Field) {
	f := c.at[s.Alias]
	if f == nil {
		f = &Field{Key: s.Alias, Name: s.Name, Def: s.Definition, Mention: s}
		if own := c.Schema.Types[c.typeName]; own != nil {
			if def := own.Fields.ForName(s.Name); def != nil {
				f.Def = def
			}
		}
		c.at[s.Alias] = f
		c.fields = append(c.fields, f)
	}
	if len(s.SelectionSet) > 0 {
		c.sets[f] = append(c.sets[f], s.SelectionSet)
	}
}

// applies reports whether a fragment on the named type covers the type that is collected for.
func (c *collector) applies(condition string) bool {
	if condition == "" || condition == c.typeName {
		return true
	}
	return slices.ContainsFunc(c.Schema.PossibleTypes[condition], func(t *ast.Definition) bool { return t.Name == c.typeName })
}

// included evaluates @skip and @include.
func (c *Compiler) included(list ast.DirectiveList) bool {
	for _, dir := range list {
		if dir.Name != "skip" && dir.Name != "include" {
			continue
		}
		values := Coercion{Schema: c.Schema, Vars: c.vars}
		on, _ := values.Arguments(dir.Definition.Arguments, dir.Arguments)["if"].(bool)
		if err := values.fault(); err != nil && c.fault == nil {
			c.fault = err
		}
		if on == (dir.Name == "skip") {
			return false
		}
	}
	return true
}

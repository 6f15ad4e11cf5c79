package graph

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxPrograms is how many programs are kept of one document.
const maxPrograms = 32

// programs keeps what the operations of a document were compiled to, for each setting of the variables that its @skip
// and @include name.
type programs struct {
	switches func() []string
	mu       sync.RWMutex
	kept     map[string]*program
}

func newPrograms(doc *ast.QueryDocument) *programs {
	return &programs{kept: map[string]*program{}, switches: sync.OnceValue(func() []string { return switchesOf(doc) })}
}

// of returns the program of an operation of the document, of which no more than most fields are gathered.
func (p *programs) of(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any, most int) (*program, error) {
	on := []string{op.Name}
	for _, name := range p.switches() {
		switch v, given := vars[name]; {
		case v == true:
			on = append(on, name)
		case given && v == nil: // which is refused
			on = append(on, name+"=null")
		}
	}
	key := strings.Join(on, " ")
	p.mu.RLock()
	known := p.kept[key]
	p.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	made, err := compile(schema, op, vars, most)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) < maxPrograms {
		p.kept[key] = made
	}
	return made, nil
}

// switchesOf names the variables of the directives in a document.
func switchesOf(doc *ast.QueryDocument) []string {
	var names []string
	var walk func(ast.SelectionSet)
	note := func(list ast.DirectiveList) {
		for _, d := range list {
			for _, a := range d.Arguments {
				if a.Value.Kind == ast.Variable && !slices.Contains(names, a.Value.Raw) {
					names = append(names, a.Value.Raw)
				}
			}
		}
	}
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				note(s.Directives)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
	return names
}

package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// input is the path from the argument or variable to the value, joined by dots.
func (f *inputFault) input() string {
	var b strings.Builder
	for _, e := range slices.Backward(f.path) {
		if b.Len() > maxMessage {
			break // it is nested without end
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		switch e := e.(type) {
		case ast.PathName:
			b.WriteString(string(e))
		case ast.PathIndex:
			b.WriteString(strconv.Itoa(int(e)))
		}
	}
	return b.String()
}

// error is the fault as an error of GraphQL; with suggestions it says which names may have been meant.
func (f *inputFault) error(suggestions bool) *gqlerror.Error {
	input := f.input()
	e := gqlerror.ErrorPosf(f.at, "%s: %s", input, f.message)
	e.Extensions = map[string]any{"input": input}
	if names := core.SuggestionList(f.typed, f.names); suggestions && len(names) > 0 {
		e.Message += ". Did you mean " + core.OrList(names...) + "?"
	}
	return e
}

// Error says which value is wrong, and why.
func (f *inputFault) Error() string { return f.input() + ": " + f.message }

// errors are the faults as errors of GraphQL with a code.
func (c *coercion) errors(code string, suggestions bool) gqlerror.List {
	var errs gqlerror.List
	for i := range c.faults {
		errs = append(errs, coded(c.faults[i].error(suggestions), code))
	}
	return errs
}

// valuesRule is the rule that literals are values of the types where they stand. A fragment is walked once for each place
// that spreads it, and its values are judged once.
func valuesRule(suggestions bool) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		seen := map[*ast.Value]bool{}
		judge := func(w *core.Walker, name string, t *ast.Type, v *ast.Value) {
			if v == nil || seen[v] || w.Schema.Types[t.Name()] == nil {
				return
			}
			seen[v] = true
			c := &coercion{schema: w.Schema, unbound: true}
			c.value(t, given{literal: v})
			c.within(0, ast.PathName(name))
			for i := range c.faults {
				fault := c.faults[i].error(suggestions)
				addError(func(e *gqlerror.Error) {
					e.Message, e.Locations, e.Extensions = fault.Message, fault.Locations, fault.Extensions
				})
			}
		}
		arguments := func(w *core.Walker, defs ast.ArgumentDefinitionList, args ast.ArgumentList) {
			for _, a := range args {
				if def := defs.ForName(a.Name); def != nil {
					judge(w, a.Name, def.Type, a.Value)
				}
			}
		}
		observers.OnVariable(func(w *core.Walker, v *ast.VariableDefinition) {
			if v.Definition != nil && v.Definition.IsInputType() {
				judge(w, "$"+v.Variable, v.Type, v.DefaultValue)
			}
		})
		observers.OnField(func(w *core.Walker, f *ast.Field) {
			if f.Definition != nil {
				arguments(w, f.Definition.Arguments, f.Arguments)
			}
		})
		observers.OnDirective(func(w *core.Walker, d *ast.Directive) {
			if d.Definition != nil {
				arguments(w, d.Definition.Arguments, d.Arguments)
			}
		})
	}
}

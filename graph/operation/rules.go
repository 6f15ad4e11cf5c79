package operation

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Validation are the rules for documents; without suggestions, errors do not reveal names that the request did not have.
func Validation(suggestions bool) *rules.Rules {
	all := rules.NewDefaultRules()
	all.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, valuesRule(suggestions))
	all.ReplaceRule(rules.SingleFieldSubscriptionsRule.Name, singleFieldRule)
	if suggestions {
		return all
	}
	for name, quiet := range map[string]validator.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
	} {
		all.ReplaceRule(name, quiet.RuleFunc)
	}
	return all
}

// valuesRule is the rule that literals are values of the types of their positions. A fragment is walked once for each place
// that spreads it, and its values are judged once.
func valuesRule(suggestions bool) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		seen := map[*ast.Value]bool{}
		judge := func(w *core.Walker, name string, t *ast.Type, v *ast.Value) {
			if v == nil || seen[v] || w.Schema.Types[t.Name()] == nil {
				return
			}
			seen[v] = true
			c := &Coercion{Schema: w.Schema, unbound: true}
			c.value(t, given{literal: v})
			c.within(0, ast.PathName(name))
			for i := range c.Faults {
				fault := c.Faults[i].GraphQL(suggestions)
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

// singleFieldRule is the rule that a subscription has one field at its root, counted by response keys, and no field of
// introspection.
func singleFieldRule(observers *core.Events, addError core.AddErrFunc) {
	observers.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		if op.Operation != ast.Subscription {
			return
		}
		fields := rootFields(op.SelectionSet, map[string]bool{})
		for _, f := range fields {
			switch {
			case strings.HasPrefix(f.Name, "__"):
				addError(core.Message("a subscription cannot select introspection fields such as %s", f.Name), core.At(f.Position))
			case f.Alias != fields[0].Alias:
				addError(core.Message("a subscription must select exactly one root field, and this one selects %[2]s and %[1]s", f.Alias, fields[0].Alias), core.At(f.Position))
			}
		}
	})
}

// HasRoot reports whether an operation has the named field at its root, in whatever fragment.
func HasRoot(op *ast.OperationDefinition, name string) bool { return hasField(op.SelectionSet, name) }

func hasField(set ast.SelectionSet, name string) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.Field:
			return s.Name == name
		case *ast.InlineFragment:
			return hasField(s.SelectionSet, name)
		case *ast.FragmentSpread:
			return s.Definition != nil && hasField(s.Definition.SelectionSet, name)
		}
		return false
	})
}

// rootFields are the fields of a selection set and of the fragments in it, each fragment taken once.
func rootFields(set ast.SelectionSet, seen map[string]bool) []*ast.Field {
	var fields []*ast.Field
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			fields = append(fields, s)
		case *ast.InlineFragment:
			fields = append(fields, rootFields(s.SelectionSet, seen)...)
		case *ast.FragmentSpread:
			if s.Definition != nil && !seen[s.Name] {
				seen[s.Name] = true
				fields = append(fields, rootFields(s.Definition.SelectionSet, seen)...)
			}
		}
	}
	return fields
}

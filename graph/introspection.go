package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// introspects returns where a document asks for the schema, or nil.
func introspects(doc *ast.QueryDocument) *ast.Position {
	for _, op := range doc.Operations {
		if at := introspected(op.SelectionSet); at != nil {
			return at
		}
	}
	for _, f := range doc.Fragments {
		if at := introspected(f.SelectionSet); at != nil {
			return at
		}
	}
	return nil
}

func introspected(set ast.SelectionSet) *ast.Position {
	for _, s := range set {
		var below ast.SelectionSet
		switch s := s.(type) {
		case *ast.Field:
			if s.Name == "__schema" || s.Name == "__type" {
				return s.Position
			}
			below = s.SelectionSet
		case *ast.InlineFragment:
			below = s.SelectionSet
		}
		if at := introspected(below); at != nil {
			return at
		}
	}
	return nil
}

// validation are the rules for documents; without suggestions, errors do not tell names that were not asked.
func validation(suggestions bool) *rules.Rules {
	all := rules.NewDefaultRules()
	all.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, valuesRule(suggestions))
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

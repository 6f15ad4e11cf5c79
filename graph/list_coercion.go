package graph

import (
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"
)

// wrapSingles makes a list of each single value that stands in a valid document where a list is wanted, as GraphQL coerces
// it, so that all that reads arguments finds lists there.
func wrapSingles(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			wrapSingle(v.DefaultValue)
		}
		wrapSelected(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		wrapSelected(f.SelectionSet)
	}
}

func wrapSelected(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			for _, a := range s.Arguments {
				wrapSingle(a.Value)
			}
			wrapSelected(s.SelectionSet)
		case *ast.InlineFragment:
			wrapSelected(s.SelectionSet)
		}
	}
}

func wrapSingle(v *ast.Value) {
	if v == nil {
		return
	}
	single := v.Kind != ast.ListValue && v.Kind != ast.Variable && v.Kind != ast.NullValue
	if t := v.ExpectedType; single && t != nil && t.Elem != nil {
		element := *v
		element.ExpectedType = t.Elem
		v.Kind, v.Raw, v.Children = ast.ListValue, "", ast.ChildValueList{{Value: &element, Position: v.Position}}
	}
	for _, child := range v.Children {
		wrapSingle(child.Value)
	}
}

// plainLists returns the value of a variable with its lists as []any: a list that was made of a single value has another
// type.
func plainLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			v[name] = plainLists(e)
		}
		return v
	case []any:
		for i, e := range v {
			v[i] = plainLists(e)
		}
		return v
	}
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return v
	}
	plain := make([]any, list.Len())
	for i := range plain {
		plain[i] = plainLists(list.Index(i).Interface())
	}
	return plain
}

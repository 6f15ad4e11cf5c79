package graph

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// checkVariables refuses scalars of another JSON type than their own: a text is no number, a number no text, and an Int
// has 32 bits.
func checkVariables(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any) *gqlerror.Error {
	for _, def := range op.VariableDefinitions {
		v, ok := vars[def.Variable]
		if !ok {
			continue
		}
		if err := checkValue(schema, def.Type, v, ast.Path{ast.PathName("variable"), ast.PathName(def.Variable)}); err != nil {
			return err
		}
	}
	return nil
}

func checkValue(schema *ast.Schema, t *ast.Type, v any, at ast.Path) *gqlerror.Error {
	switch v := v.(type) {
	case nil:
		return nil // whether null may stand here is checked with the rest
	case []any:
		elem := t.Elem
		if elem == nil {
			return wrongType(t, at)
		}
		for i, e := range v {
			if err := checkValue(schema, elem, e, append(slices.Clip(at), ast.PathIndex(i))); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		def := schema.Types[t.Name()]
		if def.Kind == ast.Scalar {
			return wrongType(t, at)
		}
		for name, e := range v {
			if field := def.Fields.ForName(name); field != nil {
				if err := checkValue(schema, field.Type, e, append(slices.Clip(at), ast.PathName(name))); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if def := schema.Types[t.Name()]; def.Kind == ast.Scalar && !scalarTakes(t.Name(), v) {
		return wrongType(t, at)
	}
	return nil
}

// scalarTakes reports whether a scalar can have a JSON value.
func scalarTakes(name string, v any) bool {
	n, isNumber := v.(json.Number)
	_, isText := v.(string)
	switch name {
	case "Int":
		_, err := strconv.ParseInt(string(n), 10, 32)
		return isNumber && err == nil
	case "Float":
		return isNumber
	case "Boolean":
		_, ok := v.(bool)
		return ok
	case "ID":
		return isText || isNumber
	default:
		return isText
	}
}

func wrongType(t *ast.Type, at ast.Path) *gqlerror.Error {
	hint := ""
	if t.Name() == "Int" {
		hint = ": a whole number of 32 bits, not in quotation marks"
	}
	return gqlerror.ErrorPathf(at, "the value is no %s%s", t.Name(), hint)
}

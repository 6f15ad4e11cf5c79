package graph

import "github.com/vektah/gqlparser/v2/ast"

// written returns the value that stands in a document, with the variables in it; there is none where it is a variable
// that was not given. A field of an input object that is such a variable is absent, which is another thing than null.
func written(v *ast.Value, vars map[string]any) (value any, given bool, err error) {
	switch v.Kind {
	case ast.Variable:
		value, given = vars[v.Raw]
		return value, given, nil
	case ast.ObjectValue:
		m := make(map[string]any, len(v.Children))
		for _, child := range v.Children {
			e, given, err := written(child.Value, vars)
			if err != nil {
				return nil, false, err
			}
			if given {
				m[child.Name] = e
			}
		}
		return m, true, nil
	case ast.ListValue:
		list := make([]any, len(v.Children))
		for i, child := range v.Children {
			if list[i], _, err = written(child.Value, vars); err != nil {
				return nil, false, err
			}
		}
		return list, true, nil
	default:
		value, err = v.Value(nil)
		return value, true, err
	}
}

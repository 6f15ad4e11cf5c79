package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/graph/operation"
)

// Introspect writes the answer to __schema or __type.
func (e *Encoder) Introspect(s *ast.Schema, f *operation.Field) error {
	if f.Name == "__type" {
		name, _ := f.Args["name"].(string)
		return e.schemaType(s, s.Types[name], f)
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "description":
			return e.orNull(s.Description)
		case "types":
			names := slices.Sorted(maps.Keys(s.Types))
			return e.List(len(names), func(i int) error { return e.schemaType(s, s.Types[names[i]], sub) })
		case "queryType":
			return e.schemaType(s, s.Query, sub)
		case "mutationType":
			return e.schemaType(s, s.Mutation, sub)
		case "subscriptionType":
			return e.schemaType(s, s.Subscription, sub)
		default:
			names := slices.Sorted(maps.Keys(s.Directives))
			return e.List(len(names), func(i int) error { return e.schemaDirective(s, s.Directives[names[i]], sub) })
		}
	})
}

// orNull writes a text, or null where it is empty.
func (e *Encoder) orNull(text string) error {
	if text == "" {
		return e.Null()
	}
	return e.String(text)
}

// schemaType writes a named type, or null where there is none. Fields that its kind does not have are null.
func (e *Encoder) schemaType(s *ast.Schema, def *ast.Definition, f *operation.Field) error {
	if def == nil {
		return e.Null()
	}
	composed := def.Kind == ast.Object || def.Kind == ast.Interface
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "kind":
			return e.String(string(def.Kind))
		case sub.Name == "name":
			return e.String(def.Name)
		case sub.Name == "description":
			return e.orNull(def.Description)
		case sub.Name == "specifiedByURL" && def.Kind == ast.Scalar:
			return e.orNull(argumentOf(def.Directives, "specifiedBy", "url"))
		case sub.Name == "fields" && composed:
			fields := shown(def.Fields, sub, func(f *ast.FieldDefinition) ast.DirectiveList { return f.Directives })
			fields = slices.DeleteFunc(fields, func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
			return e.List(len(fields), func(i int) error { return e.schemaField(s, fields[i], sub) })
		case sub.Name == "interfaces" && composed:
			return e.List(len(def.Interfaces), func(i int) error { return e.schemaType(s, s.Types[def.Interfaces[i]], sub) })
		case sub.Name == "possibleTypes" && def.IsAbstractType():
			types := operation.Possible(s, def.Name)
			return e.List(len(types), func(i int) error { return e.schemaType(s, types[i], sub) })
		case sub.Name == "enumValues" && def.Kind == ast.Enum:
			values := shown(def.EnumValues, sub, func(v *ast.EnumValueDefinition) ast.DirectiveList { return v.Directives })
			return e.List(len(values), func(i int) error { return e.schemaValue(values[i], sub) })
		case sub.Name == "inputFields" && def.Kind == ast.InputObject:
			fields := shown(def.Fields, sub, func(f *ast.FieldDefinition) ast.DirectiveList { return f.Directives })
			return e.List(len(fields), func(i int) error {
				f := fields[i]
				return e.schemaInput(s, &ast.ArgumentDefinition{Name: f.Name, Description: f.Description, Type: f.Type, DefaultValue: f.DefaultValue, Directives: f.Directives}, sub)
			})
		case sub.Name == "isOneOf" && def.Kind == ast.InputObject:
			return e.Value(def.Directives.ForName("oneOf") != nil)
		default:
			return e.Null()
		}
	})
}

// typeRef writes a type as a field or input has it: a named type, or a list or non-null of another.
func (e *Encoder) typeRef(s *ast.Schema, t *ast.Type, f *operation.Field) error {
	if !t.NonNull && t.Elem == nil {
		return e.schemaType(s, s.Types[t.NamedType], f)
	}
	inner := t.Elem
	if t.NonNull {
		nullable := *t
		nullable.NonNull, inner = false, &nullable
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "ofType":
			return e.typeRef(s, inner, sub)
		case sub.Name == "kind" && t.NonNull:
			return e.String("NON_NULL")
		case sub.Name == "kind":
			return e.String("LIST")
		default:
			return e.Null()
		}
	})
}

func (e *Encoder) schemaField(s *ast.Schema, def *ast.FieldDefinition, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "args":
			return e.schemaInputs(s, def.Arguments, sub)
		case "type":
			return e.typeRef(s, def.Type, sub)
		default:
			return e.declared(def.Name, def.Description, def.Directives, sub)
		}
	})
}

func (e *Encoder) schemaValue(def *ast.EnumValueDefinition, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error { return e.declared(def.Name, def.Description, def.Directives, sub) })
}

// schemaInputs writes arguments.
func (e *Encoder) schemaInputs(s *ast.Schema, defs ast.ArgumentDefinitionList, f *operation.Field) error {
	inputs := shown(defs, f, func(a *ast.ArgumentDefinition) ast.DirectiveList { return a.Directives })
	return e.List(len(inputs), func(i int) error { return e.schemaInput(s, inputs[i], f) })
}

func (e *Encoder) schemaInput(s *ast.Schema, def *ast.ArgumentDefinition, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "type":
			return e.typeRef(s, def.Type, sub)
		case sub.Name == "defaultValue" && def.DefaultValue == nil:
			return e.Null()
		case sub.Name == "defaultValue":
			return e.String(def.DefaultValue.String())
		default:
			return e.declared(def.Name, def.Description, def.Directives, sub)
		}
	})
}

func (e *Encoder) schemaDirective(s *ast.Schema, def *ast.DirectiveDefinition, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "isRepeatable":
			return e.Value(def.IsRepeatable)
		case "locations":
			return e.List(len(def.Locations), func(i int) error { return e.String(string(def.Locations[i])) })
		case "args":
			return e.schemaInputs(s, def.Arguments, sub)
		default:
			return e.declared(def.Name, def.Description, nil, sub)
		}
	})
}

// declared writes what fields, inputs, enum values and directives have alike.
func (e *Encoder) declared(name, description string, directives ast.DirectiveList, f *operation.Field) error {
	switch f.Name {
	case "name":
		return e.String(name)
	case "description":
		return e.orNull(description)
	case "isDeprecated":
		return e.Value(directives.ForName("deprecated") != nil)
	default:
		return e.orNull(argumentOf(directives, "deprecated", "reason"))
	}
}

// argumentOf returns a text that a directive has as an argument, or as the default of that; empty where it is not there.
func argumentOf(directives ast.DirectiveList, directive, argument string) string {
	dir := directives.ForName(directive)
	if dir == nil {
		return ""
	}
	if a := dir.Arguments.ForName(argument); a != nil {
		return a.Value.Raw
	}
	if def := dir.Definition; def != nil {
		if a := def.Arguments.ForName(argument); a != nil && a.DefaultValue != nil {
			return a.DefaultValue.Raw
		}
	}
	return ""
}

// shown returns the elements without the deprecated ones, unless the field includes them.
func shown[T any](list []T, f *operation.Field, directives func(T) ast.DirectiveList) []T {
	all := slices.Clone(list)
	if f.Args["includeDeprecated"] == true {
		return all
	}
	return slices.DeleteFunc(all, func(v T) bool { return directives(v).ForName("deprecated") != nil })
}

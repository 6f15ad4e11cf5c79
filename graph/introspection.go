package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// introspect writes the answer to __schema or __type.
func (e *encoder) introspect(s *ast.Schema, f *field) error {
	if f.name == "__type" {
		name, _ := f.args["name"].(string)
		return e.schemaType(s, s.Types[name], f)
	}
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "description":
			return e.orNull(s.Description)
		case "types":
			names := slices.Sorted(maps.Keys(s.Types))
			return e.list(len(names), func(i int) error { return e.schemaType(s, s.Types[names[i]], sub) })
		case "queryType":
			return e.schemaType(s, s.Query, sub)
		case "mutationType":
			return e.schemaType(s, s.Mutation, sub)
		case "subscriptionType":
			return e.schemaType(s, s.Subscription, sub)
		default:
			names := slices.Sorted(maps.Keys(s.Directives))
			return e.list(len(names), func(i int) error { return e.schemaDirective(s, s.Directives[names[i]], sub) })
		}
	})
}

// orNull writes a text, or null where it is empty.
func (e *encoder) orNull(text string) error {
	if text == "" {
		return e.null()
	}
	return e.string(text)
}

// schemaType writes a named type, or null where there is none. What its kind does not have is null.
func (e *encoder) schemaType(s *ast.Schema, def *ast.Definition, f *field) error {
	if def == nil {
		return e.null()
	}
	composed := def.Kind == ast.Object || def.Kind == ast.Interface
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "kind":
			return e.string(string(def.Kind))
		case sub.name == "name":
			return e.string(def.Name)
		case sub.name == "description":
			return e.orNull(def.Description)
		case sub.name == "specifiedByURL" && def.Kind == ast.Scalar:
			return e.orNull(argumentOf(def.Directives, "specifiedBy", "url"))
		case sub.name == "fields" && composed:
			fields := shown(def.Fields, sub, func(f *ast.FieldDefinition) ast.DirectiveList { return f.Directives })
			fields = slices.DeleteFunc(fields, func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
			return e.list(len(fields), func(i int) error { return e.schemaField(s, fields[i], sub) })
		case sub.name == "interfaces" && composed:
			return e.list(len(def.Interfaces), func(i int) error { return e.schemaType(s, s.Types[def.Interfaces[i]], sub) })
		case sub.name == "possibleTypes" && def.IsAbstractType():
			types := possible(s, def.Name)
			return e.list(len(types), func(i int) error { return e.schemaType(s, types[i], sub) })
		case sub.name == "enumValues" && def.Kind == ast.Enum:
			values := shown(def.EnumValues, sub, func(v *ast.EnumValueDefinition) ast.DirectiveList { return v.Directives })
			return e.list(len(values), func(i int) error { return e.schemaValue(values[i], sub) })
		case sub.name == "inputFields" && def.Kind == ast.InputObject:
			fields := shown(def.Fields, sub, func(f *ast.FieldDefinition) ast.DirectiveList { return f.Directives })
			return e.list(len(fields), func(i int) error {
				f := fields[i]
				return e.schemaInput(s, &ast.ArgumentDefinition{Name: f.Name, Description: f.Description, Type: f.Type, DefaultValue: f.DefaultValue, Directives: f.Directives}, sub)
			})
		case sub.name == "isOneOf" && def.Kind == ast.InputObject:
			return e.value(def.Directives.ForName("oneOf") != nil)
		default:
			return e.null()
		}
	})
}

// typeRef writes a type as a field or input has it: a named type, or a list or non-null of another.
func (e *encoder) typeRef(s *ast.Schema, t *ast.Type, f *field) error {
	if !t.NonNull && t.Elem == nil {
		return e.schemaType(s, s.Types[t.NamedType], f)
	}
	inner := t.Elem
	if t.NonNull {
		nullable := *t
		nullable.NonNull, inner = false, &nullable
	}
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "ofType":
			return e.typeRef(s, inner, sub)
		case sub.name == "kind" && t.NonNull:
			return e.string("NON_NULL")
		case sub.name == "kind":
			return e.string("LIST")
		default:
			return e.null()
		}
	})
}

func (e *encoder) schemaField(s *ast.Schema, def *ast.FieldDefinition, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "args":
			return e.schemaInputs(s, def.Arguments, sub)
		case "type":
			return e.typeRef(s, def.Type, sub)
		default:
			return e.declared(def.Name, def.Description, def.Directives, sub)
		}
	})
}

func (e *encoder) schemaValue(def *ast.EnumValueDefinition, f *field) error {
	return e.object(f, func(sub *field) error { return e.declared(def.Name, def.Description, def.Directives, sub) })
}

// schemaInputs writes arguments.
func (e *encoder) schemaInputs(s *ast.Schema, defs ast.ArgumentDefinitionList, f *field) error {
	inputs := shown(defs, f, func(a *ast.ArgumentDefinition) ast.DirectiveList { return a.Directives })
	return e.list(len(inputs), func(i int) error { return e.schemaInput(s, inputs[i], f) })
}

func (e *encoder) schemaInput(s *ast.Schema, def *ast.ArgumentDefinition, f *field) error {
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "type":
			return e.typeRef(s, def.Type, sub)
		case sub.name == "defaultValue" && def.DefaultValue == nil:
			return e.null()
		case sub.name == "defaultValue":
			return e.string(def.DefaultValue.String())
		default:
			return e.declared(def.Name, def.Description, def.Directives, sub)
		}
	})
}

func (e *encoder) schemaDirective(s *ast.Schema, def *ast.DirectiveDefinition, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "isRepeatable":
			return e.value(def.IsRepeatable)
		case "locations":
			return e.list(len(def.Locations), func(i int) error { return e.string(string(def.Locations[i])) })
		case "args":
			return e.schemaInputs(s, def.Arguments, sub)
		default:
			return e.declared(def.Name, def.Description, nil, sub)
		}
	})
}

// declared writes what fields, inputs, enum values and directives have alike.
func (e *encoder) declared(name, description string, directives ast.DirectiveList, f *field) error {
	switch f.name {
	case "name":
		return e.string(name)
	case "description":
		return e.orNull(description)
	case "isDeprecated":
		return e.value(directives.ForName("deprecated") != nil)
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

// shown returns the elements without those that are deprecated, unless the field includes them.
func shown[T any](list []T, f *field, directives func(T) ast.DirectiveList) []T {
	all := slices.Clone(list)
	if f.args["includeDeprecated"] == true {
		return all
	}
	return slices.DeleteFunc(all, func(v T) bool { return directives(v).ForName("deprecated") != nil })
}

package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// TestSchemaHasWhatTypesDeclare compares the schema with content/types.go: each field of a type is in all the places of the schema that
// it needs, and each enumeration has the same values in the same order. docs/recipes.md lists the places.
func TestSchemaHasWhatTypesDeclare(t *testing.T) {
	s := schemas(t)["served"]
	for _, of := range content.Types() {
		for _, problem := range missingPlaces(s, of) {
			t.Error(problem)
		}
	}
}

// TestMissingPlacesOfTheSchema takes each place of a field from the schema and looks for the sentence.
func TestMissingPlacesOfTheSchema(t *testing.T) {
	for _, input := range []string{"Source", "SourceWhere", "CreateSourceInput", "UpdateSourceInput"} {
		s := schemas(t)["served"]
		def := s.Types[input]
		def.Fields = slices.DeleteFunc(slices.Clone(def.Fields), func(f *ast.FieldDefinition) bool { return f.Name == "publisher" })
		want := fmt.Sprintf("schema.graphqls: %s has no field publisher, which content/types.go declares for Source", input)
		if got := missingPlaces(s, content.TypeNamed("Source")); !slices.Contains(got, want) {
			t.Errorf("no problem says %q; there are %q", want, got)
		}
	}
	s := schemas(t)["served"]
	kinds := s.Types["ArticleKind"]
	kinds.EnumValues = kinds.EnumValues[:len(kinds.EnumValues)-1]
	article := content.TypeNamed("Article")
	if got := strings.Join(missingPlaces(s, article), "\n"); !strings.Contains(got, "the enum ArticleKind has the values") {
		t.Errorf("no problem is about the values of ArticleKind: %q", got)
	}
	delete(s.Types, "ArticleConnection")
	const missing = "schema.graphqls: there is no ArticleConnection, which the type Article needs"
	if got := strings.Join(missingPlaces(s, article), "\n"); !strings.Contains(got, missing) {
		t.Errorf("no problem is about ArticleConnection: %q", got)
	}
}

// missingPlaces are the sentences that say what the schema lacks of a declared type.
func missingPlaces(s *ast.Schema, of *content.Type) []string {
	var list []string
	say := func(format string, args ...any) {
		list = append(list, "schema.graphqls: "+fmt.Sprintf(format, args...))
	}
	places := []string{of.Name, of.Name + "Where", "Create" + of.Name + "Input", "Update" + of.Name + "Input"}
	others := []string{"OrderBy", "OrderField", "Connection", "Edge", "ListFilter"}
	for i, o := range others {
		others[i] = of.Name + o
	}
	for _, verb := range []string{"Create", "Update", "Delete"} {
		others = append(others, verb+of.Name+"Payload")
	}
	for _, name := range append(append(others, "Delete"+of.Name+"Input"), places...) {
		if s.Types[name] == nil {
			say("there is no %s, which the type %s needs", name, of.Name)
		}
	}
	if len(list) > 0 {
		return list
	}
	if s.Types["ContentType"].EnumValues.ForName(strings.ToUpper(of.Name)) == nil {
		say("ContentType has no value %s", strings.ToUpper(of.Name))
	}
	for name, in := range map[string]*ast.Definition{
		lowerCamel(of.Name): s.Query, of.Plural: s.Query,
		"create" + of.Name: s.Mutation, "update" + of.Name: s.Mutation, "delete" + of.Name: s.Mutation,
	} {
		if in.Fields.ForName(name) == nil {
			say("%s has no field %s, which the type %s needs", in.Name, name, of.Name)
		}
	}
	for i := range of.Fields {
		f := &of.Fields[i]
		for _, place := range places {
			def := s.Types[place].Fields.ForName(f.Name)
			switch {
			case def == nil && !leftOut(place, f):
				say("%s has no field %s, which content/types.go declares for %s", place, f.Name, of.Name)
			case def != nil && f.Kind == content.Enum && place == of.Name:
				list = append(list, enumProblems(s, of, f, def.Type.Name())...)
			}
		}
		for j := range f.Fields {
			if sub := &f.Fields[j]; sub.Kind == content.Enum {
				element := s.Types[of.Name].Fields.ForName(f.Name)
				if element == nil {
					continue
				}
				object := element.Type.Name()
				object = strings.TrimSuffix(object, "Connection")
				if def := s.Types[object].Fields.ForName(sub.Name); def != nil {
					list = append(list, enumProblems(s, of, sub, def.Type.Name())...)
				}
			}
		}
	}
	return list
}

// enumProblems compares the values of an enumeration.
func enumProblems(s *ast.Schema, of *content.Type, f *content.Field, name string) []string {
	var values []string
	for _, v := range s.Types[name].EnumValues {
		values = append(values, v.Name)
	}
	if slices.Equal(values, f.Enum) {
		return nil
	}
	const problem = "schema.graphqls: the enum %s has the values %s, but content/enums.go has %s for %s.%s: write the same in the same order"
	return []string{fmt.Sprintf(problem, name, strings.Join(values, " "), strings.Join(f.Enum, " "), of.Name, f.Name)}
}

// leftOut reports whether a field is not in an input of its type for a reason.
func leftOut(place string, f *content.Field) bool {
	// The index of words has columns for some texts.
	searched := f.Kind != content.RichText || slices.Contains([]string{"summary", "description", "body"}, f.Name)
	return strings.HasSuffix(place, "Where") && (f.Kind == content.JSONList || !searched)
}

package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
)

// inputPlace is a place where the schema takes an input: a field's argument, and the fields of input objects that lead
// from there to a value.
type inputPlace struct {
	root *ast.Definition // of the operation
	// way are the fields that lead to the one with the argument, from the root.
	way  []*ast.FieldDefinition
	arg  *ast.ArgumentDefinition
	path []*ast.FieldDefinition
}

func (p inputPlace) typ() *ast.Type {
	if len(p.path) > 0 {
		return p.path[len(p.path)-1].Type
	}
	return p.arg.Type
}

func (p inputPlace) String() string {
	var names []string
	for _, f := range p.way {
		names = append(names, f.Name)
	}
	names = append(names, p.arg.Name)
	for _, f := range p.path {
		names = append(names, f.Name)
	}
	return p.root.Name + "." + strings.Join(names, ".")
}

// inputPlaces returns every argument of every field, and every field of every input object, each by the shortest way.
func inputPlaces(s *ast.Schema) []inputPlace {
	var places []inputPlace
	seen := map[string]bool{}
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		ways := [][]*ast.FieldDefinition{nil}
		for len(ways) > 0 {
			way := ways[0]
			ways = ways[1:]
			of := root
			if len(way) > 0 {
				of = s.Types[way[len(way)-1].Type.Name()]
			}
			for _, f := range of.Fields {
				at := append(slices.Clone(way), f)
				for _, a := range f.Arguments {
					if !seen[of.Name+"."+f.Name+"."+a.Name] {
						seen[of.Name+"."+f.Name+"."+a.Name] = true
						places = append(places, inputsWithin(s, inputPlace{root: root, way: at, arg: a}, seen)...)
					}
				}
				if to := s.Types[f.Type.Name()]; !strings.HasPrefix(f.Name, "__") && to.IsCompositeType() && to.Kind != ast.Union && !seen[to.Name] {
					seen[to.Name] = true
					ways = append(ways, at)
				}
			}
		}
	}
	return places
}

// inputsWithin returns a place and those of the input objects within it that were not seen yet.
func inputsWithin(s *ast.Schema, p inputPlace, seen map[string]bool) []inputPlace {
	places := []inputPlace{p}
	def := s.Types[p.typ().Name()]
	if def.Kind != ast.InputObject || seen[def.Name] {
		return places
	}
	seen[def.Name] = true
	for _, f := range def.Fields {
		q := p
		q.path = append(slices.Clone(p.path), f)
		places = append(places, inputsWithin(s, q, seen)...)
	}
	return places
}

// sample returns a value that the type takes, as JSON and as a literal.
func sample(s *ast.Schema, t *ast.Type) (value, literal string) {
	def := s.Types[t.Name()]
	switch {
	case t.Elem != nil:
		value, literal = sample(s, t.Elem)
		return "[" + value + "]", "[" + literal + "]"
	case def.Kind == ast.Enum:
		return `"` + def.EnumValues[0].Name + `"`, def.EnumValues[0].Name
	case def.Kind == ast.InputObject && def.Directives.ForName("oneOf") != nil:
		value, literal = sample(s, def.Fields[0].Type)
		return objectWith(s, def, def.Fields[0].Name, value, literal)
	case def.Kind == ast.InputObject:
		return objectWith(s, def, "", "", "")
	}
	switch def.Name {
	case "Int", "Float":
		return "1", "1"
	case "Boolean":
		return "true", "true"
	default:
		return `"a"`, `"a"`
	}
}

// objectWith returns an object with a value for one field, and samples for the others that it needs.
func objectWith(s *ast.Schema, def *ast.Definition, name, value, literal string) (asJSON, asLiteral string) {
	var values, literals []string
	for _, f := range def.Fields {
		v, l := value, literal
		if f.Name != name {
			if !f.Type.NonNull || f.DefaultValue != nil {
				continue
			}
			v, l = sample(s, f.Type)
		}
		values, literals = append(values, fmt.Sprintf("%q: %s", f.Name, v)), append(literals, f.Name+": "+l)
	}
	return "{" + strings.Join(values, ", ") + "}", "{" + strings.Join(literals, ", ") + "}"
}

// wrap returns the argument whose value at the place is the one that is given.
func (p inputPlace) wrap(s *ast.Schema, value, literal string) (asJSON, asLiteral string) {
	for i := range slices.Backward(p.path) {
		t := p.arg.Type
		if i > 0 {
			t = p.path[i-1].Type
		}
		value, literal = objectWith(s, s.Types[t.Name()], p.path[i].Name, value, literal) // a list of it is that alone
	}
	return value, literal
}

// variable returns the type of a variable that may stand at the place: one that takes no null where an object has one field.
func (p inputPlace) variable(s *ast.Schema) string {
	typ, of := p.typ().String(), p.arg.Type
	if len(p.path) == 0 {
		return typ
	}
	if n := len(p.path); n > 1 {
		of = p.path[n-2].Type
	}
	if s.Types[of.Name()].Directives.ForName("oneOf") != nil {
		typ += "!"
	}
	return typ
}

// operation returns an operation that gives the argument a literal.
func (p inputPlace) operation(s *ast.Schema, variables, literal string) string {
	text := ""
	for i, f := range slices.Backward(p.way) {
		var args []string
		for _, a := range f.Arguments {
			if i == len(p.way)-1 && a == p.arg {
				args = append(args, a.Name+": "+literal)
			} else if a.Type.NonNull && a.DefaultValue == nil {
				_, l := sample(s, a.Type)
				args = append(args, a.Name+": "+l)
			}
		}
		if text == "" && s.Types[f.Type.Name()].IsCompositeType() {
			text = " { __typename }"
		}
		text = " { " + f.Name + "(" + strings.Join(args, ", ") + ")" + text + " }"
	}
	return strings.ReplaceAll(strings.ToLower(p.root.Name)+variables+text, "()", "")
}

// candidates are values as JSON and as a literal.
func candidates(s *ast.Schema, t *ast.Type) [][2]string {
	value, literal := sample(s, t)
	list := [][2]string{{value, literal}}
	for _, both := range []string{
		"null", "true", "0", "-7", "2147483647", "2147483648", "-2147483649", "99999999999999999999", "1.5", "1e400",
		`"text"`, `"1"`, `"true"`, `""`, "{}", "[]", "[null]", "[[]]", "[[1]]",
	} {
		list = append(list, [2]string{both, both})
	}
	list = append(list,
		[2]string{`{"unknown": 1}`, "{unknown: 1}"},
		[2]string{"[" + value + "]", "[" + literal + "]"},
		[2]string{"[" + value + ", null]", "[" + literal + ", null]"},
		[2]string{"[" + value + `, {"a": 1}]`, "[" + literal + ", {a: 1}]"},
	)
	if def := s.Types[t.Name()]; def.Kind == ast.Enum {
		name := def.EnumValues[0].Name
		for _, other := range []string{strings.ToLower(name), name[:1] + strings.ToLower(name[1:]), name + "_", "NONE_OF_THEM"} {
			list = append(list, [2]string{`"` + other + `"`, other}, [2]string{`["` + other + `"]`, "[" + other + "]"})
		}
	}
	return list
}

// verdict returns whether an operation is taken, and fails the test for an error without code, path and place.
func verdict(t *testing.T, s *server, query, variables string) (taken bool) {
	t.Helper()
	vars, err := numbered([]byte(variables))
	if err != nil {
		t.Fatalf("the variables are %s", variables)
	}
	p, errs := s.prepare(operation.Request{Query: query, Variables: vars})
	if len(errs) == 0 {
		program, err := operation.Compile(s.schema, p.Definition, p.Variables, s.Limits.Gathered)
		if err == nil {
			_, err = program.Bind(s.schema, p.Variables)
		}
		if err != nil {
			errs = gqlerror.List{s.Present(t.Context(), err)}
		}
	}
	for _, e := range errs {
		code, _ := e.Extensions["code"].(string)
		b, _ := json.Marshal(e)
		if code != "BAD_USER_INPUT" && code != "GRAPHQL_VALIDATION_FAILED" || len(e.Locations) == 0 || e.Extensions["input"] == nil {
			t.Errorf("%s with %s is refused with %s", query, variables, b)
		}
		for _, text := range []string{"map[", "[]interface", "json.Number", "<nil>", "%!", "reflect"} {
			if strings.Contains(string(b), text) {
				t.Errorf("%s with %s is refused with the text %q: %s", query, variables, text, b)
			}
		}
	}
	return len(errs) == 0
}

// TestCoercionEverywhere gives every input of the schema values of every kind: as literals, as a variable in their place,
// and as a variable for the whole argument. The verdict is the same.
func TestCoercionEverywhere(t *testing.T) {
	s := newServer(t, Config{})
	places, taken, refused := 0, 0, 0
	for _, p := range inputPlaces(s.schema) {
		places++
		for _, c := range candidates(s.schema, p.typ()) {
			if t.Failed() && places > 50 {
				t.Fatal("the rest is not tried")
			}
			whole, literal := p.wrap(s.schema, c[0], c[1])
			_, within := p.wrap(s.schema, "", "$v")
			byLiteral := verdict(t, s, p.operation(s.schema, "", literal), "{}")
			byVariable := verdict(t, s, p.operation(s.schema, "($v: "+p.variable(s.schema)+")", within), `{"v": `+c[0]+`}`)
			byArgument := verdict(t, s, p.operation(s.schema, "($v: "+p.arg.Type.String()+")", "$v"), `{"v": `+whole+`}`)
			if byLiteral != byVariable || byLiteral != byArgument {
				t.Errorf("%s (%s) takes %s: as a literal %v, as a variable %v, as a variable %s %v", p, p.typ(), c[1], byLiteral, byVariable, whole, byArgument)
			}
			if byLiteral {
				taken++
			} else {
				refused++
			}
			if def := s.schema.Types[p.typ().Name()]; byLiteral && def.Kind == ast.Enum && strings.ContainsFunc(c[1], unicode.IsLower) && !strings.Contains(c[1], "null") {
				t.Errorf("%s (%s) takes %s", p, p.typ(), c[1])
			}
			if c == candidates(s.schema, p.typ())[0] && !byLiteral {
				t.Errorf("%s (%s) does not take %s", p, p.typ(), c[1])
			}
		}
	}
	if places < 300 || taken < places || refused < 5*places {
		t.Errorf("%d places were tried, with %d values taken and %d refused", places, taken, refused)
	}
}

// TestCoercion holds what the specification says of single values.
func TestCoercion(t *testing.T) {
	s := newServer(t, Config{})
	for _, c := range []struct {
		query, variables string
		want             string // what the first error says; empty where the operation is taken
	}{
		{"query ($n: Int) { talks(first: $n) { totalCount } }", `{"n": 2.0}`, ""},
		{"query ($n: Int) { talks(first: $n) { totalCount } }", `{"n": 2e0}`, ""},
		{"query ($n: Int) { talks(first: $n) { totalCount } }", `{"n": 20e-1}`, ""},
		{"query ($n: Int) { talks(first: $n) { totalCount } }", `{"n": 2.5}`, "$n: Int is a whole number of 32 bits, not in quotation marks, and 2.5 is given"},
		{"query ($n: Int) { talks(first: $n) { totalCount } }", `{"n": "2"}`, `$n: Int is a whole number of 32 bits, not in quotation marks, and "2" is given`},
		{"{ talks(first: 2.0) { totalCount } }", `{}`, "first: Int is a whole number of 32 bits, not in quotation marks, and 2.0 is given"},
		{"{ talks(first: {}) { totalCount } }", `{}`, "first: Int is a whole number of 32 bits, not in quotation marks, and {} is given"},
		{"{ events(where: {sequence: {gt: 2147483648}}) { totalCount } }", `{}`, "where.sequence.gt: Int is a whole number of 32 bits, not in quotation marks, and 2147483648 is given"},
		{"query ($w: Within) { talks { nodes { events(within: $w) { totalCount } } } }", `{"w": null}`, "within: the variable $w is null, and Within! takes none"},
		{"query ($w: Within) { talks { nodes { events(within: $w) { totalCount } } } }", `{}`, ""},
		{"{ talks { nodes { events(within: null) { totalCount } } } }", `{}`, "within: null is given, and Within! takes none"},
		{"query ($on: Boolean = true) { talks { totalCount @skip(if: $on) __typename } }", `{"on": null}`, "if: the variable $on is null, and Boolean! takes none"},
		{"query ($on: Boolean = true) { talks { totalCount @skip(if: $on) __typename } }", `{}`, ""},
		{"query ($d: OrderDirection) { talks(orderBy: {field: TITLE, direction: $d}) { totalCount } }", `{"d": "desc"}`, `$d: OrderDirection has no value "desc". Did you mean DESC`},
		{"{ talks(orderBy: {field: TITLE, direction: \"DESC\"}) { totalCount } }", `{}`, `orderBy.direction: OrderDirection is written without quotation marks, and "DESC" is given. Did you mean DESC`},
		{"query ($w: TalkWhere) { talks(where: $w) { totalCount } }", `{"w": {"titel": {"eq": "a"}}}`, `$w.titel: TalkWhere has no field "titel". Did you mean title`},
		{"query ($w: TalkWhere) { talks(where: $w) { totalCount } }", `{"w": {"__typename": "TalkWhere"}}`, `$w.__typename: TalkWhere has no field "__typename"`},
		{"query ($id: ID!) { nodes(ids: [$id]) { id } }", `{"id": 7}`, ""},
		{"query ($id: ID!) { nodes(ids: [$id]) { id } }", `{}`, "$id: the variable of type ID! is missing"},
		{"query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", `{"ids": "talk_a"}`, ""},
		{"query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", `{"ids": ["talk_a", null]}`, "$ids.1: null is given, and ID! takes none"},
		{"query ($on: Boolean) { positions(current: $on) { totalCount } }", `{"on": "true"}`, "$on: Boolean is true or false"},
		{`query ($t: String = "a" ) { talks(where: {title: {eq: $t}}) { totalCount } }`, `{}`, ""},
	} {
		vars, _ := numbered([]byte(c.variables))
		p, errs := s.prepare(operation.Request{Query: c.query, Variables: vars})
		if len(errs) == 0 {
			program, _, err := s.known.Program(s.schema, p.Document, p.Definition, p.Variables, s.Limits.Gathered)
			if err == nil {
				_, err = program.Bind(s.schema, p.Variables)
			}
			if err != nil {
				errs = gqlerror.List{s.Present(t.Context(), err)}
			}
		}
		got := ""
		if len(errs) > 0 {
			got = errs[0].Message
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s with %s: %q, want %q", c.query, c.variables, got, c.want)
		}
	}
}

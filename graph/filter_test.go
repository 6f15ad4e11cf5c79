package graph_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// operand writes a value that an input field takes; empty where there is none worth trying.
func operand(schema *ast.Schema, t *ast.Type, depth int) string {
	if t.Elem != nil {
		if v := operand(schema, t.Elem, depth); v != "" {
			return "[" + v + "]"
		}
		return ""
	}
	switch def := schema.Types[t.NamedType]; {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject && depth > 0:
		return "{}"
	case def.Kind == ast.InputObject:
		return ""
	}
	return map[string]string{
		"String": `"arz"`, "Int": "1", "Boolean": "true", "EDTF": `"2021"`, "DateTime": `"2021-05-03T00:00:00Z"`,
	}[t.NamedType]
}

// TestEveryOperator asks every list for every field of its filter by every operator, and for every order in both
// directions: what nobody knows how to filter or to sort by fails.
func TestEveryOperator(t *testing.T) {
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
	s := newService(t)
	viewer := s.token(t, content.Viewer) // some tests are for readers with a token
	tried := 0
	try := func(t *testing.T, query string) {
		t.Helper()
		tried++
		if a, w := s.post(t, viewer, query, nil); len(a.Errors) > 0 {
			t.Errorf("%s\nanswered %s", query, w.Body)
		}
	}
	lists := map[string][2]string{ // by where input, how to reach a list of its type
		"ParticipationWhere": {"{ talks { nodes { participations(", ") { totalCount nodes { role } } } } }"},
		"ProvisionWhere":     {"{ agreements { nodes { provisions(", ") { totalCount nodes { number } } } } }"},
		"ActorWhere":         {"{ talks(where: {participations: {some: {actor: ", "}}}) { totalCount } }"},
	}
	for _, f := range schema.Query.Fields {
		if where := f.Arguments.ForName("where"); where != nil && f.Name != "search" {
			lists[where.Type.Name()] = [2]string{"{ " + f.Name + "(", ") { totalCount nodes { slug } } }"}
		}
	}
	for input, list := range lists {
		t.Run(input, func(t *testing.T) {
			wrap := func(where string) string {
				if input == "ActorWhere" {
					return list[0] + where + list[1]
				}
				return list[0] + "where: " + where + list[1]
			}
			for _, f := range schema.Types[input].Fields {
				def := schema.Types[f.Type.Name()]
				switch {
				case f.Name == "isNull":
				case f.Type.Elem != nil || f.Name == "not":
					v := "{}"
					if f.Type.Elem != nil {
						v = "[{}, {}]"
					}
					try(t, wrap("{"+f.Name+": "+v+"}"))
				default:
					for _, op := range def.Fields {
						if v := operand(schema, op.Type, 1); v != "" && op.Name != "within" && op.Name != "and" && op.Name != "or" {
							try(t, wrap("{"+f.Name+": {"+op.Name+": "+v+"}}"))
						}
					}
				}
			}
			by := schema.Types[strings.TrimSuffix(input, "Where")+"OrderField"]
			if by == nil {
				return
			}
			for _, v := range by.EnumValues {
				for _, page := range []string{"first: 1", "last: 1"} {
					for _, direction := range []string{"ASC", "DESC"} {
						try(t, list[0]+page+", orderBy: {field: "+v.Name+", direction: "+direction+"}"+list[1])
					}
				}
			}
		})
	}
	if tried < 500 {
		t.Errorf("only %d queries were tried", tried)
	}
}

// TestFilterInput gives filters what they should not take: an answer or an error that says so, and never a fault.
func TestFilterInput(t *testing.T) {
	s := newService(t)
	long := `"` + strings.Repeat("x", 100_000) + `"`
	for name, where := range map[string]string{
		"SQL":               `{"slug": {"eq": "x' OR 1=1 --"}, "title": {"contains": "'); DROP TABLE talk;"}}`,
		"pattern":           `{"title": {"startsWith": "%_.*[a-z]+"}}`,
		"planes":            `{"title": {"contains": "` + "\U0001F54A\uFE0F\u200D\U000E0041\U0010FFFD" + `abc"}}`,
		"NUL":               `{"title": {"eq": "a\u0000b"}}`,
		"lone surrogate":    `{"title": {"eq": "\ud800"}}`,
		"long":              `{"title": {"eq": ` + long + `, "contains": ` + long + `}}`,
		"words":             `{"summary": {"matches": "\" OR x:y NEAR(a b) ^c *"}}`,
		"number as text":    `{"slug": {"eq": 1}}`,
		"text as object":    `{"slug": "x"}`,
		"list of nulls":     `{"slug": {"in": [null]}}`,
		"10,000 values":     `{"slug": {"in": [` + strings.TrimSuffix(strings.Repeat(`"x",`, 10_000), ",") + `]}}`,
		"unknown enum":      `{"talkStatus": {"eq": "WON"}}`,
		"unknown operator":  `{"slug": {"regex": ".*"}}`,
		"withheld":          `{"pubStatus": {"eq": "WITHHELD"}}`,
		"many conditions":   `{"and": [` + strings.TrimSuffix(strings.Repeat(`{"slug": {"eq": "a"}},`, 101), ",") + `]}`,
		"boolean as number": `{"parent": {"isNull": 1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			answer, _ := s.ask(t, "query ($where: TalkWhere) { talks(where: $where) { totalCount nodes { title } } }", `{"where": `+where+`}`)
			if strings.Contains(answer, "INTERNAL") || len(answer) > 2000 || !strings.HasPrefix(answer, `{"data":{"talks":{"totalCount":0`) && !strings.Contains(answer, `"code":`) {
				t.Errorf("answered %.500s", answer)
			}
		})
	}
}

// TestIDsOfRelatedItems: a filter on the id of a related item matches no item without one, whatever its operator.
func TestIDsOfRelatedItems(t *testing.T) {
	s := newService(t)
	count := func(where string) int {
		a, w := s.post(t, "", "{ talks(where: {"+where+"}) { totalCount } }", nil)
		if len(a.Errors) > 0 {
			t.Fatalf("%s is answered %s", where, w.Body)
		}
		return int(a.Data["talks"]["totalCount"].(float64)) //nolint:forcetypeassert // a test may panic
	}
	all, none := count(""), count("parent: {isNull: true}")
	if none == 0 || none == all {
		t.Fatalf("%d of %d talks have no parent: the record should have both", none, all)
	}
	for where, want := range map[string]int{
		`parent: {id: {ne: "talk_0000000000000"}}`:                    all - none,
		`parent: {id: {notIn: ["talk_0000000000000"]}}`:               all - none,
		`parent: {id: {notIn: []}}`:                                   all - none,
		`not: {parent: {id: {eq: "talk_0000000000000"}}}`:             all,
		`or: [{parent: {id: {notIn: []}}}, {parent: {isNull: true}}]`: all,
		`id: {ne: "talk_0000000000000"}`:                              all,
	} {
		if got := count(where); got != want {
			t.Errorf("%s matches %d of %d talks, want %d", where, got, all, want)
		}
	}
}

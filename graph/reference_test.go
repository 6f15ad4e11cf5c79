package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/graph/plan"
)

// judged is an operation that graphql-js and parley judge.
type judged struct {
	Query     string          `json:"query"`
	Variables json.RawMessage `json:"variables,omitempty"`
}

// reference runs graphql-js over operations and queries of introspection.
func reference(t *testing.T, cases []judged, queries []string) (verdicts [][2]string, answers []json.RawMessage) {
	t.Helper()
	if _, err := os.Stat("../web/audit/node_modules/graphql"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("graphql-js is not installed: run npm ci in web/audit (%v)", err)
		}
		t.Skip("NOT TRIED: graphql-js is not installed; run npm ci in web/audit")
	}
	in, err := json.Marshal(map[string]any{"sdl": SDL(), "cases": cases, "queries": queries})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "../web/audit/reference.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Verdicts [][2]string       `json:"verdicts"`
		Answers  []json.RawMessage `json:"answers"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	return said.Verdicts, said.Answers
}

// numbered decodes variables, with numbers as they are written.
func numbered(b []byte) (vars map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err = d.Decode(&vars)
	return vars, err
}

// judge says at which step parley refuses an operation, and why.
func (s *server) judge(t *testing.T, c judged) (step, why string) {
	t.Helper()
	vars := map[string]any{}
	if c.Variables != nil {
		var err error
		if vars, err = numbered(c.Variables); err != nil {
			t.Fatalf("the variables are %s", c.Variables)
		}
	}
	req := operation.Request{Query: c.Query, Variables: vars}
	if strings.Contains(c.Query, "query B") { // graphql-js is asked for the first
		req.OperationName = "A"
	}
	p, errs := s.prepare(req)
	if len(errs) == 0 {
		program, err := operation.Compile(s.schema, p.Definition, p.Variables, s.Limits.Gathered)
		if err == nil {
			_, err = program.Bind(s.schema, p.Variables)
		}
		if err != nil {
			errs = gqlerror.List{s.Present(t.Context(), err)}
		}
	}
	if len(errs) == 0 {
		return "ok", ""
	}
	code, _ := errs[0].Extensions["code"].(string)
	step, known := map[string]string{"GRAPHQL_PARSE_FAILED": "parse", "GRAPHQL_VALIDATION_FAILED": "validate", "BAD_USER_INPUT": "coerce"}[code]
	if !known {
		step = code
	}
	return step, errs.Error()
}

// documentsOf are those of testdata/documents.graphql, parted by lines of ---, each with variables after a line #variables
// where it has some.
func documentsOf(t *testing.T) []judged {
	t.Helper()
	text, err := os.ReadFile("testdata/documents.graphql")
	if err != nil {
		t.Fatal(err)
	}
	var list []judged
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		query, variables, _ := strings.Cut(strings.TrimSpace(part), "\n#variables ")
		c := judged{Query: query}
		if variables != "" {
			c.Variables = json.RawMessage(variables)
		}
		list = append(list, c)
	}
	return list
}

// excused reports whether parley may answer otherwise than graphql-js.
func excused(c judged, step, want, why string) bool {
	switch {
	case strings.Contains(why, "must be non-nullable to be used for OneOf"): // graphql-js overlooks an object that stands for a list
		return step == "validate" && strings.Contains(c.Query, ": {")
	case strings.Contains(c.Query, "1e400"): // the specification wants an error; graphql-js makes Infinity of the literal
		return step != "ok"
	case strings.Contains(c.Query, "type Talk"): // graphql-js parses definitions of types, and refuses them while it validates
		return step == "parse" && want == "validate"
	default:
		return false
	}
}

// TestAgainstGraphQLJS has graphql-js judge documents, values and variables: it refuses what parley refuses, at the same
// step.
func TestAgainstGraphQLJS(t *testing.T) {
	limits := operation.DefaultLimits()
	s := newServer(t, Config{Limits: limits})
	cases := documentsOf(t)
	written := len(cases)
	n := 0
	for _, p := range inputPlaces(s.schema) {
		for _, c := range candidates(s.schema, p.typ()) {
			if n++; n%5 != 0 {
				continue
			}
			whole, literal := p.wrap(s.schema, c[0], c[1])
			_, within := p.wrap(s.schema, "", "$v")
			cases = append(cases,
				judged{Query: p.operation(s.schema, "", literal)},
				judged{p.operation(s.schema, "($v: "+p.typ().String()+")", within), json.RawMessage(`{"v": ` + c[0] + `}`)},
				judged{p.operation(s.schema, "($v: "+p.arg.Type.String()+")", "$v"), json.RawMessage(`{"v": ` + whole + `}`)},
			)
		}
	}
	verdicts, _ := reference(t, cases, nil)
	steps := map[string]int{}
	for i, c := range cases {
		step, why := s.judge(t, c)
		want := verdicts[i]
		steps[want[0]]++
		if step == want[0] || excused(c, step, want[0], why) {
			continue
		}
		t.Errorf("%s\n%s\ngraphql-js: %s %s\nparley:     %s %s", c.Query, c.Variables, want[0], want[1], step, why)
	}
	t.Logf("%d documents and %d values: %v", written, len(cases)-written, steps)
	if written < 100 || len(cases) < 2000 || steps["ok"] < 500 || steps["validate"] < 300 || steps["coerce"] < 300 || steps["parse"] < 10 {
		t.Errorf("too little was judged: %d documents and %d values, %v", written, len(cases)-written, steps)
	}
}

// schemaQuery asks all that introspection has of a type by the name.
const schemaQuery = `{ __type(name: %q) { ...Full } }
fragment Full on __Type {
	kind name description specifiedByURL isOneOf ofType { name }
	fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...Ref } args(includeDeprecated: true) { ...Input } }
	current: fields { name args { name } }
	inputFields(includeDeprecated: true) { ...Input }
	currentInputs: inputFields { name }
	interfaces { name kind }
	enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
	currentValues: enumValues { name }
	possibleTypes { name kind }
}
fragment Input on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...Ref } }
fragment Ref on __Type { kind name fields { name } ofType { kind name ofType { kind name possibleTypes { name } ofType { kind name isOneOf } } } }`

// rootQuery asks for the roots and the directives.
const rootQuery = `{ __schema {
	description queryType { name fields { name } } mutationType { name } subscriptionType { name }
	types { name }
	directives { name isRepeatable description locations args { name description defaultValue type { kind name ofType { name } } } }
} nothing: __type(name: "Nothing") { name } }`

// TestIntrospection compares what parley says of its schema with what graphql-js says of the same SDL.
func TestIntrospection(t *testing.T) {
	s := newServer(t, Config{Limits: operation.Limits{Tokens: 8000, Depth: 15, Fields: 5000, Repeats: 100, Gathered: 50_000, Aliases: 50, RootFields: 30, Spreads: 200, Directives: 100, Introspections: 5, Cost: 1 << 29}})
	names := slices.Sorted(maps.Keys(s.schema.Types))
	queries := []string{rootQuery}
	for _, name := range names {
		queries = append(queries, fmt.Sprintf(schemaQuery, name))
	}
	_, answers := reference(t, nil, queries)
	for i, query := range queries {
		p, errs := s.prepare(operation.Request{Query: query})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		program, err := operation.Compile(s.schema, p.Definition, p.Variables, s.Limits.Gathered)
		if err != nil {
			t.Fatal(err)
		}
		e := &plan.Encoder{Rendering: plan.Rendering{Ctx: t.Context()}}
		if err := e.ObjectOf("Query", program.Fields, func(f *operation.Field) error { return e.Introspect(s.schema, f) }); err != nil {
			t.Fatal(err)
		}
		var got, want any
		err = errors.Join(json.Unmarshal(e.Text, &got), json.Unmarshal(answers[i], &want))
		if err != nil {
			t.Fatalf("%v: %.500s", err, e.Text)
		}
		want = want.(map[string]any)["data"]
		if i > 0 && (names[i-1] == "__Directive" || names[i-1] == "__Schema") {
			continue // graphql-js has fields there that no specification has yet: directives that are deprecated
		}
		builtIn := i == 0 || s.schema.Types[names[i-1]].BuiltIn
		if diff := cmp.Diff(byName(want, builtIn), byName(got, builtIn)); diff != "" {
			t.Errorf("%.60s (-graphql-js +parley):\n%s", query, diff)
		}
	}
}

// byName sorts lists of named things, whose order says nothing, and takes out the descriptions of what the specification
// defines, which each library words for itself.
func byName(v any, undescribed bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			v[name] = byName(e, undescribed)
		}
		builtIn := slices.Contains([]any{"skip", "include", "deprecated", "specifiedBy", "oneOf"}, v["name"])
		if undescribed {
			delete(v, "description")
		}
		if builtIn {
			delete(v, "locations")
		}
	case []any:
		for i, e := range v {
			v[i] = byName(e, undescribed)
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return v
}

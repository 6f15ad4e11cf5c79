package graph_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph"
)

// TestViewer: the viewer is the holder of the token, each their own although answers are kept, and null for nobody.
func TestViewer(t *testing.T) {
	s := newService(t)
	both := func(who string) string { return `{"data":{"viewer":` + who + `,"service":{"me":` + who + `}}}` }
	for token, want := range map[string]string{
		"":                         both("null"),
		s.token(t, content.Viewer): both(`{"role":"VIEWER","name":"viewer"}`),
		s.token(t, content.Editor): both(`{"role":"EDITOR","name":"editor"}`),
	} {
		for range 2 {
			if got := s.get("{ viewer { role name } service { me { role name } } }", token).Body.String(); got != want {
				t.Errorf("answered %s, want %s", got, want)
			}
		}
	}
}

// TestRateLimitField asks for the rate limit by each transport: it says what the operation was charged and what is left then,
// exactly, and no answer is kept.
func TestRateLimitField(t *testing.T) {
	const limit = 100_000
	b := newBudgeted(t, limit)
	const query = `{
		early: rateLimit { limit remaining resetAt cost }
		talks(first: 50) { nodes { title } }
		rateLimit { cost remaining __typename }
	}`
	type standing struct {
		Limit, Remaining, Cost int64
		ResetAt                string
		Typename               string `json:"__typename"`
	}
	left := int64(limit)
	check := func(how, text string) {
		t.Helper()
		var a struct {
			Data struct{ Early, RateLimit standing }
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%s: %v in %s", how, err, text)
		}
		e, l := a.Data.Early, a.Data.RateLimit
		if got := b.spent(t, e.Cost); got != e.Cost || e.Cost < 4 {
			t.Errorf("%s says %d, and %d were charged", how, e.Cost, got)
		}
		left -= e.Cost
		dated := len(e.ResetAt) == len("2026-12-01T00:00:00.000Z")
		if e.Limit != limit || e.Remaining != left || l.Cost != e.Cost || l.Remaining != left || l.Typename != "RateLimit" || !dated {
			t.Errorf("%s is answered %s, want %d left", how, text, left)
		}
	}
	for range 2 {
		_, text := send(t, b.at, query)
		check("POST", text)
	}
	_, text := send(t, b.at, query+strings.Repeat("#", 3*4096))
	check("a long POST", text)
	for range 2 {
		res := stream(t, http.MethodGet, b.at, query, "Accept", "application/json")
		body := make([]byte, 4096)
		n, _ := res.Body.Read(body) // io.EOF comes with the last bytes
		if res.Header.Get("ETag") != "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer may be kept: %v", res.Header)
		}
		check("GET", string(body[:n]))
	}
	res := stream(t, http.MethodPost, b.at, `{"query":"query @live { rateLimit { cost } }"}`, "Accept", "text/event-stream")
	body := make([]byte, 4096)
	for text = ""; !strings.Contains(text, "event: complete"); {
		n, err := res.Body.Read(body)
		if text += string(body[:n]); err != nil {
			break
		}
	}
	if !strings.Contains(text, "a live query has no rateLimit") {
		t.Errorf("a live query is answered %s", text)
	}
	if got := b.get("{ rateLimit { cost } }", "").Body.String(); got != `{"data":{"rateLimit":null}}` {
		t.Errorf("without a limit it is %s", got)
	}
}

// TestDeprecatedNames: what is deprecated names its successor and the day it goes, and answers as that does.
func TestDeprecatedNames(t *testing.T) {
	reason := regexp.MustCompile(`^Use (\w+)\. Removed after \d{4}-\d{2}-\d{2}\.$`)
	schema := schemas(t)["served"]
	found := map[string]bool{}
	for _, d := range schema.Types {
		for _, f := range d.Fields {
			dir := f.Directives.ForName("deprecated")
			if dir == nil || d.BuiltIn {
				continue
			}
			found[f.Name] = true
			m := reason.FindStringSubmatch(dir.Arguments.ForName("reason").Value.Raw)
			if m == nil || d.Fields.ForName(m[1]) == nil {
				why := dir.Arguments.ForName("reason").Value
				t.Errorf("%s.%s is deprecated for %s, want: Use NAME. Removed after DATE.", d.Name, f.Name, why)
			}
		}
	}
	for _, name := range []string{"sourceId", "movedIds", "contentChanged", "flag"} {
		if !found[name] {
			t.Errorf("%s is not deprecated", name)
		}
	}
	s := newService(t)
	admin := s.token(t, content.Admin)
	talk := idOf("Talk")
	got := s.get(`{ talk(slug: "lake-talks", atRevision: 1) { sourceId canonicalId } }`, "").Body.String()
	if got != `{"data":{"talk":{"sourceId":"`+talk+`","canonicalId":"`+talk+`"}}}` {
		t.Errorf("the canonical id is %s", got)
	}
	w := s.done(t, admin, "withdrawContent", "movedIds withdrawnIds", map[string]any{"ids": []any{talk}, "publicNote": "x"})
	p := s.done(t, admin, "publishContent", "movedIds publishedIds", map[string]any{"ids": []any{talk}})
	for _, got := range []any{w["movedIds"], w["withdrawnIds"], p["movedIds"], p["publishedIds"]} {
		if list, _ := got.([]any); len(list) != 1 || list[0] != talk {
			t.Errorf("moved %v, want %s", got, talk)
		}
	}
	s.store.Trace(nil) // it is for one reader
	at := servedBy(t, graph.Config{Reader: s.store, Log: s.store})
	for _, name := range []string{"contentChanged", "contentUpdates"} {
		_, _, text := listen(t, at, "subscription { "+name+" { hasMore } }", nil).next(t)
		if text != `{"data":{"`+name+`":{"hasMore":false}}}` {
			t.Errorf("%s is answered %s", name, text)
		}
	}
}

// TestOneOf: an input with @oneOf takes exactly one of its fields, as a literal, in a variable and by a variable of its own;
// introspection says which inputs do.
func TestOneOf(t *testing.T) {
	s := newService(t)
	schema := schemas(t)["served"]
	for _, name := range []string{"RefInput", "ActorRefInput", "MomentInput", "ChangeInput"} {
		if schema.Types[name].Directives.ForName("oneOf") == nil {
			t.Errorf("%s is not @oneOf", name)
		}
	}
	for _, d := range schema.Types {
		if d.Kind != ast.InputObject || !strings.Contains(d.Description, "exactly one of") {
			continue
		}
		if got := s.get(`{ __type(name: "`+d.Name+`") { isOneOf } }`, "").Body.String(); got != `{"data":{"__type":{"isOneOf":true}}}` {
			t.Errorf("%s is introspected as %s", d.Name, got)
		}
	}
	editor := s.token(t, content.Editor)
	head := s.head(t)
	talk := func(variables, input string) string {
		return "mutation " + variables + ` { createTalk(input: {title: "x", ` + input + `}) { revision } }`
	}
	change := func(input string) string {
		return "mutation { applyChanges(input: {changes: [{" + input + "}]}) { revision } }"
	}
	for query, want := range map[string]string{
		talk("", `parent: {}`):                                         "of its fields (id, slug, externalId, key), and 0 are given",
		talk("", `parent: {slug: "a", id: "b"}`):                       "and 2 are given",
		talk("", `parent: {slug: "a", id: null}`):                      "and 2 are given",
		talk("", `parent: {slug: null}`):                               "slug of RefInput is null",
		talk("($s: Slug)", `parent: {slug: $s}`):                       "must be non-nullable to be used for OneOf Input Object",
		talk(`($s: Slug = "a")`, `parent: {slug: $s}`):                 "must be non-nullable to be used for OneOf Input Object",
		change(`createTalk: {title: "x"}, createSource: {title: "y"}`): "ChangeInput takes exactly one of its fields, and 2 are given",
		change(`key: "k", createTalk: {title: "x"}`):                   "ChangeInput has no field",

		talk("", `participations: [{actor: {mediator: {slug: "a"}, party: {slug: "b"}}}]`): "fields (mediator, party), and 2 are given",

		`{ diff(from: {}, to: {atRevision: 1}) { totalCount } }`: "takes exactly one of its fields (asOf, atRevision), and 0 are given",
	} {
		if a, w := s.post(t, editor, query, nil); len(a.Errors) == 0 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s\nis answered %s\nwant %s", query, w.Body, want)
		}
	}
	for _, parent := range []map[string]any{
		{}, {"slug": "lake-talks", "id": idOf("Talk")}, {"slug": nil}, {"slug": "lake-talks", "id": nil},
	} {
		_, errs := s.mutate(t, editor, "createTalk", "revision", map[string]any{"title": "x", "parent": parent})
		if got := told(errs); got != "BAD_USER_INPUT $input.parent\n" && got != "BAD_USER_INPUT $input.parent.slug\n" {
			t.Errorf("%v is told %v", parent, errs)
		}
	}
	if s.head(t) != head {
		t.Error("something was written")
	}
	a, w := s.post(t, editor, `mutation ($s: Slug!) {
		createTalk(input: {title: "x", parent: {slug: $s}}) { talk { parent { slug } } }
	}`, map[string]any{"s": "lake-talks"})
	if len(a.Errors) > 0 {
		t.Errorf("a variable that takes no null is answered %s", w.Body)
	}
}

package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/graph"
)

// answer is an answer as JSON has it.
type answer struct {
	Data   map[string]map[string]any `json:"data"`
	Errors []problem                 `json:"errors"`
}

type problem struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Extensions map[string]any `json:"extensions"`
}

// post sends a query with variables and a token.
func (s *service) post(t *testing.T, token, query string, variables map[string]any) (answer, *httptest.ResponseRecorder) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return a, w
}

// mutate runs one mutation and returns its payload, or the errors.
func (s *service) mutate(t *testing.T, token, name, payload string, input map[string]any) (map[string]any, []problem) {
	t.Helper()
	query := fmt.Sprintf("mutation ($input: %sInput!) { it: %s(input: $input) { %s } }", strings.ToUpper(name[:1])+name[1:], name, payload)
	a, w := s.post(t, token, query, map[string]any{"input": input})
	if a.Data["it"] == nil && len(a.Errors) == 0 || a.Data["it"] != nil && len(a.Errors) > 0 {
		t.Fatalf("%s is answered %s", name, w.Body)
	}
	return a.Data["it"], a.Errors
}

// done runs a mutation that has to succeed.
func (s *service) done(t *testing.T, token, name, payload string, input map[string]any) map[string]any {
	t.Helper()
	p, errs := s.mutate(t, token, name, payload, input)
	if len(errs) > 0 {
		t.Fatalf("%s: %v", name, errs)
	}
	return p
}

// head is the newest revision.
func (s *service) head(t *testing.T) content.Revision {
	t.Helper()
	n, err := s.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// told are the codes of errors with the paths of the input that they are about, one a line.
func told(errs []problem) string {
	var b strings.Builder
	for _, e := range errs {
		fmt.Fprintf(&b, "%v %v\n", e.Extensions["code"], e.Extensions["input"])
	}
	return b.String()
}

// TestEveryField gives every field of every type a value, clears it, and leaves it.
func TestEveryField(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	w := &walk{schema: schemas(t)["served"], answered: map[string]bool{}}
	for n, typ := range content.Types() {
		t.Run(typ.Name, func(t *testing.T) {
			field := strings.ToLower(typ.Name)
			ask := "revision " + field + " { " + w.everything(t, w.schema.Types[typ.Name]) + " }"
			made := s.done(t, admin, "create"+typ.Name, ask, createInput(typ, n))
			item := made[field].(map[string]any)
			for _, f := range typ.Fields {
				if v := item[f.Name]; v == nil || cmp.Equal(v, []any{}) || f.Kind == content.Enum && v != f.Enum[len(f.Enum)-1] {
					t.Errorf("%s was given and is %v", f.Name, v)
				}
			}
			if item["pubStatus"] != "WITHHELD" || item["slug"] != fmt.Sprintf("sample-%d", n) {
				t.Errorf("made %v", item)
			}
			same := s.done(t, admin, "update"+typ.Name, ask, map[string]any{"id": item["id"]})
			if diff := cmp.Diff(made, same); diff != "" {
				t.Errorf("an update that says nothing changed something (-before +after):\n%s", diff)
			}
			cleared := map[string]any{"id": item["id"]}
			def := w.schema.Types["Create"+typ.Name+"Input"]
			for _, f := range typ.Fields {
				if !f.Required && !def.Fields.ForName(f.Name).Type.NonNull && f.Name != "locale" {
					cleared[f.Name] = nil
				}
			}
			bare := s.done(t, admin, "update"+typ.Name, ask, cleared)[field].(map[string]any)
			for _, f := range typ.Fields {
				v, given := cleared[f.Name]
				switch now := bare[f.Name]; {
				case !given && f.Kind != content.JSONList && !cmp.Equal(now, item[f.Name]):
					t.Errorf("%s was left and is %v, not %v", f.Name, now, item[f.Name])
				case given && v == nil && !empty(&f, now):
					t.Errorf("%s was cleared and is %v", f.Name, now)
				}
			}
			gone := s.done(t, admin, "delete"+typ.Name, "revision deletedIds", map[string]any{"id": item["id"], "cascade": true})
			if ids := gone["deletedIds"].([]any); ids[0] != item["id"] {
				t.Errorf("deleted %v", ids)
			}
			if got := s.get(fmt.Sprintf("{ %s(id: %q) { id } }", field, item["id"]), admin).Body.String(); got != fmt.Sprintf(`{"data":{%q:null}}`, field) {
				t.Errorf("after it was deleted: %s", got)
			}
		})
	}
}

// empty reports whether an answer has what a field has where nothing was said.
func empty(f *content.Field, v any) bool {
	switch f.Kind {
	case content.Enum:
		return v == f.Default()
	case content.Bool:
		return v == nil || v == false
	case content.RichText:
		m, ok := v.(map[string]any)
		return v == nil || ok && m["markdown"] == ""
	default:
		m, ok := v.(map[string]any)
		return v == nil || cmp.Equal(v, []any{}) || ok && m["totalCount"] == 0.0
	}
}

// TestMutationsOneByOne: each field of an operation is a revision of its own, in their order, and one that fails leaves
// the others.
func TestMutationsOneByOne(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	head := s.head(t)
	a, w := s.post(t, editor, `mutation {
		a: createSource(input: { title: "A" }) { revision source { slug } }
		b: createSource(input: { title: "B", slug: "lake-herald" }) { revision }
		c: updateSource(input: { id: "`+idOf("Source")+`", title: "C" }) { revision source { title } }
	}`, nil)
	want := fmt.Sprintf(`"data":{"a":{"revision":%d,"source":{"slug":"a"}},"b":null,"c":{"revision":%d,"source":{"title":"C"}}}}`, head+1, head+2)
	if w.Code != http.StatusOK || !strings.HasSuffix(w.Body.String(), want) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("answered %d %s, want %s", w.Code, w.Body, want)
	}
	if told(a.Errors) != "CONFLICT input.slug\n" || !cmp.Equal(a.Errors[0].Path, []any{"b"}) || a.Errors[0].Extensions["docs"] != "/docs/errors#conflict" {
		t.Errorf("the errors are %v", a.Errors)
	}
}

// TestAbsentVariables: a field that is a variable without a value is absent and stays, null clears it.
func TestAbsentVariables(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	const query = `mutation ($id: ID!, $publisher: String, $licence: String = "CC0", $url: URL) {
		updateSource(input: { id: $id, publisher: $publisher, licence: $licence, url: $url }) { source { publisher licence url } }
	}`
	_, w := s.post(t, editor, query, map[string]any{"id": idOf("Source"), "url": nil})
	if got := w.Body.String(); got != `{"data":{"updateSource":{"source":{"publisher":"Herald Press","licence":"CC0","url":null}}}}` {
		t.Errorf("answered %s", got)
	}
}

// TestConflict: a change that was made without knowing the last one is refused, and told what is different.
func TestConflict(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	id := idOf("Source")
	head := s.head(t)
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": id, "title": "Another", "licence": nil, "ifRevision": head})
	_, errs := s.mutate(t, editor, "updateSource", "revision", map[string]any{"id": id, "publisher": "X", "ifRevision": head})
	if told(errs) != "CONFLICT input.ifRevision\n" || errs[0].Extensions["revision"] != float64(head+1) || !cmp.Equal(errs[0].Extensions["fields"], []any{"title", "licence"}) {
		t.Errorf("the errors are %v", errs)
	}
	if _, errs := s.mutate(t, editor, "createSource", "revision", map[string]any{"title": "New", "ifRevision": head}); told(errs) != "CONFLICT input.ifRevision\n" {
		t.Errorf("a record that has changed: %v", errs)
	}
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": id, "publisher": "X", "ifRevision": head + 1})
}

// TestIdempotency: the same input under the same key is written once, and answered alike.
func TestIdempotency(t *testing.T) {
	s := newService(t)
	editor, other := s.token(t, content.Editor), s.token(t, content.Publisher)
	input := map[string]any{"title": "Once", "idempotencyKey": "k1"}
	first := s.done(t, editor, "createSource", "revision source { id title }", input)
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": first["source"].(map[string]any)["id"], "title": "Renamed since"})
	head := s.head(t)
	if again := s.done(t, editor, "createSource", "revision source { id title }", input); !cmp.Equal(first, again) || s.head(t) != head {
		t.Errorf("first %v, again %v, revision %d", first, again, s.head(t))
	}
	if _, errs := s.mutate(t, editor, "createSource", "revision", map[string]any{"title": "Other", "idempotencyKey": "k1"}); told(errs) != "CONFLICT input.idempotencyKey\n" {
		t.Errorf("another input under the key: %v", errs)
	}
	if p := s.done(t, other, "createSource", "revision", input); p["revision"] != float64(head+1) {
		t.Errorf("another token's key is its own: %v", p)
	}
}

// TestApplyChanges makes several changes one revision, with references to what they create, forward and back.
func TestApplyChanges(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	head := s.head(t)
	changes := []any{
		map[string]any{"createEvent": map[string]any{"title": "It begins", "talk": map[string]any{"key": "t"}, "mediators": []any{map[string]any{"key": "m"}}}},
		map[string]any{"createTalk": map[string]any{"key": "t", "title": "Talks", "participations": []any{map[string]any{"actor": map[string]any{"mediator": map[string]any{"key": "m"}}}}}},
		map[string]any{"createMediator": map[string]any{"key": "m", "name": "Go-between"}},
		map[string]any{"createParty": map[string]any{"key": "p", "mediator": map[string]any{"key": "m"}}},
		map[string]any{"updateSource": map[string]any{"id": idOf("Source"), "title": "Renamed"}},
	}
	p := s.done(t, editor, "applyChanges", `revision created { key nodeId } deletedIds nodes {
		__typename id slug ... on Talk { events { nodes { label } } mediators { name asParty { name } } }
	}`, map[string]any{"changes": changes, "publicNote": "A beginning."})
	nodes := p["nodes"].([]any)
	var names []string
	for _, n := range nodes {
		m := n.(map[string]any)
		names = append(names, fmt.Sprint(m["__typename"], " ", m["slug"]))
	}
	if got := strings.Join(names, ", "); got != "Event it-begins, Talk talks, Mediator go-between, Party go-between, Source lake-herald" {
		t.Errorf("the nodes are %s", got)
	}
	talk := nodes[1].(map[string]any)
	if fmt.Sprint(talk["events"], talk["mediators"]) != "map[nodes:[map[label:It begins]]] [map[asParty:map[name:Go-between] name:Go-between]]" {
		t.Errorf("the talk is %v", talk)
	}
	created := p["created"].([]any)
	if p["revision"] != float64(head+1) || len(created) != 3 || created[0].(map[string]any)["key"] != "t" || created[0].(map[string]any)["nodeId"] != talk["id"] {
		t.Errorf("the payload is %v", p)
	}
	changes[4] = map[string]any{"deleteSource": map[string]any{"id": idOf("Source")}}
	if _, errs := s.mutate(t, editor, "applyChanges", "revision", map[string]any{"changes": changes}); told(errs) != "FORBIDDEN input.changes.4.deleteSource\n" || s.head(t) != head+1 {
		t.Errorf("an editor deletes: %v, revision %d", errs, s.head(t))
	}
	changes[4] = map[string]any{"updateSource": map[string]any{"id": idOf("Talk"), "title": " ", "reason": "CORRECTION"}}
	changes[0] = map[string]any{"createEvent": map[string]any{"key": "t", "title": "x", "talk": map[string]any{"id": "x"}}}
	_, errs := s.mutate(t, editor, "applyChanges", "revision", map[string]any{"changes": changes})
	want := "BAD_USER_INPUT input.changes.0.createEvent.talk.id\nBAD_USER_INPUT input.changes.1.createTalk.key\nBAD_USER_INPUT input.changes.4.updateSource.reason\n" +
		"BAD_USER_INPUT input.changes.4.updateSource.id\nBAD_USER_INPUT input.changes.4.updateSource.title\n"
	if told(errs) != want || s.head(t) != head+1 {
		t.Errorf("told\n%swant\n%s", told(errs), want)
	}
}

// TestPublication publishes, holds back and withdraws, reverts and redacts.
func TestPublication(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	talk, id := idOf("Talk"), idOf("Source")
	w := s.done(t, admin, "withdrawContent", "withdrawnIds nodes { id pubStatus }", map[string]any{"ids": []any{talk}, "descendants": true, "publicNote": "Under review."})
	if moved := w["withdrawnIds"].([]any); len(moved) < 5 || moved[0] != talk || fmt.Sprint(w["nodes"]) != fmt.Sprintf("[map[id:%s pubStatus:WITHHELD]]", talk) {
		t.Errorf("withdrawn: %v", w)
	}
	if got := s.get(`{ talks { totalCount } }`, "").Body.String(); got != `{"data":{"talks":{"totalCount":0}}}` {
		t.Errorf("after the talks were withdrawn: %s", got)
	}
	p := s.done(t, admin, "publishContent", "nodes { pubStatus embargoedUntil }", map[string]any{"ids": []any{talk}, "embargoedUntil": "2999-01-01T00:00:00Z"})
	if fmt.Sprint(p["nodes"]) != "[map[embargoedUntil:2999-01-01T00:00:00.000Z pubStatus:USABLE]]" {
		t.Errorf("held back: %v", p)
	}
	if got := s.get(`{ talks { totalCount } }`, "").Body.String(); got != `{"data":{"talks":{"totalCount":0}}}` {
		t.Errorf("under embargo: %s", got)
	}
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{talk}})
	if got := s.get(`{ talks { totalCount } }`, "").Body.String(); got != `{"data":{"talks":{"totalCount":1}}}` {
		t.Errorf("published: %s", got)
	}
	before := s.head(t)
	s.done(t, admin, "updateSource", "revision", map[string]any{"id": id, "title": "Somebody's name"})
	r := s.done(t, admin, "revertContent", "nodes { label }", map[string]any{"id": id, "toRevision": before})
	if fmt.Sprint(r["nodes"]) != "[map[label:The Lake Herald]]" {
		t.Errorf("reverted: %v", r)
	}
	s.done(t, admin, "redactContent", "revision", map[string]any{"id": id, "text": "Herald"})
	if got := s.get(`{ source(slug: "lake-herald") { title publisher } }`, "").Body.String(); strings.Contains(got, "Herald") {
		t.Errorf("redacted: %s", got)
	}
}

// TestMutationsByPost: nothing else changes anything.
func TestMutationsByPost(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	head := s.head(t)
	for _, accept := range []string{"", "text/event-stream"} {
		w := s.get(`mutation { createSource(input: { title: "A" }) { revision } }`, editor, "Accept", accept)
		if accept == "" && (w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" || !strings.Contains(w.Body.String(), "by POST")) {
			t.Errorf("GET, Accept: %q is answered %d %s", accept, w.Code, w.Body)
		}
	}
	if s.head(t) != head {
		t.Error("a GET made a revision")
	}
}

// TestPriceOfPayloads: a mutation is priced by the items that its payload shows, before anything is written.
func TestPriceOfPayloads(t *testing.T) {
	s := newServiceWithin(t, graph.DefaultLimits())
	editor := s.token(t, content.Editor)
	head := s.head(t)
	var changes []any
	for range 100 {
		changes = append(changes, map[string]any{"createTalk": map[string]any{"title": "A talk"}})
	}
	payload := "nodes { ... on Talk { events(first: 100) { nodes { mediators { name } } } } }"
	if _, errs := s.mutate(t, editor, "applyChanges", payload, map[string]any{"changes": changes}); told(errs) != "LIMIT_EXCEEDED <nil>\n" || s.head(t) != head {
		t.Errorf("told %v, at revision %d after %d", errs, s.head(t), head)
	}
	s.done(t, editor, "applyChanges", "nodes { id }", map[string]any{"changes": changes})
}

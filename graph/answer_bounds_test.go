package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
)

// longTexts serves a talk whose text of 50 KB many aliases ask for, and another talk with a short one.
func longTexts(t *testing.T, limits graph.Limits) *service {
	t.Helper()
	paragraph := "The *mediators* met [both sides](https://example.org) and said that a **draft** is on the table.\n\n"
	set := content.ChangeSet{Author: "desk", Reason: "IMPORT"}
	for slug, body := range map[content.Slug]string{"long": strings.Repeat(paragraph, 50_000/len(paragraph)), "short": paragraph} {
		set.Changes = append(set.Changes, content.Change{
			Op: content.Create, Type: content.TypeNamed("Talk"), Slug: slug, Values: map[string]any{"title": string(slug), "body": body},
			Publication: &content.Publication{Status: content.PubUsable},
		})
	}
	s := serviceOf(t, limits)
	if _, err := s.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	return s
}

// aliases asks for the body of a talk in so many ways.
func aliases(slug, form string, n int) string {
	return fmt.Sprintf("{ talk(slug: %q) { body {%s } } }", slug, numbered(n, " a%d: "+form))
}

// TestTextsAreRenderedOnce asks for a long text under 45 names: it is rendered once, which takes about as long as under one name.
func TestTextsAreRenderedOnce(t *testing.T) {
	for _, form := range []string{"excerpt(length: 200)", "html", "text"} {
		ask := func(n int) (took float64) {
			s := longTexts(t, graph.DefaultLimits()) // with no text rendered yet
			query := aliases("long", form, n)
			begin := cpu(t)
			if w := s.get(query, ""); !strings.HasPrefix(w.Body.String(), `{"data":{"talk":{"body":{"a0":"`) {
				t.Fatalf("%s is answered %.300s", query, w.Body)
			}
			return (cpu(t) - begin).Seconds()
		}
		one, many := ask(1), ask(45)
		if many > 10*one+0.1 { // without it, 45 times as long
			t.Errorf("45 aliases of %s take %.3f s of a processor, one takes %.3f", form, many, one)
		}
	}
}

// TestPlainTextsAreLookedAtOnce asks for a long text that is its own words 5000 times: that takes about as long as for a short one.
func TestPlainTextsAreLookedAtOnce(t *testing.T) {
	set := content.ChangeSet{Author: "desk", Reason: "IMPORT"}
	for slug, body := range map[content.Slug]string{"long": strings.Repeat("Words of a talk. ", 5000) + "end", "short": "Words of a talk."} {
		set.Changes = append(set.Changes, content.Change{
			Op: content.Create, Type: content.TypeNamed("Talk"), Slug: slug, Values: map[string]any{"title": string(slug), "body": body},
			Publication: &content.Publication{Status: content.PubUsable},
		})
		for i := range 100 {
			set.Changes = append(set.Changes, content.Change{
				Op: content.Create, Type: content.TypeNamed("Talk"), Slug: content.Slug(fmt.Sprintf("%s-%d", slug, i)),
				Values: map[string]any{"title": "A round", "parent": content.Target{Type: content.TypeNamed("Talk"), Slug: slug}}, Publication: &content.Publication{Status: content.PubUsable},
			})
		}
	}
	s := serviceOf(t, graph.DefaultLimits())
	if _, err := s.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	ask := func(slug string) float64 {
		query := fmt.Sprintf("{ talk(slug: %q) { children(first: 100) { nodes { parent { body {%s } } } } } }", slug, numbered(45, " a%d: excerpt(length: 1)"))
		begin := cpu(t)
		if w := s.get(query, ""); !strings.Contains(w.Body.String(), `"a44":"…"`) {
			t.Fatalf("%s is answered %.300s", query, w.Body)
		}
		return (cpu(t) - begin).Seconds()
	}
	_, short := ask("short"), ask("short")
	if long := ask("long"); long > 5*short+0.05 { // without it, a few hundred milliseconds
		t.Errorf("a long text takes %.3f s of a processor, a short one %.3f", long, short)
	}
}

// TestSearchesAreChargedByLength searches for words of a long text and of a short one: a search costs what it scores.
func TestSearchesAreChargedByLength(t *testing.T) {
	s := longTexts(t, graph.DefaultLimits())
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ search(query: \"mediators\") { totalCount } }"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Parley-Cost", "1")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer struct {
		Extensions struct {
			Cost struct{ Charged int }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if charged := answer.Extensions.Cost.Charged; charged < 5 || charged > 30 { // the words of 50 KB of Markdown are 30 KB
		t.Errorf("a search through 50 KB is charged %d; want at least 5: %s", charged, w.Body)
	}
}

// TestLengthOfAnswers asks for an answer that is longer than the limit allows: it is refused by the name of the limit, and takes
// no more memory than a few times the limit.
func TestLengthOfAnswers(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Answer = 1 << 20
	s := longTexts(t, limits)
	query := aliases("long", "html", 45) // of 4 MB
	s.get(aliases("long", "html", 1), "")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := s.get(query, "")
	runtime.ReadMemStats(&after)
	if !strings.Contains(w.Body.String(), `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(w.Body.String(), "more than 1048576 bytes") || w.Body.Len() > 2000 {
		t.Errorf("answered %.500s", w.Body)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 8<<20 {
		t.Errorf("the refusal allocated %d bytes", taken)
	}
	if w := s.get(aliases("short", "html", 45), ""); !strings.HasPrefix(w.Body.String(), `{"data":`) {
		t.Errorf("a shorter answer is %.300s", w.Body)
	}
}

// TestLongPayloads writes by a mutation whose payload is too long: the error says which revision was made.
func TestLongPayloads(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Answer = 256 << 10
	s := longTexts(t, limits)
	token := s.token(t, content.Editor)
	head := s.head(t)
	input := map[string]any{"id": content.NewID("Talk", content.NamedKey("Talk", "long")), "title": "Longer"}
	payload := "revision talk { body {" + numbered(45, " a%d: html") + " } }"
	a, w := s.post(t, token, "mutation ($input: UpdateTalkInput!) { it: updateTalk(input: $input) { "+payload+" } }", map[string]any{"input": input})
	if want := fmt.Sprintf("revision %d was written", head+1); len(a.Errors) != 1 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), "LIMIT_EXCEEDED") {
		t.Errorf("answered %.500s; want %q", w.Body, want)
	}
	if got := s.get(`{ talk(slug: "long") { title } }`, "").Body.String(); !strings.Contains(got, "Longer") {
		t.Errorf("the talk is %s", got)
	}
}

// TestTextsBeyondTheBounds reads a text that an older version kept and that would take long to render: it is answered as it is.
func TestTextsBeyondTheBounds(t *testing.T) {
	s := newService(t)
	costly := strings.Repeat("[a](", 25_000)
	set := content.ChangeSet{Author: "desk", Reason: "IMPORT", Items: []content.Item{{
		Type: content.TypeNamed("Talk"), Key: content.NamedKey("Talk", "costly"), Slug: "costly", Publication: &content.Publication{Status: content.PubUsable},
		Values: map[string]any{"title": "Costly", "body": costly, "locale": content.Locale("en")},
	}}}
	if _, err := s.store.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	begin := cpu(t)
	w := s.get(`{ talk(slug: "costly") { body { html text } } }`, "")
	if took := cpu(t) - begin; took.Seconds() > 2 { // rendered, it takes over ten
		t.Errorf("the text took %s of a processor", took)
	}
	if !strings.HasPrefix(w.Body.String(), `{"data":{"talk":{"body":{"html":"`) {
		t.Errorf("answered %.300s", w.Body)
	}
}

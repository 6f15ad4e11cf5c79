package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
)

// TestRedactContent blanks a name that stands in a slug: the former slug leads nowhere, the payload says what was reached and what
// cannot be, and a repeated request is answered alike.
func TestRedactContent(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	id := s.done(t, admin, "updateSource", "source { id }", map[string]any{"id": "lake-herald", "slug": "dupont-herald", "title": "Dupont\u00a0Herald"})
	_ = id
	s.done(t, admin, "updateSource", "revision", map[string]any{"id": "dupont-herald", "slug": "herald-of-dupont"})
	source := s.get(`{ source(slug: "dupont-herald") { id } }`, "").Body.String()
	key := source[strings.Index(source, "source_") : strings.Index(source, "source_")+len("source_")+13]
	input := map[string]any{"id": key, "text": "DUPONT", "idempotencyKey": "r"}
	const payload = "reached { fields values slugs notes fileRewritten } unreached"
	first := s.done(t, admin, "redactContent", payload, input)
	got := fmt.Sprint(first)
	for _, want := range []string{"fields:[title slug]", "fileRewritten:true", "slugs:2", "Backups, exports and copies", "Other items"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if again := fmt.Sprint(s.done(t, admin, "redactContent", payload, input)); again != got {
		t.Errorf("a repeated request is answered %s, and not %s", again, got)
	}
	for _, slug := range []string{"dupont-herald", "herald-of-dupont"} {
		if text := s.get(fmt.Sprintf("{ source(slug: %q) { id } }", slug), "").Body.String(); !strings.Contains(text, `"source":null`) {
			t.Errorf("%s leads to %s", slug, text)
		}
	}
	for _, c := range []struct {
		input map[string]any
		want  string
	}{
		{map[string]any{"id": key}, "BAD_USER_INPUT input.fields\n"},
		{map[string]any{"id": key, "text": " "}, "BAD_USER_INPUT input.text\nBAD_USER_INPUT input.fields\n"},
		{map[string]any{"id": key, "fields": []string{"title"}, "text": " "}, "BAD_USER_INPUT input.text\n"},
		{map[string]any{"id": key, "text": "Durand"}, "NOT_FOUND input.text\n"},
		{map[string]any{"id": string(content.NewID("Source", content.NamedKey("Source", "hill-post"))), "fields": []string{"publisher"}}, "NOT_FOUND input.fields\n"},
	} {
		if _, errs := s.mutate(t, admin, "redactContent", "revision", c.input); told(errs) != c.want {
			t.Errorf("%v is told %v; want %s", c.input, errs, c.want)
		}
	}
	s.done(t, admin, "redactContent", "revision", map[string]any{"id": idOf("Talk"), "fields": []string{"summary"}})
	if text := s.get(`{ talk(slug: "lake-talks") { title summary { text } } }`, "").Body.String(); !strings.Contains(text, `"summary":null`) && !strings.Contains(text, "[redacted]") {
		t.Errorf("a talk with a blanked summary is %s", text)
	}
	if text := s.get(`{ source(slug: "herald-of-redacted") { title } }`, "").Body.String(); !strings.Contains(text, "[redacted]\u00a0Herald") && !strings.Contains(text, "[redacted] Herald") {
		t.Errorf("the item is %s", text)
	}
}

// TestRedactionOfThePast: no answer of the past has a name after its redaction, from the response cache or by an entity tag neither, and a
// subscription and a sync lead to an answer without it.
func TestRedactionOfThePast(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	s.done(t, admin, "updateSource", "revision", map[string]any{"id": "lake-herald", "slug": "zqxname-herald", "title": "Herald of Zqxname"})
	named := s.head(t)
	s.done(t, admin, "updateSource", "revision", map[string]any{"id": "zqxname-herald", "title": "Herald of a Zqxname"})
	id := string(content.NewID("Source", content.NamedKey("Source", "lake-herald")))
	at := servedBy(t, graph.Config{Reader: s.store, Log: s.store, ResponseCacheBytes: 1 << 20})
	const fields = `{ title slug label corrections { nodes { changes { before after } } } history { nodes { publicNote changes { field before after } } } }`
	queries := []string{
		fmt.Sprintf(`{ source(id: %q) %s }`, id, fields),
		fmt.Sprintf(`{ source(id: %q, atRevision: %d) %s }`, id, named, fields),
		fmt.Sprintf(`{ node(id: "%s@%d") { ... on Source %s } }`, id, named, fields),
		`{ source(slug: "zqxname-herald") ` + fields + ` }`,
		fmt.Sprintf(`{ source(slug: "zqxname-herald", atRevision: %d) %s }`, named, fields),
		fmt.Sprintf(`{ diff(from: { atRevision: %d }, to: { atRevision: %d }) { nodes { node { label } changes { field before after } } } }`, named-1, named),
		fmt.Sprintf(`{ sources(first: 100, atRevision: %d) { nodes %s } }`, named, fields),
		fmt.Sprintf(`{ search(query: "zqxname", atRevision: %d) { totalCount nodes { label } } }`, named),
		`{ search(query: "zqxname") { totalCount nodes { label } } }`,
		`{ revisions(first: 50) { nodes { publicNote changes { node { id } } } } }`,
	}
	get := func(q string, header ...string) (int, string, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"?query="+url.QueryEscape(q), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		status, h, body := fetched(t, r)
		return status, h.Get("Etag"), body
	}
	tags := make([]string, len(queries))
	for i, q := range queries {
		for range 2 { // the second is of the cache
			_, tags[i], _ = get(q)
		}
		_, _, body := get(q)
		if has := strings.Contains(body, "Zqxname") || strings.Contains(body, `"totalCount":1`); !has && i < len(queries)-1 || strings.Contains(body, `"errors"`) {
			t.Errorf("%s: before the redaction %s", q, body)
		}
	}
	s.done(t, admin, "redactContent", "revision", map[string]any{"id": id, "text": "zqxname"})
	for i, q := range queries {
		for _, header := range [][]string{nil, {"If-None-Match", tags[i]}} {
			status, _, body := get(q, header...)
			if status != http.StatusOK && i < len(queries)-1 || strings.Contains(strings.ToLower(body), "zqxname") || strings.Contains(body, `"totalCount":1`) {
				t.Errorf("%s %v: %d %s", q, header, status, body)
			}
		}
	}
}

package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
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

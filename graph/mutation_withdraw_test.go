package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestCitationsGoWithTheirSources withdraws one of the two sources of an event: readers see and find its quotation no longer,
// now and in the past, and editors do.
func TestCitationsGoWithTheirSources(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	made := func(typ string, input map[string]any) string {
		t.Helper()
		field := strings.ToLower(typ)
		return s.done(t, admin, "create"+typ, field+" { id }", input)[field].(map[string]any)["id"].(string)
	}
	cites := func(source, quote string) map[string]any {
		return map[string]any{"source": map[string]any{"id": source}, "quote": quote}
	}
	herald, leak := made("Source", map[string]any{"title": "Herald"}), made("Source", map[string]any{"title": "Leak"})
	event := made("Event", map[string]any{"title": "Announcement", "citations": []any{cites(herald, "They met."), cites(leak, "Quagga was the word.")}})
	pact := made("Agreement", map[string]any{"title": "Pact", "citations": []any{cites(herald, "Signed.")}, "provisions": []any{
		map[string]any{"title": "First", "citations": []any{cites(herald, "Agreed."), cites(leak, "Quagga clause.")}},
	}})
	ids := []any{herald, leak, event, pact}
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": ids})
	published := s.head(t)
	s.done(t, admin, "updateEvent", "revision", map[string]any{"id": event, "title": "The announcement"})
	changed := s.head(t)

	quotes := fmt.Sprintf(`{ event(id: %q) { citations { quote } } node(id: %q) { ... on Agreement { provisions { nodes { citations { quote } } } } }
	history: event(id: %[1]q) { history { nodes { changes { before after } } } }
	diff(from: { atRevision: 1 }, to: { atRevision: %[3]d }) { nodes { changes { before after } } } }`, event, pact, changed)
	past := fmt.Sprintf(`{ event(id: %q, atRevision: %d) { citations { quote locator } } }`, event, published)
	found := fmt.Sprintf(`{ search(query: "quagga") { totalCount edges { node { id } highlights { snippet } } } was: search(query: "quagga", atRevision: %d) { totalCount } without: search(query: "announcement -quagga") { totalCount } }`, published)
	told := func(token string) (string, int) {
		t.Helper()
		var b strings.Builder
		for _, q := range []string{quotes, past, found} {
			body := s.get(q, token).Body.String()
			if strings.Contains(body, `"errors"`) {
				t.Fatalf("%s: %s", q, body)
			}
			b.WriteString(body)
		}
		all := b.String()
		return all, strings.Count(all, "Quagga") + strings.Count(all, "uagga</mark>")
	}
	if all, _ := told(""); !strings.Contains(all, `"search":{"totalCount":2`) || !strings.Contains(all, `"was":{"totalCount":2}`) || !strings.Contains(all, "Quagga clause.") {
		t.Errorf("with the source, readers see %s", all)
	}
	s.done(t, admin, "withdrawContent", "withdrawnIds", map[string]any{"ids": []any{leak}, "publicNote": "Not theirs to give."})
	if all, n := told(""); n > 0 || !strings.Contains(all, `"search":{"totalCount":0`) || !strings.Contains(all, `"was":{"totalCount":0}`) ||
		!strings.Contains(all, `"without":{"totalCount":1}`) || !strings.Contains(all, `{"citations":[{"quote":"They met."}]}`) || strings.Contains(all, `"source":null`) {
		t.Errorf("without the source, readers see %s", all)
	}
	if all, _ := told(admin); !strings.Contains(all, `"search":{"totalCount":2`) || !strings.Contains(all, `"was":{"totalCount":2}`) || !strings.Contains(all, "Quagga clause.") {
		t.Errorf("without the source, editors see %s", all)
	}
	s.done(t, admin, "updateEvent", "revision", map[string]any{"id": event, "citations": []any{cites(herald, "They met."), cites(leak, "An okapi, rather.")}})
	if got := s.get(`{ search(query: "quagga okapi") { totalCount } okapi: search(query: "okapi") { totalCount } }`, admin).Body.String(); !strings.Contains(got, `"okapi":{"totalCount":1}`) {
		t.Errorf("editors find the new quotation: %s", got)
	}
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{leak}})
	if got := s.get(fmt.Sprintf(`{ a: search(query: "quagga") { totalCount } b: search(query: "okapi") { totalCount } c: search(query: "quagga", atRevision: %d) { totalCount } }`, changed), "").Body.String(); got !=
		`{"data":{"a":{"totalCount":1},"b":{"totalCount":1},"c":{"totalCount":2}}}` {
		t.Errorf("published again: %s", got)
	}
}

// TestWithdrawnSources refuses to take the last source of public items from sight, or withdraws these with it.
func TestWithdrawnSources(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	id := func(typ, slug string, citations ...string) string {
		t.Helper()
		field, list := strings.ToLower(typ), []any{}
		for _, source := range citations {
			list = append(list, map[string]any{"source": map[string]any{"id": source}})
		}
		return s.done(t, admin, "create"+typ, field+" { id }", map[string]any{"title": slug, "slug": slug, "citations": list})[field].(map[string]any)["id"].(string)
	}
	archive := id("Source", "archive")
	scan := id("Source", "scan", archive)
	event, both, draft := id("Event", "only", scan), id("Event", "both", scan, archive), id("Event", "draft", scan)
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{archive, scan, event, both}})

	citing := []any{map[string]any{"id": event, "slug": "only"}}
	for mutation, input := range map[string]map[string]any{
		"withdrawContent": {"ids": []any{scan}, "publicNote": "x"},
		"publishContent":  {"ids": []any{scan}, "embargoedUntil": "2999-01-01T00:00:00Z"},
	} {
		_, errs := s.mutate(t, admin, mutation, "revision", input)
		if told(errs) != "CONFLICT input.ids.0\n" || !cmp.Equal(errs[0].Extensions["citing"], citing) || !strings.Contains(errs[0].Message, `no source of event "only" without source "scan"`) {
			t.Errorf("%s: %v", mutation, errs)
		}
	}
	done := s.done(t, admin, "withdrawContent", "withdrawnIds", map[string]any{"ids": []any{archive}, "publicNote": "x", "includeCiting": true})
	moved := fmt.Sprint(done["withdrawnIds"])
	for _, want := range []string{archive, scan, event, both} { // the scan cites the archive alone, and takes with it what cites it alone
		if !strings.Contains(moved, want) {
			t.Errorf("%s is not among those withdrawn: %s", want, moved)
		}
	}
	if strings.Contains(moved, draft) {
		t.Errorf("a draft is withdrawn: %s", moved)
	}
	if got := s.get(`{ a: source(slug: "scan") { id } b: event(slug: "only") { id } c: event(slug: "both") { id } }`, "").Body.String(); got != `{"data":{"a":null,"b":null,"c":null}}` {
		t.Errorf("readers see %s", got)
	}
}

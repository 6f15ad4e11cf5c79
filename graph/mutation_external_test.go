package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// TestMatchKind: one item has an identifier as EXACT and is found by it, others have it otherwise and are found by a filter.
func TestMatchKind(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Admin)
	id := func(kind string) []any {
		m := map[string]any{"scheme": "pa-x", "value": "1500"}
		if kind != "" {
			m["matchKind"] = kind
		}
		return []any{m}
	}
	ids := map[string]any{}
	for name, kind := range map[string]string{"whole": "", "first": "PART_OF", "second": "PART_OF", "wider": "BROADER", "near": "RELATED"} {
		made := s.done(t, editor, "createTalk", "talk { id externalIds { matchKind } }", map[string]any{"title": name, "externalIds": id(kind)})["talk"].(map[string]any)
		ids[name] = made["id"]
		if got := made["externalIds"].([]any)[0].(map[string]any)["matchKind"]; got != kind && (kind != "" || got != "EXACT") {
			t.Errorf("%q is %v", kind, got)
		}
	}
	for query, want := range map[string]string{
		`{ talk(externalId: {scheme: "pa-x", value: "1500"}) { title } }`:                                                                              `{"data":{"talk":{"title":"whole"}}}`,
		`{ talks(orderBy: {field: TITLE}, where: {externalIds: {some: {value: {eq: "1500"}, matchKind: {eq: PART_OF}}}}) { nodes { title } } }`:        `{"data":{"talks":{"nodes":[{"title":"first"},{"title":"second"}]}}}`,
		`{ talks(orderBy: {field: TITLE}, where: {externalIds: {some: {value: {eq: "1500"}, matchKind: {notIn: [PART_OF, EXACT]}}}}) { totalCount } }`: `{"data":{"talks":{"totalCount":2}}}`,
	} {
		if got := s.get(query, editor).Body.String(); got != want {
			t.Errorf("%s is answered %s, want %s", query, got, want)
		}
	}
	before := s.head(t)
	_, errs := s.mutate(t, editor, "updateTalk", "revision", map[string]any{"id": ids["first"], "externalIds": id("EXACT")})
	if told(errs) != "CONFLICT input.externalIds.0\n" || errs[0].Extensions["id"] != ids["whole"] || !strings.Contains(errs[0].Message, `talk "first" and talk "whole"`) {
		t.Errorf("an EXACT identifier that another item has: %v", errs)
	}
	_, errs = s.mutate(t, editor, "applyChanges", "revision", map[string]any{"changes": []any{
		map[string]any{"createTalk": map[string]any{"title": "x", "externalIds": []any{map[string]any{"scheme": "s", "value": "1"}}}},
		map[string]any{"createTalk": map[string]any{"title": "y", "externalIds": []any{map[string]any{"scheme": "s", "value": "1"}}}},
	}})
	if told(errs) != "CONFLICT input.changes.1.createTalk.externalIds.0\n" {
		t.Errorf("two items of one call: %v", errs)
	}
	s.done(t, editor, "updateTalk", "revision", map[string]any{"id": ids["whole"], "externalIds": id("RELATED")})
	s.done(t, editor, "updateTalk", "revision", map[string]any{"id": ids["first"], "externalIds": id("EXACT")})
	for at, want := range map[string]string{"": "first", fmt.Sprintf(", atRevision: %d", before): "whole"} {
		got := s.get(`{ talk(externalId: {scheme: "pa-x", value: "1500"}`+at+`) { title } }`, editor).Body.String()
		if got != `{"data":{"talk":{"title":"`+want+`"}}}` {
			t.Errorf("after the identifier moved, read%s: %s", at, got)
		}
	}
	got := s.get(fmt.Sprintf(`{ talk(id: %q) { history(first: 1) { nodes { changes { field before after } } } } }`, ids["first"]), editor).Body.String()
	if !strings.Contains(got, `"before":[{"matchKind":"PART_OF","scheme":"pa-x","value":"1500"}],"after":[{"matchKind":"EXACT"`) {
		t.Errorf("the history is %s", got)
	}
}

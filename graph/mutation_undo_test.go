package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestRevertRevision undoes a revision by the API: the payload lists what became of its items, readers see the note, and an
// editor may not delete by it.
func TestRevertRevision(t *testing.T) {
	s := newService(t)
	admin, editor := s.token(t, content.Admin), s.token(t, content.Editor)
	source := idOf("Source")
	made := s.done(t, admin, "applyChanges", "revision nodes { id }", map[string]any{"changes": []any{
		map[string]any{"createTalk": map[string]any{"key": "t", "title": "Wrong talk"}},
		map[string]any{"createEvent": map[string]any{"title": "Wrong event", "talk": map[string]any{"key": "t"}}},
		map[string]any{"createIssue": map[string]any{"title": "Wrong issue"}},
		map[string]any{"updateSource": map[string]any{"id": source, "title": "Wrong"}},
	}})
	var ids []any
	for _, n := range made["nodes"].([]any) {
		ids = append(ids, n.(map[string]any)["id"])
	}
	since := s.done(t, admin, "updateEvent", "revision", map[string]any{"id": ids[1], "title": "Mended"})["revision"]
	const payload = "revision revertedIds deletedIds kept { nodeId slug keptReason sinceRevision referrerIds message }"
	input := map[string]any{"revision": made["revision"], "publicNote": "Twelve wrong rows.", "reason": "CORRECTION", "idempotencyKey": "undo-1"}
	if _, errs := s.mutate(t, editor, "revertRevision", payload, input); told(errs) != "FORBIDDEN input.revision\n" {
		t.Errorf("an editor deletes by undoing: %v", errs)
	}
	got := s.done(t, admin, "revertRevision", payload, input)
	want := map[string]any{
		"revision": since.(float64) + 1, "revertedIds": []any{source}, "deletedIds": []any{ids[2]},
		"kept": []any{
			map[string]any{
				"nodeId": ids[1], "slug": "wrong-event", "keptReason": "CHANGED_SINCE", "sinceRevision": since, "referrerIds": []any{},
				"message": fmt.Sprintf("it has changed since, at revision %v", since),
			},
			map[string]any{
				"nodeId": ids[0], "slug": "wrong-talk", "keptReason": "REFERRED_TO", "sinceRevision": nil, "referrerIds": []any{ids[1]},
				"message": `it is referenced by event "wrong-event" by talk`,
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the payload (-want +got):\n%s", diff)
	}
	if again := s.done(t, admin, "revertRevision", payload, input); !cmp.Equal(got, again) {
		t.Errorf("sent again it is answered %v", again)
	}
	if text := s.get(`{ source(slug: "lake-herald") { title corrections(first: 1) { nodes { publicNote } } } }`, "").Body.String(); !strings.Contains(text, `"title":"The Lake Herald"`) || !strings.Contains(text, "Twelve wrong rows.") {
		t.Errorf("readers see %s", text)
	}
	for _, bad := range []struct {
		input map[string]any
		want  string
	}{
		{map[string]any{"revision": 0}, "BAD_USER_INPUT input.revision\n"},
		{map[string]any{"revision": 999}, "BAD_USER_INPUT input.revision\n"},
		{map[string]any{"revision": 1, "ifRevision": 1}, "CONFLICT input.ifRevision\n"},
		{map[string]any{"revision": 1, "reason": "REDACTION"}, "BAD_USER_INPUT input.reason\n"},
	} {
		if _, errs := s.mutate(t, admin, "revertRevision", "revision", bad.input); told(errs) != bad.want {
			t.Errorf("%v: %v, want %s", bad.input, errs, bad.want)
		}
	}
}

package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
)

// TestRefusedDeletionsNameReferrers holds that a refusal to delete lists each item that refers to the deleted one, by id, slug
// and field.
func TestRefusedDeletionsNameReferrers(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	_, err := s.Apply(t.Context(), content.ChangeSet{Author: "Nadia", Reason: "UPDATE", Changes: []content.Change{of(content.Delete, refs["issue"], nil)}})
	var problems content.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Code != content.Conflict {
		t.Fatalf("an issue of others is deleted: %v", err)
	}
	list, _ := problems[0].Details["referrers"].([]map[string]any)
	found := map[any]any{}
	for _, r := range list {
		found[r["id"]] = r["field"]
		if r["slug"] == nil || !strings.Contains(problems[0].Message, r["field"].(string)) {
			t.Errorf("the message %q, the referrer %v", problems[0].Message, r)
		}
	}
	for name, field := range map[string]string{"round": "issues", "position": "issue"} {
		if id := content.NewID(refs[name].Type, refs[name].Key); found[id] != field {
			t.Errorf("%s does not refer by %s: %v", id, field, list)
		}
	}
}

// TestProblemsOfElements holds that the problem of a translation within a place is told in its own words and at its place.
func TestProblemsOfElements(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	place := map[string]any{"name": "Cairo", "translations": []map[string]any{{"locale": "fr", "text": []map[string]any{{"field": "name", "value": "Le Caire"}}}}}
	_, err := s.Apply(t.Context(), content.ChangeSet{Author: "Nadia", Reason: "UPDATE", Changes: []content.Change{of(content.Update, refs["event"], map[string]any{"place": place})}})
	var problems content.Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatalf("a translation without a kind: %v", err)
	}
	if p := problems[0]; p.Field != "input.place.translations.0.translationKind" || strings.Contains(p.Message, "%!") || !strings.Contains(p.Message, "translationKind") {
		t.Errorf("%s: %s", p.Field, p.Message)
	}
}

// TestLookForRoomLeavesNothing holds that the look for room on the disk leaves no file.
func TestLookForRoomLeavesNothing(t *testing.T) {
	s := openTest(t)
	if !s.hasRoom() {
		t.Error("there is no room")
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(s.path), ".parley-room-*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

package graph_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"parley/content"
)

// TestReaderNotice: a payload tells what readers learn of the revision, and a note without a reason is not lost unseen.
func TestReaderNotice(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	const ask = "readers { reason publicNote isCorrection message }"
	n := 0
	for _, step := range []struct {
		mutation string
		more     map[string]any
		want     string
	}{
		{"updateSource", map[string]any{"publicNote": "The date was wrong."}, "map[isCorrection:false message:Readers find the note in the history of each item, and not among its corrections, " +
			"since the reason is UPDATE: send reason: CORRECTION for a correction. publicNote:The date was wrong. reason:UPDATE]"},
		{
			"updateSource",
			map[string]any{"publicNote": "It was wrong.", "reason": "CORRECTION"},
			"map[isCorrection:true message:Readers find it among the corrections of each item as CORRECTION, with the note. publicNote:It was wrong. reason:CORRECTION]",
		},
		{
			"updateSource",
			map[string]any{"reason": "RETRACTION"},
			"map[isCorrection:true message:Readers find it among the corrections of each item as RETRACTION, without a note: use publicNote to say what was wrong. publicNote:<nil> reason:RETRACTION]",
		},
		{"updateSource", nil, "map[isCorrection:false message:Readers find it in the history of each item as UPDATE, without a note. publicNote:<nil> reason:UPDATE]"},
	} {
		n++
		input := map[string]any{"id": "lake-herald", "title": fmt.Sprint("Title ", n), "idempotencyKey": strconv.Itoa(n)}
		maps.Copy(input, step.more)
		for range 2 { // a repeated request is answered alike
			if got := fmt.Sprint(s.done(t, admin, step.mutation, ask, input)["readers"]); got != step.want {
				t.Errorf("%v:\ngot  %s\nwant %s", step.more, got, step.want)
			}
		}
	}
	if got := s.done(t, admin, "updateSource", ask, map[string]any{"id": "lake-herald"})["readers"]; got != nil {
		t.Errorf("nothing was different, and readers learn %v", got)
	}
	for mutation, input := range map[string]map[string]any{
		"createTalk":       {"title": "T"},
		"applyChanges":     {"changes": []any{map[string]any{"createTalk": map[string]any{"title": "U"}}}},
		"withdrawContent":  {"ids": []any{idOf("Article")}, "publicNote": "Under review."},
		"revertRevision":   {"revision": s.head(t)},
		"annotateRevision": {"revision": 1, "publicNote": "The beginning."},
	} {
		if got := s.done(t, admin, mutation, ask, input)["readers"]; got == nil {
			t.Errorf("%s tells nothing", mutation)
		}
	}
}

// TestCorrectionsOfHiddenItems: staff find the correction of a withheld event among those of its talk, and readers do not.
func TestCorrectionsOfHiddenItems(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	event := s.done(t, admin, "createEvent", "event { id }", map[string]any{
		"title": "Hidden", "talk": map[string]any{"slug": "lake-talks"}, "citations": []any{map[string]any{"source": map[string]any{"slug": "lake-herald"}}},
	})["event"].(map[string]any)["id"]
	s.done(t, admin, "updateEvent", "revision", map[string]any{"id": event, "title": "Still hidden", "reason": "CORRECTION", "publicNote": "Nobody saw it."})
	const ask = `{ talk(slug: "lake-talks") { corrections { nodes { publicNote } } } }`
	for token, sees := range map[string]bool{admin: true, "": false} {
		if text := s.get(ask, token).Body.String(); strings.Contains(text, "Nobody saw it.") != sees || !strings.HasPrefix(text, `{"data":`) {
			t.Errorf("the corrections, to staff: %t, are %s", sees, text)
		}
	}
}

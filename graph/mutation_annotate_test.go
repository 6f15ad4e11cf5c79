package graph_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestAnnotateRevision mends a note that was forgotten: readers find it among the corrections, in views of the past too, caches
// and copies learn of it, a repeated request is answered alike, and the annotated revision can be undone as before.
func TestAnnotateRevision(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": "lake-herald", "title": "Lake Heralds"})
	wrong := s.head(t)
	const page = `{ source(slug: "lake-herald") { title corrections { nodes { revision publicNote changes { after } } } } }`
	before := s.get(page, "")
	token := string(regexp.MustCompile(`"next":"([^"]*)"`).FindSubmatch(s.get("{ contentChanges { next } }", "").Body.Bytes())[1])
	const payload = "revision readers { reason publicNote isCorrection }"
	input := map[string]any{"revision": wrong, "reason": "CORRECTION", "publicNote": "There are two.", "idempotencyKey": "k"}
	got := s.done(t, editor, "annotateRevision", payload, input)
	if told := fmt.Sprint(got["readers"]); told != "map[isCorrection:true publicNote:There are two. reason:CORRECTION]" {
		t.Errorf("readers are told %s", told)
	}
	if again := s.done(t, editor, "annotateRevision", payload, input); !cmp.Equal(got, again) {
		t.Errorf("a repeated request is answered %v, and not %v", again, got)
	}
	after := s.get(page, "")
	if before.Header().Get("ETag") == after.Header().Get("ETag") || !strings.Contains(after.Body.String(), `"publicNote":"There are two.","changes":[{"after":"Lake Heralds"}]`) {
		t.Errorf("the page is %s", after.Body)
	}
	if then := s.get(fmt.Sprintf(`{ source(slug: "lake-herald", atRevision: %d) { corrections { nodes { publicNote } } } }`, wrong), ""); !strings.Contains(then.Body.String(), "There are two.") {
		t.Errorf("the past says %s", then.Body)
	}
	if text := s.get(fmt.Sprintf(`{ contentChanges(since: %q) { changes { op nodeId } } }`, token), "").Body.String(); !strings.Contains(text, `"op":"UPDATED"`) {
		t.Errorf("a copy is told %s", text)
	}
	if head := s.head(t); head != wrong+1 {
		t.Fatalf("the annotation is revision %d after %d", head, wrong)
	}
	s.done(t, editor, "annotateRevision", payload, map[string]any{"revision": wrong, "publicNote": nil})
	if text := s.get(page, "").Body.String(); !strings.Contains(text, `"publicNote":null`) {
		t.Errorf("a note that was taken back is told: %s", text)
	}
	undone := s.done(t, editor, "revertRevision", "revertedIds kept { message }", map[string]any{"revision": wrong})
	if text := fmt.Sprint(undone); !strings.Contains(text, "kept:[]") || !strings.Contains(text, "source_") {
		t.Errorf("the annotated revision is undone as %s", text)
	}
	for _, bad := range []struct {
		input map[string]any
		want  string
	}{
		{map[string]any{"revision": 999, "publicNote": "x"}, "BAD_USER_INPUT input.revision\n"},
		{map[string]any{"revision": 0, "publicNote": "x"}, "BAD_USER_INPUT input.revision\n"},
		{map[string]any{"revision": 1, "reason": "REDACTION"}, "BAD_USER_INPUT input.reason\n"},
		{map[string]any{"revision": 1}, "BAD_USER_INPUT input\n"},
		{map[string]any{"revision": wrong, "publicNote": "x", "ifRevision": 1}, "CONFLICT input.ifRevision\n"},
		{map[string]any{"revision": wrong, "publicNote": "x", "idempotencyKey": "k"}, "CONFLICT input.idempotencyKey\n"},
	} {
		if _, errs := s.mutate(t, editor, "annotateRevision", "revision", bad.input); told(errs) != bad.want {
			t.Errorf("%v is answered %s", bad.input, told(errs))
		}
	}
}

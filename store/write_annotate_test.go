package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestAnnotationsLeaveTheRecordWhole annotates the revisions of a random record: it says what it said, at each revision, and
// what is derived from it is whole.
func TestAnnotationsLeaveTheRecordWhole(t *testing.T) {
	s := openTest(t)
	r := &randomChanges{Rand: rand.New(rand.NewPCG(3, 9))}
	for range 60 {
		var list []content.Change
		for j := range 1 + r.IntN(4) {
			if c := r.change(fmt.Sprint("l", j)); c.Op != content.Redact {
				list = append(list, c)
			}
		}
		if done, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: list}); err == nil {
			r.learn(done)
		}
	}
	last, err := s.Head(t.Context())
	if err != nil || last < 10 {
		t.Fatal(last, err)
	}
	before := wholeRecord(t, s, last)
	annotated := 0
	for rev := content.Revision(1); rev <= last; rev++ {
		note := content.Annotation{Revision: rev, Reason: "CORRECTION", Note: "It was wrong.", Noted: true}
		for range 2 { // the second finds nothing different
			head, _ := s.Head(t.Context())
			done, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "EDITORIAL", Annotate: &note})
			if err != nil && errors.As(err, &content.Problems{}) {
				break // its items were deleted
			}
			if err != nil {
				t.Fatal(err)
			}
			if done.Made && done.Revision == head+1 {
				annotated++
			}
		}
	}
	if annotated == 0 || annotated > int(last) {
		t.Fatalf("%d of %d revisions were annotated", annotated, last)
	}
	head, _ := s.Head(t.Context())
	for _, at := range []content.Revision{last, head} {
		if diff := cmp.Diff(before, wholeRecord(t, s, at)); diff != "" {
			t.Errorf("revision %d (-before the annotations, +now):\n%s", at, diff)
		}
	}
	checkRecord(t, s)
	if n := rowsOf(t, s, "SELECT 'note', number, reason FROM revision_history"); len(n) != annotated {
		t.Errorf("%d former notes are kept, of %d", len(n), annotated)
	}
}

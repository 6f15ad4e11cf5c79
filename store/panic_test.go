package store

import (
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
	"parley/internal/crash"
)

// TestPanicOfAStream has what is imported panic while it is read, and while it is prepared: the import fails with the stack, and
// the next write succeeds.
func TestPanicOfAStream(t *testing.T) {
	s := openedAs(t, filepath.Join(t.TempDir(), "parley.db"), migrating, nil)
	var reported []error
	s.ReportWrites(func(err error) { reported = append(reported, err) })
	mistakes := map[string]iter.Seq2[content.Item, error]{
		"read":    func(func(content.Item, error) bool) { panic("a mistake") },
		"prepare": func(yield func(content.Item, error) bool) { yield(content.Item{}, nil) }, // it has no type
	}
	for name, items := range mistakes {
		_, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Stream: items})
		if _, ok := errors.AsType[*crash.Error](err); !ok {
			t.Errorf("%s: the error is %v", name, err)
		}
		if stack := crash.Stack(err).Value.String(); !strings.Contains(stack, "store.") {
			t.Errorf("%s: it has the stack %s", name, stack)
		}
	}
	if len(reported) != 2 || reported[0] == nil || reported[1] == nil {
		t.Errorf("reported are %v", reported)
	}
	sample(t, s)
	checkRecord(t, s)
}

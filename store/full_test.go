package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
	"parley/internal/crash"
)

// TestDiskFull has the file grow no more: a write says so and leaves nothing, reads go on, and readiness tells it until there
// is room again.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s := openedAs(t, path, migrating, nil)
	sample(t, s)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byHand(t, s, "PRAGMA max_page_count = 1")
	long := content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{create("Talk", "long", map[string]any{"title": "Long", "body": strings.Repeat("long ", 100_000)})}}
	if _, err := s.Apply(t.Context(), long); !errors.Is(err, errFull) {
		t.Errorf("a write on a full disk: %v", err)
	}
	if now, err := s.Head(t.Context()); err != nil || now != head {
		t.Errorf("the newest revision is %d, %v; want %d", now, err, head)
	}
	s.path = filepath.Join(t.TempDir(), "nowhere", "parley.db") // where no room is found either
	if warnings, err := s.Ready(t.Context()); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "the disk of the service is full") {
		t.Errorf("ready with %q, %v", warnings, err)
	}
	s.path = path
	if warnings, err := s.Ready(t.Context()); err != nil || len(warnings) != 0 {
		t.Errorf("once there is room: ready with %q, %v", warnings, err)
	}
	byHand(t, s, "PRAGMA max_page_count = 1073741823")
	if _, err := s.Apply(t.Context(), long); err != nil {
		t.Errorf("once there is room: %v", err)
	}
	checkRecord(t, s)
}

// TestPanicOfAWriterKeepsItsStack holds that the error of a panic tells the log where it was.
func TestPanicOfAWriterKeepsItsStack(t *testing.T) {
	s := openedAs(t, filepath.Join(t.TempDir(), "parley.db"), migrating, nil)
	err := s.queue.do(t.Context(), mistaken)
	if stack := crash.Stack(err).Value.String(); !strings.Contains(stack, "store.mistaken") {
		t.Errorf("%v has the stack %s", err, stack)
	}
}

func mistaken(context.Context, *writer) error { panic("a mistake") }

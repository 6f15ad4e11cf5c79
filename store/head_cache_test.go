package store

import (
	"path/filepath"
	"sync"
	"testing"

	"parley/content"
)

// TestHeadSeesEveryRevision looks at the newest revision after each write, by this store and by another of the same file,
// also across checkpoints, and never sees an older one than was written.
func TestHeadSeesEveryRevision(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	var stores []*Store
	for range 2 {
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		s.writer.SetMaxOpenConns(2) // the write queue holds one
		stores = append(stores, s)
	}
	for i := range 40 {
		by := stores[i%2]
		done := apply(t, by, create("Source", "s", map[string]any{"title": "A source"}))
		if i%10 == 9 {
			if _, err := by.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range stores {
			for range 2 { // by a statement, and from memory
				if head, err := s.Head(t.Context()); err != nil || head != done.Revision {
					t.Fatalf("after revision %d the newest is %d, %v", done.Revision, head, err)
				}
			}
			if s.heads.last.Load() == nil {
				t.Error("nothing is known without a statement")
			}
		}
	}
}

// TestHeadUnderWrites looks at the newest revision while others write: it never goes back, and never lags behind what was
// acknowledged before the look began.
func TestHeadUnderWrites(t *testing.T) {
	s := openTest(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 30 {
				done, err := s.Apply(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Changes: []content.Change{create("Source", "s", map[string]any{"title": "A source"})}})
				if err != nil {
					t.Error(err)
					return
				}
				if head, err := s.Head(t.Context()); err != nil || head < done.Revision {
					t.Errorf("revision %d is acknowledged, the newest is %d, %v", done.Revision, head, err)
				}
			}
		})
	}
	all.Wait()
}

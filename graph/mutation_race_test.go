package graph_test

import (
	"fmt"
	"sync"
	"testing"

	"parley/content"
)

// TestAtOnce sends mutations at the same time: one request under one key is written once, and of several changes that
// know the same revision one is made.
func TestAtOnce(t *testing.T) {
	const n = 8
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	editor, id, head := s.token(t, content.Editor), idOf("Source"), s.head(t)
	all := func(input func(i int) (string, map[string]any)) (done map[float64]int, conflicts int) {
		done = map[float64]int{}
		var mu sync.Mutex
		var running sync.WaitGroup
		for i := range n {
			running.Go(func() {
				name, m := input(i)
				p, errs := s.mutate(t, editor, name, "revision", m)
				mu.Lock()
				defer mu.Unlock()
				if told(errs) == "CONFLICT input.ifRevision\n" {
					conflicts++
					return
				}
				if len(errs) > 0 {
					t.Error(errs)
					return
				}
				done[p["revision"].(float64)]++
			})
		}
		running.Wait()
		return done, conflicts
	}
	done, _ := all(func(int) (string, map[string]any) {
		return "createSource", map[string]any{"title": "Once", "idempotencyKey": "once"}
	})
	if len(done) != 1 || done[float64(head+1)] != n || s.head(t) != head+1 {
		t.Errorf("one request, sent %d times at once, was answered with revisions %v; the newest is %d after %d", n, done, s.head(t), head)
	}
	head = s.head(t)
	done, conflicts := all(func(i int) (string, map[string]any) {
		return "updateSource", map[string]any{"id": id, "title": fmt.Sprint("Title ", i), "ifRevision": head}
	})
	if done[float64(head+1)] != 1 || conflicts != n-1 || s.head(t) != head+1 {
		t.Errorf("of %d changes at once, revisions %v were made and %d refused", n, done, conflicts)
	}
}

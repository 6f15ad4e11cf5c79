package ratelimit

import (
	"errors"
	"testing"
	"time"
)

// TestShareOfAClient fills the share of one client, running and waiting: it is refused then, and others are let in at once.
func TestShareOfAClient(t *testing.T) {
	g := NewConcurrencyLimiter(8, 2, 4, time.Hour) // a client may wait with one
	var leaves []func()
	for range 2 {
		leave, err := g.Enter(t.Context(), "greedy")
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	third := make(chan func())
	go func() {
		leave, err := g.Enter(t.Context(), "greedy")
		if err != nil {
			t.Error(err)
		}
		third <- leave
	}()
	for g.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := g.Enter(t.Context(), "greedy"); !errors.Is(err, ErrBusy) {
		t.Errorf("one beyond the share is answered %v", err)
	}
	for _, client := range []string{"a", "b", ""} {
		leave, err := g.Enter(t.Context(), client)
		if err != nil {
			t.Fatalf("%q is answered %v while another client has its share", client, err)
		}
		leave()
	}
	leaves[0]()
	(<-third)()
	leaves[1]()
	if len(g.clients) != 0 || len(g.slots) != 0 || g.waiting.Load() != 0 {
		t.Errorf("%d clients, %d slots and %d waiting are left", len(g.clients), len(g.slots), g.waiting.Load())
	}
}

// TestNoShares holds that clients are not told apart where their share is 0.
func TestNoShares(t *testing.T) {
	g := NewConcurrencyLimiter(3, 0, 0, time.Hour)
	for range 3 {
		if _, err := g.Enter(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Enter(t.Context(), "another"); !errors.Is(err, ErrBusy) {
		t.Errorf("a fourth is answered %v", err)
	}
}

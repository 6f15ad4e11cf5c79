package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"
)

func TestRates(t *testing.T) {
	now := time.Unix(1000, 0)
	r := NewRateLimiter(60, time.Minute, func() time.Time { return now })
	for _, step := range []struct {
		after time.Duration
		who   string
		price int
		left  int64
		wait  time.Duration
	}{
		{0, "a", 10, 50, 0},
		{0, "a", 50, 0, 0},
		{0, "a", 1, 0, time.Second},
		{0, "b", 1, 59, 0}, // another client has a budget of its own
		{500 * time.Millisecond, "a", 1, 0, 500 * time.Millisecond},
		{500 * time.Millisecond, "a", 30, 0, 0}, // one unit is there: any price is let in, and is a debt of 29
		{20 * time.Second, "a", 1, 0, 10 * time.Second},
		{10 * time.Second, "a", 1, 0, 0},
		{time.Hour, "a", 0, 60, 0},
		{-time.Hour, "a", 1, 59, 0}, // a clock that goes back takes nothing away
	} {
		now = now.Add(step.after)
		s := r.Charge(step.who, step.price)
		if s.Left != step.left || s.Wait.Round(time.Millisecond) != step.wait || s.Limit != 60 || s.Per != time.Minute {
			t.Errorf("%s pays %d: %+v, want %d left and to wait %s", step.who, step.price, s, step.left, step.wait)
		}
	}
}

// TestRatesAreBounded charges more clients than are remembered.
func TestRatesAreBounded(t *testing.T) {
	r := NewRateLimiter(60, time.Minute, func() time.Time { return time.Unix(1000, 0) })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 5 * clients {
		r.Charge(fmt.Sprintf("2001:db8::%x", i), 1)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 || r.budgets.Used() != clients {
		t.Errorf("%d clients take %d bytes", r.budgets.Used(), grown)
	}
}

func TestGate(t *testing.T) {
	g := NewConcurrencyLimiter(1, 1, 1, time.Hour)
	leave, err := g.Enter(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		leave, err := g.Enter(t.Context(), "")
		if err == nil {
			leave()
		}
		second <- err
	}()
	for g.waiting.Load() == 0 {
		runtime.Gosched()
	}
	if _, err := g.Enter(t.Context(), ""); !errors.Is(err, ErrBusy) {
		t.Errorf("a third is answered %v", err)
	}
	leave()
	if err := <-second; err != nil {
		t.Errorf("the second is answered %v", err)
	}
	short := NewConcurrencyLimiter(1, 0, 1, time.Nanosecond)
	if _, err := short.Enter(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := short.Enter(t.Context(), ""); !errors.Is(err, ErrBusy) {
		t.Errorf("who waits too long is answered %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	g = NewConcurrencyLimiter(0, 0, 1, time.Hour)
	if _, err := g.Enter(over, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("who goes away is answered %v", err)
	}
}

// TestGateCountsWhoWaits has callers leave the queue in every way, many times: after it, as many may wait as at first.
func TestGateCountsWhoWaits(t *testing.T) {
	const queue = 3
	g := NewConcurrencyLimiter(1, 0, queue, time.Hour)
	fill := func(want int) (waiting []chan error, gone context.CancelFunc) {
		ctx, cancel := context.WithCancel(t.Context())
		for range want {
			answer := make(chan error, 1)
			go func() {
				leave, err := g.Enter(ctx, "")
				if err == nil {
					leave()
				}
				answer <- err
			}()
			waiting = append(waiting, answer)
		}
		return waiting, cancel
	}
	for range 5 {
		leave, err := g.Enter(t.Context(), "")
		if err != nil {
			t.Fatalf("the gate is empty: %v", err)
		}
		for _, end := range []string{"refused", "gone", "let in"} {
			over := 0
			if end == "refused" {
				over = 2
			}
			waiting, cancel := fill(queue + over)
			refused := 0
			for refused < over { // the first answers are refusals: the others wait for an hour
				for _, w := range waiting {
					select {
					case err := <-w:
						if refused++; !errors.Is(err, ErrBusy) {
							t.Fatalf("one beyond the queue is answered %v", err)
						}
					default:
						runtime.Gosched()
					}
				}
			}
			if end == "let in" {
				leave()
			} else {
				cancel()
			}
			for answered := refused; answered < len(waiting); {
				for _, w := range waiting {
					select {
					case err := <-w:
						if answered++; (err == nil) != (end == "let in") || errors.Is(err, ErrBusy) {
							t.Fatalf("%s: one that waits is answered %v", end, err)
						}
					default:
						runtime.Gosched()
					}
				}
			}
			cancel()
		}
	}
}

package ratelimit

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrBusy is why nobody is let in: as many run as may, and as many wait, or the wait was too long.
var ErrBusy = errors.New("too much runs at this time")

// ConcurrencyLimiter lets so many run at a time, and some more wait for a short while. It is safe for use by many goroutines.
type ConcurrencyLimiter struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

// NewConcurrencyLimiter returns a gate that lets running in at a time, and queue more wait for as long as wait.
func NewConcurrencyLimiter(running, queue int, wait time.Duration) *ConcurrencyLimiter {
	return &ConcurrencyLimiter{slots: make(chan struct{}, running), queue: int64(queue), wait: wait}
}

// Enter waits until there is room, or returns ErrBusy, or the end of ctx. Who was let in calls leave, once.
func (g *ConcurrencyLimiter) Enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.slots }
	select {
	case g.slots <- struct{}{}:
		return leave, nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer g.waiting.Add(-1)
	late := time.NewTimer(g.wait)
	defer late.Stop()
	select {
	case g.slots <- struct{}{}:
		return leave, nil
	case <-late.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err() //nolint:wrapcheck // the caller's own
	}
}

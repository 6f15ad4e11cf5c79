package ratelimit

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// ErrBusy is returned where an operation is not admitted: the limits of running and waiting ones are reached, or the wait was too long.
var ErrBusy = errors.New("too many operations are running")

// ConcurrencyLimiter lets so many run at a time, of each client some of them, and some more wait for a short while. A client
// that waits for its own operations takes no room from others. It is safe for use by many goroutines.
type ConcurrencyLimiter struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration

	each, eachWaiting int
	mu                sync.Mutex
	clients           map[string]*share
	spare             []*share // of clients that have no operation any more: at most as many as operations ran and waited at a time
}

// share is what one client has: its slots, and how many of its operations run or wait.
type share struct {
	slots chan struct{}
	n     int
}

// waitingShare is the part of the queue that one client may fill.
const waitingShare = 4

// NewConcurrencyLimiter returns a limiter that lets running in at a time, each of them of one client, and queue more wait for as
// long as wait, a quarter of them of one client. Clients are not distinguished where each is 0.
func NewConcurrencyLimiter(running, each, queue int, wait time.Duration) *ConcurrencyLimiter {
	return &ConcurrencyLimiter{
		slots: make(chan struct{}, running), queue: int64(queue), wait: wait,
		each: each, eachWaiting: (queue + waitingShare - 1) / waitingShare, clients: map[string]*share{},
	}
}

// Enter waits until there is room for an operation of a client, or returns ErrBusy, or the end of ctx. A client without a
// name has no bound per client. An admitted caller calls leave, once.
func (g *ConcurrencyLimiter) Enter(ctx context.Context, client string) (leave func(), err error) {
	own, ok := g.join(client)
	if !ok {
		return nil, ErrBusy
	}
	if err := g.take(ctx, own); err != nil {
		g.part(client, own)
		return nil, err
	}
	return func() {
		<-g.slots
		if own != nil {
			<-own.slots
			g.part(client, own)
		}
	}, nil
}

// take takes a slot of the client, unless own is nil, and then one of all. It takes none where it returns an error.
func (g *ConcurrencyLimiter) take(ctx context.Context, own *share) (err error) {
	has := own == nil || tryEnter(own.slots)
	if has && tryEnter(g.slots) {
		return nil
	}
	if g.waiting.Add(1) > g.queue {
		err = ErrBusy
	} else {
		late := time.NewTimer(g.wait)
		defer late.Stop()
		if !has {
			err = enter(ctx, own.slots, late.C)
			has = err == nil
		}
		if err == nil {
			err = enter(ctx, g.slots, late.C)
		}
	}
	g.waiting.Add(-1)
	if err != nil && has && own != nil {
		<-own.slots
	}
	return err
}

// tryEnter takes a slot if one is free.
func tryEnter(room chan<- struct{}) bool {
	select {
	case room <- struct{}{}:
		return true
	default:
		return false
	}
}

// Freest returns the client that has the fewest operations that run or wait; the empty name where there is no client.
func (g *ConcurrencyLimiter) Freest(clients iter.Seq[string]) (freest string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	least := -1
	for client := range clients {
		n := 0
		if own := g.clients[client]; own != nil {
			n = own.n
		}
		if least < 0 || n < least {
			freest, least = client, n
		}
	}
	return freest
}

// enter waits for a slot until it is too late or ctx ends.
func enter(ctx context.Context, room chan<- struct{}, late <-chan time.Time) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-late:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
}

// join counts an operation of a client, unless as many run and wait as may. It returns nil for one that has no bound.
func (g *ConcurrencyLimiter) join(client string) (own *share, ok bool) {
	if g.each <= 0 || client == "" {
		return nil, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	own = g.clients[client]
	if own == nil {
		if last := len(g.spare) - 1; last >= 0 {
			own, g.spare = g.spare[last], g.spare[:last]
		} else {
			own = &share{slots: make(chan struct{}, g.each)}
		}
		g.clients[client] = own
	}
	if own.n >= g.each+g.eachWaiting {
		return nil, false
	}
	own.n++
	return own, true
}

// part uncounts an operation; a client that has none any more is forgotten.
func (g *ConcurrencyLimiter) part(client string, own *share) {
	if own == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if own.n--; own.n == 0 {
		delete(g.clients, client)
		g.spare = append(g.spare, own)
	}
}

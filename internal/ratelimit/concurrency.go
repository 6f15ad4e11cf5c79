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
	took := 0
	rooms := []chan struct{}{g.slots}
	if own != nil {
		rooms = []chan struct{}{own.slots, g.slots}
	}
	leave = func() {
		for _, room := range rooms[:took] {
			<-room
		}
		g.part(client, own)
	}
	for ; took < len(rooms); took++ {
		select {
		case rooms[took] <- struct{}{}:
			continue
		default:
		}
		break
	}
	if took == len(rooms) {
		return leave, nil
	}
	if g.waiting.Add(1) > g.queue {
		err = ErrBusy
	} else {
		late := time.NewTimer(g.wait)
		defer late.Stop()
		for ; took < len(rooms) && err == nil; took++ {
			err = enter(ctx, rooms[took], late.C)
		}
		if err != nil {
			took-- // the last was not entered
		}
	}
	g.waiting.Add(-1)
	if err != nil {
		leave()
		return nil, err
	}
	return leave, nil
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
		own = &share{slots: make(chan struct{}, g.each)}
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
	}
}

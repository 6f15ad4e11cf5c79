package graph

import (
	"context"
	"sync"
	"time"
)

// deadline is a context that ends at a time, like one of context.WithDeadline, but sets a timer only once a caller waits
// for its end. Most operations are over before anybody does.
type deadline struct {
	context.Context
	at    time.Time
	now   func() time.Time
	mu    sync.Mutex
	timed context.Context // with the timer; nil until somebody waits
	stop  context.CancelFunc
}

// within returns a context that ends after a time. The function end releases its timer.
func within(ctx context.Context, t time.Duration, now func() time.Time) (limited context.Context, end func()) {
	d := &deadline{Context: ctx, at: now().Add(t), now: now}
	return d, d.end
}

// end releases the timer, if there is one, and wakes those who still wait.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil {
		d.stop()
	}
}

// Deadline returns the time, or that of the context around it where that is earlier.
func (d *deadline) Deadline() (time.Time, bool) {
	if around, ok := d.Context.Deadline(); ok && around.Before(d.at) {
		return around, true
	}
	return d.at, true
}

// Done returns a channel that is closed at the end.
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.stop = context.WithTimeout(d.Context, d.at.Sub(d.now()))
	}
	return d.timed.Done()
}

// Err returns why the context ended, nil where it did not.
func (d *deadline) Err() error {
	d.mu.Lock()
	timed := d.timed
	d.mu.Unlock()
	switch {
	case timed != nil:
		return timed.Err()
	case d.Context.Err() != nil:
		return d.Context.Err()
	case !d.now().Before(d.at):
		return context.DeadlineExceeded
	default:
		return nil
	}
}

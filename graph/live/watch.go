package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/content"
	"parley/graph/plan"
	"parley/internal/crash"
	"parley/internal/incident"
)

// watch wakes all streams after a new revision: one goroutine follows the log, as long as there are streams.
type watch struct {
	log      plan.Log
	logger   *slog.Logger
	incident *incident.Incident // that the revision log cannot be read

	mu      sync.Mutex
	heads   content.Heads
	changed chan struct{} // closed when head changes
	streams int
	stop    context.CancelFunc
}

func newWatch(l plan.Log, logger *slog.Logger, now func() time.Time) *watch {
	unread := incident.Log{Logger: logger, Now: now}.New(slog.LevelError, "the revision log cannot be read")
	return &watch{log: l, logger: logger, incident: unread, changed: make(chan struct{})}
}

// join counts a stream; leave uncounts it.
func (w *watch) join() (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.streams++; w.streams == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		w.stop = cancel
		head := w.heads.Newest
		go crash.Logged(ctx, w.logger, "the watcher of the revision log", func() { w.follow(ctx, head) })()
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.streams--; w.streams == 0 {
			w.stop()
		}
	}
}

// follow notes each new revision until ctx ends.
func (w *watch) follow(ctx context.Context, head content.Revision) {
	for {
		var next content.Heads
		err := crash.Do(func() (err error) {
			next, err = w.log.Await(ctx, head)
			return err
		})
		if ctx.Err() != nil {
			return
		}
		if w.incident.Report(ctx, err); err != nil {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			continue
		}
		head = next.Newest
		w.mu.Lock()
		if head > w.heads.Newest {
			w.heads = next
			close(w.changed)
			w.changed = make(chan struct{})
		}
		w.mu.Unlock()
	}
}

// newest is the newest revision that is known.
func (w *watch) newest(by content.Audience) content.Revision {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heads.Of(by)
}

// await returns true once there is a revision later than the given one, false once ctx or end does.
func (w *watch) await(ctx context.Context, end <-chan struct{}, by content.Audience, after content.Revision) bool {
	for {
		w.mu.Lock()
		head, changed := w.heads.Of(by), w.changed
		w.mu.Unlock()
		if head > after {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		case <-end:
			return false
		}
	}
}

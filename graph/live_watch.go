package graph

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/content"
)

// watch tells all streams of a new revision: one goroutine follows the log, as long as there are streams.
type watch struct {
	log    Log
	logger *slog.Logger

	mu      sync.Mutex
	head    content.Revision
	changed chan struct{} // closed when head changes
	streams int
	stop    context.CancelFunc
}

func newWatch(l Log, logger *slog.Logger) *watch {
	return &watch{log: l, logger: logger, changed: make(chan struct{})}
}

// join counts a stream; leave uncounts it.
func (w *watch) join() (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.streams++; w.streams == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		w.stop = cancel
		go w.follow(ctx, w.head)
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
	said := "" // an error that was written already
	for {
		next, err := w.log.Await(ctx, head)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			if err.Error() != said {
				said = err.Error()
				w.logger.ErrorContext(ctx, "the log cannot be read", slog.Any("error", err))
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			continue
		}
		head, said = next, ""
		w.mu.Lock()
		if head > w.head {
			w.head = head
			close(w.changed)
			w.changed = make(chan struct{})
		}
		w.mu.Unlock()
	}
}

// newest is the newest revision that is known.
func (w *watch) newest() content.Revision {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.head
}

// await returns true once there is a revision later than the given one, false once ctx or end does.
func (w *watch) await(ctx context.Context, end <-chan struct{}, after content.Revision) bool {
	for {
		w.mu.Lock()
		head, changed := w.head, w.changed
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

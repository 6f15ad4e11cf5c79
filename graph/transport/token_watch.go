package transport

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"parley/internal/crash"
)

// tokenWatch ends connections whose token is revoked or expires. One goroutine waits for all of them, as long as there are any.
type tokenWatch struct {
	auth   Authenticator
	logger *slog.Logger

	mu   sync.Mutex
	open map[int64]map[*tokenHolder]bool // by the number of the token
	stop context.CancelFunc              // of the goroutine that waits
}

// tokenHolder is a connection that a token opened, and what ends it.
type tokenHolder struct{ end func() }

func newTokenWatch(a Authenticator, logger *slog.Logger) *tokenWatch {
	return &tokenWatch{auth: a, logger: logger, open: map[int64]map[*tokenHolder]bool{}, stop: func() {}}
}

// join ends a connection once a token is revoked or expired, until leave is called. Token 0 means no token, and never ends.
func (w *tokenWatch) join(token int64, end func()) (leave func()) {
	if token == 0 {
		return func() {}
	}
	h := &tokenHolder{end}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[token] == nil {
		w.open[token] = map[*tokenHolder]bool{}
		w.restart()
	}
	w.open[token][h] = true
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.open[token], h)
		if w.open[token] != nil && len(w.open[token]) == 0 {
			delete(w.open, token)
			w.restart()
		}
	}
}

// restart waits for the tokens that are open now. The mutex is held.
func (w *tokenWatch) restart() {
	w.stop()
	w.stop = func() {}
	if len(w.open) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	tokens := slices.Sorted(maps.Keys(w.open))
	go crash.Logged(ctx, w.logger, "the watcher of tokens", func() { w.wait(ctx, tokens) })()
}

// wait ends the connections of those tokens that are not good any more.
func (w *tokenWatch) wait(ctx context.Context, tokens []int64) {
	logged := false
	for {
		ended, err := w.auth.AwaitEnded(ctx, tokens)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			w.end(ended) //nolint:contextcheck // the next wait has its own context
			return
		}
		if !logged {
			logged = true
			w.logger.ErrorContext(ctx, "the tokens of open connections cannot be read", slog.Any("error", err))
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
	}
}

func (w *tokenWatch) end(tokens []int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, token := range tokens {
		for h := range w.open[token] {
			go crash.Logged(context.Background(), w.logger, "closing a connection", h.end)()
		}
		delete(w.open, token)
	}
	w.restart()
}

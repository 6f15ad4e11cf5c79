package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"parley/internal/crash"
)

// useDelay is how long uses of tokens are gathered before they are written together.
const useDelay = 10 * time.Second

// uses gathers when tokens were last used. That is not a revision, and not worth a separate write.
type uses struct {
	mu     sync.Mutex
	last   map[int64]time.Time
	timer  *time.Timer
	closed bool
}

// note keeps that a token was used, and sees to it that it is written soon.
func (u *uses) note(s *Store, token int64, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return
	}
	if u.last == nil {
		u.last = map[int64]time.Time{}
	}
	u.last[token] = at
	if u.timer == nil {
		u.timer = time.AfterFunc(useDelay, func() {
			// A use that could not be noted does no harm; the write itself is reported.
			if err := crash.Call(func() { _ = s.writeUses(context.Background(), u.take()) }); err != nil {
				s.reportWrite(err)
			}
		})
	}
}

// close returns what is left to write, and gathers no more.
func (u *uses) close() map[int64]time.Time {
	last := u.take()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	return last
}

// take returns what was gathered and starts again with nothing.
func (u *uses) take() map[int64]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.timer != nil {
		u.timer.Stop()
	}
	last := u.last
	u.last, u.timer = nil, nil
	return last
}

// writeUses writes when tokens were last used, all in one statement.
func (s *Store) writeUses(ctx context.Context, last map[int64]time.Time) error {
	if len(last) == 0 {
		return nil
	}
	millis := make(map[int64]int64, len(last))
	for token, at := range last {
		millis[token] = at.UnixMilli()
	}
	b, err := json.Marshal(millis)
	if err != nil {
		return fmt.Errorf("encode the uses of tokens: %w", err)
	}
	const update = `UPDATE token SET used = MAX(COALESCE(used, 0), u.value)
FROM json_each($1) AS u
WHERE token.number = CAST(u.key AS INTEGER)`
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		if _, err := w.exec(ctx, update, string(b)); err != nil {
			return fmt.Errorf("store the uses of tokens: %w", err)
		}
		return nil
	})
}

package service

import (
	"context"
	"log/slog"
	"time"

	"parley/internal/crash"
	"parley/store"
)

// redactionPoll is how often the service looks whether a redaction left the database file to be cleared.
const redactionPoll = 10 * time.Second

// finishRedactions clears the database file of blanked words where the redaction itself could not, until ctx ends.
func finishRedactions(ctx context.Context, st *store.Store, log *slog.Logger, every time.Duration) {
	wait := time.NewTicker(every)
	defer wait.Stop()
	left := incidents(log).New(slog.LevelWarn, "blanked words are still in the database file")
	for {
		err := crash.Do(func() error { return st.FinishRedactions(ctx) })
		if ctx.Err() == nil {
			left.Report(ctx, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
	}
}

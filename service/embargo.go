package service

import (
	"context"
	"log/slog"
	"time"

	"parley/internal/crash"
	"parley/store"
)

// embargoPoll is how often the end of embargoes is looked for: another process may have set one.
const embargoPoll = time.Second

// liftEmbargoes makes each embargo's end a revision at that moment, until ctx ends; those that ended while no server ran,
// at once.
func liftEmbargoes(ctx context.Context, st *store.Store, log *slog.Logger) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	unlifted := incidents(log).New(slog.LevelWarn, "embargoes are not lifted")
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		left := embargoPoll
		err := crash.Do(func() (err error) {
			left, err = liftDue(ctx, st)
			return err
		})
		if ctx.Err() == nil {
			unlifted.Report(ctx, err)
		}
		wait.Reset(left)
	}
}

// liftDue lifts the embargoes that have ended, and returns after which time to look again.
func liftDue(ctx context.Context, st *store.Store) (left time.Duration, err error) {
	next, err := st.NextEmbargo(ctx)
	switch {
	case err != nil || next.IsZero():
		return embargoPoll, err
	case time.Until(next) > 0:
		return min(embargoPoll, time.Until(next)), nil
	default:
		_, err = st.LiftEmbargoes(ctx)
		return embargoPoll, err
	}
}

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
	said := "" // a warning that was written already
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		next, err := st.NextEmbargo(ctx)
		left := embargoPoll
		switch {
		case err != nil:
		case next.IsZero():
		case time.Until(next) > 0:
			left = min(left, time.Until(next))
		default:
			_, err = st.LiftEmbargoes(ctx)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			log.WarnContext(ctx, "embargoes are not lifted", slog.Any("error", err), crash.Stack(err))
		}
		wait.Reset(left)
	}
}

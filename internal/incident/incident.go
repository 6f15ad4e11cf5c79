// Package incident logs failures that last, such as a full disk or a database that cannot be read, without a line for each
// time that they are met: a line when the failure begins, with its cause, one a minute with a count while it lasts, and one when
// it is over.
package incident

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"parley/internal/crash"
)

const (
	// remindEvery is how often a failure that lasts is logged.
	remindEvery = time.Minute
	// burst is how many lines an incident may log at once, for failures that come and go or change their cause.
	burst = 5
	// forgetAfter is how long after its last occurrence a failure is over, unless its end is reported before.
	forgetAfter = 10 * remindEvery
	// refill is the time in which an incident may log one line more.
	refill = remindEvery / burst
)

// Log makes the incidents that share a logger and a clock.
type Log struct {
	Logger *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// New returns an incident that logs under the message, at the level, with the attributes.
func (l Log) New(level slog.Level, message string, attrs ...slog.Attr) *Incident {
	return &Incident{log: l, level: level, message: message, attrs: attrs, room: burst}
}

// Incident is one thing that can fail again and again. Its methods may be called at once.
type Incident struct {
	log     Log
	level   slog.Level
	message string
	attrs   []slog.Attr

	mu sync.Mutex
	// cause is why it failed last, empty where it did not; logged is the cause that the log has.
	cause, logged string
	// since is when the failure began, met when it was met last; times counts how often that was.
	since, met time.Time
	times      int
	// last is when a line was logged, and room how many more might be logged at the time of counted.
	last, counted time.Time
	room          float64
}

// Report notes that what the incident is about has failed, or has not where err is nil, and logs it where the log does not
// say so yet.
func (i *Incident) Report(ctx context.Context, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case err != nil:
		i.failed(ctx, err)
	case i.cause != "":
		i.over(ctx)
	}
}

func (i *Incident) failed(ctx context.Context, err error) {
	now := i.log.Now()
	if i.cause == "" || now.Sub(i.met) > forgetAfter {
		i.since, i.times = now, 0
	}
	i.met = now
	i.times++
	if i.cause = err.Error(); i.cause == i.logged && now.Sub(i.last) < remindEvery || !i.mayLog(now) {
		return
	}
	i.logged = i.cause
	attrs := slices.Concat(i.attrs, []slog.Attr{slog.Any("error", err), crash.Stack(err)})
	if i.times > 1 {
		attrs = append(attrs, slog.Int("times", i.times), slog.Time("since", i.since))
	}
	i.log.Logger.LogAttrs(ctx, i.level, i.message, attrs...) //nolint:sloglint // a constant of who made the incident
}

func (i *Incident) over(ctx context.Context) {
	now, known := i.log.Now(), i.logged != ""
	i.cause = ""
	if !known || !i.mayLog(now) {
		return
	}
	i.logged = ""
	attrs := slices.Concat(i.attrs, []slog.Attr{slog.Int("times", i.times), slog.Duration("lasted", now.Sub(i.since))})
	i.log.Logger.LogAttrs(ctx, slog.LevelInfo, "over: "+i.message, attrs...) //nolint:sloglint // a constant of who made the incident
}

// mayLog takes the room for a line, if there is any.
func (i *Incident) mayLog(now time.Time) bool {
	i.room = min(burst, i.room+float64(now.Sub(i.counted))/float64(refill))
	if i.counted = now; i.room < 1 {
		return false
	}
	i.room--
	i.last = now
	return true
}

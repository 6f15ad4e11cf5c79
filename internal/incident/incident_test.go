package incident

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/internal/crash"
)

// newIncident returns an incident, its clock and what it logged.
func newIncident() (*Incident, *time.Time, *bytes.Buffer) {
	clock, lines := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), &bytes.Buffer{}
	l := Log{Logger: slog.New(slog.NewTextHandler(lines, nil)), Now: func() time.Time { return clock }}
	return l.New(slog.LevelWarn, "the disk is full", slog.String("db", "a.db")), &clock, lines
}

func TestIncident(t *testing.T) {
	i, clock, lines := newIncident()
	i.Report(t.Context(), nil)
	for range 250_000 {
		i.Report(t.Context(), errors.New("no room"))
	}
	if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `level=WARN msg="the disk is full" db=a.db error="no room"`) {
		t.Errorf("at first it logs\n%s", got)
	}
	lines.Reset()
	*clock = clock.Add(time.Minute)
	i.Report(t.Context(), errors.New("no room"))
	if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "times=250001 since=2026-01-01T00:00:00.000Z") {
		t.Errorf("a minute later it logs\n%s", got)
	}
	lines.Reset()
	i.Report(t.Context(), nil)
	i.Report(t.Context(), nil)
	if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `level=INFO msg="over: the disk is full" db=a.db times=250001 lasted=1m0s`) {
		t.Errorf("at the end it logs\n%s", got)
	}
	lines.Reset()
	i.Report(t.Context(), errors.New("no room"))
	if got := lines.String(); strings.Count(got, "\n") != 1 || strings.Contains(got, "times") {
		t.Errorf("the next time it logs\n%s", got)
	}
}

// TestIncidentThatNobodyEnds begins again where it was not met for long.
func TestIncidentThatNobodyEnds(t *testing.T) {
	i, clock, lines := newIncident()
	i.Report(t.Context(), errors.New("no room"))
	*clock = clock.Add(time.Hour)
	lines.Reset()
	i.Report(t.Context(), errors.New("no room"))
	if got := lines.String(); strings.Count(got, "\n") != 1 || strings.Contains(got, "times") {
		t.Errorf("an hour later it logs %s", got)
	}
}

// TestIncidentThatComesAndGoes bounds the lines of a failure that is over again and again, or has another cause each time.
func TestIncidentThatComesAndGoes(t *testing.T) {
	for name, cause := range map[string]func(int) error{
		"comes and goes": func(n int) error {
			if n%2 == 0 {
				return nil
			}
			return errors.New("no room")
		},
		"another cause each time": func(n int) error { return errors.New(strings.Repeat("x", n%100+1)) },
	} {
		i, clock, lines := newIncident()
		for n := range 10_000 { // in ten minutes
			i.Report(t.Context(), cause(n))
			*clock = clock.Add(60 * time.Millisecond)
		}
		if n := strings.Count(lines.String(), "\n"); n < 10 || n > burst+burst*10 {
			t.Errorf("%s: %d lines in ten minutes", name, n)
		}
		lines.Reset()
		*clock = clock.Add(time.Hour)
		i.Report(t.Context(), errors.New("the last"))
		if got := lines.String(); !strings.Contains(got, "the last") {
			t.Errorf("%s: in the end it logs %q", name, got)
		}
	}
}

func TestIncidentOfAPanicHasItsStack(t *testing.T) {
	i, _, lines := newIncident()
	i.Report(context.Background(), crash.Call(func() { panic("a mistake") }))
	if got := lines.String(); !strings.Contains(got, "panic: a mistake") || !strings.Contains(got, "TestIncidentOfAPanicHasItsStack") {
		t.Errorf("it logs %s", got)
	}
}

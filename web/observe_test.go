package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/requestlog"
)

// client is a connection that notes what is written to it and by when, and breaks after some bytes.
type client struct {
	http.ResponseWriter
	takes     int
	parts     []int
	deadlines []time.Time
}

func (c *client) WriteHeader(status int) {
	if status >= http.StatusOK { // a recorder takes no other before it
		c.ResponseWriter.WriteHeader(status)
	}
}

func (c *client) SetWriteDeadline(t time.Time) error {
	c.deadlines = append(c.deadlines, t)
	return nil
}

func (c *client) Write(b []byte) (int, error) {
	n := min(len(b), c.takes)
	c.takes -= n
	c.parts = append(c.parts, n)
	if n < len(b) {
		return n, errors.New("the client went away")
	}
	return c.ResponseWriter.Write(b)
}

// TestLongAnswersHaveRollingDeadlines holds that each part of an answer has a deadline of its own, that what is counted is what the
// client took, and that nothing is written to a client that is gone.
func TestLongAnswersHaveRollingDeadlines(t *testing.T) {
	const long = 3*partSize + 1
	for name, c := range map[string]struct {
		takes int
		parts []int
	}{
		"whole": {long, []int{partSize, partSize, partSize, 1}},
		"cut":   {partSize + 5, []int{partSize, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			at := time.Unix(1_700_000_000, 0)
			to := &client{ResponseWriter: httptest.NewRecorder(), takes: c.takes}
			var seen Observation
			h := observed(Config{
				Patience: time.Minute, Now: func() time.Time { at = at.Add(time.Second); return at }, Observers: []func(Observation){func(o Observation) { seen = o }},
			}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				n, err := w.Write(make([]byte, long))
				if n != c.takes || (err == nil) != (c.takes == long) {
					t.Errorf("%d bytes are written, %v", n, err)
				}
			}))
			h.ServeHTTP(to, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
			if !slices.Equal(to.parts, c.parts) {
				t.Errorf("the parts are %v; want %v", to.parts, c.parts)
			}
			if !slices.IsSortedFunc(to.deadlines, time.Time.Compare) || len(to.deadlines) != len(c.parts) || !to.deadlines[0].After(time.Unix(1_700_000_060, 0)) {
				t.Errorf("the deadlines are %v", to.deadlines)
			}
			if seen.Status != http.StatusOK || seen.Bytes != int64(c.takes) {
				t.Errorf("observed are %d and %d bytes", seen.Status, seen.Bytes)
			}
		})
	}
}

// noted is an observation of an operation.
func noted(path string, took time.Duration, facts requestlog.Facts) Observation {
	r := httptest.NewRequest(http.MethodPost, path, http.NoBody)
	ctx, n := requestlog.With(r.Context(), "request-7", nil)
	n.Add(func(f *requestlog.Facts) { *f = facts })
	n.Ran(requestlog.Statement{Text: "SELECT 1", Took: took})
	return Observation{Request: r.WithContext(ctx), Note: n, ID: "request-7", Status: http.StatusOK, Took: took}
}

// TestLevelsOfTheAccessLog holds that questions after health are for debugging, and that an overload is a warning.
func TestLevelsOfTheAccessLog(t *testing.T) {
	for _, c := range []struct {
		path  string
		codes []string
		want  string
	}{
		{"/graphql", nil, "INFO"},
		{"/healthz", nil, "DEBUG"},
		{"/readyz", nil, "DEBUG"},
		{"/healthz/other", nil, "INFO"},
		{"/graphql", []string{"UNAVAILABLE"}, "WARN"},
		{"/graphql", []string{"NOT_FOUND"}, "INFO"},
	} {
		var log bytes.Buffer
		AccessLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))(noted(c.path, 1500*time.Microsecond, requestlog.Facts{Kind: "query", Codes: c.codes}))
		if line := log.String(); !strings.Contains(line, "level="+c.want+" ") || !strings.Contains(line, " took_ms=1.5 ") {
			t.Errorf("%s with %v is logged as %s", c.path, c.codes, line)
		}
	}
}

// TestSlowLogHoldsWhatIsSlow holds which operations are slow, and that a plan that cannot be had does not keep one out of the log.
func TestSlowLogHoldsWhatIsSlow(t *testing.T) {
	var log bytes.Buffer
	var ctx context.Context
	observe := SlowLog(slog.New(slog.NewJSONHandler(&log, nil)), time.Second, func(c context.Context, text string, _ []any) ([]string, error) {
		if _, bounded := c.Deadline(); !bounded || c.Err() != nil {
			t.Errorf("a plan is asked for without a bound, or too late: %v", c.Err())
		}
		ctx = c //nolint:fatcontext // the test looks whether it ends
		return []string{"SCAN"}, map[bool]error{true: errors.New("no plan")}[text != "SELECT 1"]
	})
	for name, c := range map[string]struct {
		took  time.Duration
		facts requestlog.Facts
		slow  bool
	}{
		"fast":         {time.Second - 1, requestlog.Facts{Kind: "query"}, false},
		"slow":         {time.Second, requestlog.Facts{Kind: "query", Name: "Talks"}, true},
		"a stream":     {time.Minute, requestlog.Facts{Kind: "subscription", Streamed: true}, false},
		"no operation": {time.Minute, requestlog.Facts{}, false},
	} {
		log.Reset()
		o := noted("/graphql", c.took, c.facts)
		o.Note.Ran(requestlog.Statement{Text: "SELECT 2"})
		observe(o)
		line := log.String()
		if (line != "") != c.slow {
			t.Errorf("%s is logged as %s", name, line)
		}
		if c.slow && (!strings.Contains(line, `"level":"WARN"`) || !strings.Contains(line, `"plan":["SCAN"]`) || !strings.Contains(line, `"plan":["no plan"]`) || !strings.Contains(line, `"operation":"Talks"`)) {
			t.Errorf("%s is logged as %s", name, line)
		}
	}
	if ctx == nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Error("what bounds the plans is not released")
	}
}

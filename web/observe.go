package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/internal/requestlog"
)

// Observation is what became of a request.
type Observation struct {
	Request *http.Request
	Note    *requestlog.Note
	ID      string
	Status  int
	// Bytes is the size of the answer's body as it was sent; of an operation over a WebSocket, that of its answers.
	Bytes int64
	Begin time.Time
	Took  time.Duration
}

// observed names each request, in its context and in the header X-Request-Id of the answer. It calls the observers, in
// their order, once the request is answered, and once each operation over a WebSocket is over.
//
// Texts that clients choose are cut in what observers see of the request.
func observed(c Config, next http.Handler) http.Handler {
	now := c.Now
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := &meter{ResponseWriter: w, control: http.NewResponseController(w), now: now, patience: c.Patience}
		seen := shortened(r)
		id := uuid.NewString()
		w.Header().Set("X-Request-Id", id)
		begins := func(n *requestlog.Note) func(status int, bytes int64) {
			begin := now()
			return func(status int, bytes int64) {
				o := Observation{seen, n, id, status, bytes, begin, now().Sub(begin)}
				for _, observe := range c.Observers {
					observe(o)
				}
			}
		}
		ctx, n := requestlog.With(r.Context(), id, begins)
		over := begins(n)
		defer func() { over(m.status, m.bytes) }()
		next.ServeHTTP(m, r.WithContext(ctx))
	})
}

// maxSeen is how many bytes observers see of the method and of the path.
const maxSeen = 200

// shortened returns the request with a method and a path that are not long, so that no line of a log and no span grows with
// what a client sends.
func shortened(r *http.Request) *http.Request {
	if len(r.Method) <= maxSeen && len(r.URL.Path) <= maxSeen {
		return r
	}
	own, at := *r, *r.URL
	own.URL = &at
	own.Method, at.Path = begin(r.Method), begin(r.URL.Path)
	return &own
}

func begin(text string) string {
	if len(text) <= maxSeen {
		return text
	}
	return strings.ToValidUTF8(text[:maxSeen], "") + "..."
}

// meter notes the status and the size of an answer, and cuts off a client that does not take it.
type meter struct {
	http.ResponseWriter
	status  int
	bytes   int64
	control *http.ResponseController
	now     func() time.Time
	// patience is how long a client may take for a part of an answer; 0 is without end.
	patience time.Duration
}

// partSize is how much of an answer is written under one deadline, in bytes.
const partSize = 64 << 10

// Unwrap lets http.ResponseController find the writer beneath.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// WriteHeader notes the status.
func (m *meter) WriteHeader(status int) {
	if m.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		m.status = status
	}
	m.ResponseWriter.WriteHeader(status)
}

// Write writes in parts, each of which the client takes in time, and counts what is written. The last deadline holds for
// what net/http sends once the handler has returned.
func (m *meter) Write(b []byte) (written int, err error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	for {
		if m.patience > 0 {
			_ = m.control.SetWriteDeadline(m.now().Add(m.patience)) // recorders of tests have none
		}
		n, err := m.ResponseWriter.Write(b[:min(len(b), partSize)])
		written += n
		m.bytes += int64(n)
		if b = b[n:]; err != nil || len(b) == 0 {
			return written, err //nolint:wrapcheck // it is the writer's own
		}
	}
}

// AccessLog returns an observer that writes a line for each request. Nothing that a client sends but names is in it;
// questions after health are for debugging.
func AccessLog(log *slog.Logger) func(Observation) {
	return func(o Observation) {
		level := slog.LevelInfo
		if o.Request.URL.Path == "/healthz" || o.Request.URL.Path == "/readyz" {
			level = slog.LevelDebug
		} else if slices.Contains(o.Note.Facts().Codes, "UNAVAILABLE") {
			level = slog.LevelWarn
		}
		ctx := o.Request.Context()
		if !log.Enabled(ctx, level) {
			return
		}
		attrs := []slog.Attr{
			slog.String("method", o.Request.Method), slog.String("path", o.Request.URL.Path), slog.Int("status", o.Status),
			slog.Int64("bytes", o.Bytes), slog.Duration("took", o.Took), milliseconds(o.Took), slog.String("client", o.Request.RemoteAddr), slog.String("request_id", o.ID),
		}
		log.LogAttrs(ctx, level, "request", append(attrs, operationAttrs(o.Note)...)...)
	}
}

// milliseconds is a duration as a number that logs can be summed by.
func milliseconds(d time.Duration) slog.Attr {
	return slog.Float64("took_ms", float64(d.Round(time.Microsecond).Microseconds())/1000)
}

// operationAttrs are the attributes of an operation, none where there was none.
func operationAttrs(n *requestlog.Note) []slog.Attr {
	f := n.Facts()
	var attrs []slog.Attr
	if f.Kind != "" {
		_, statements := n.Statements()
		attrs = []slog.Attr{
			slog.String("operation", f.Name), slog.String("kind", f.Kind), slog.String("document", f.Document), slog.Int("cost", f.Cost),
			slog.Int("objects", f.Objects), slog.Int("statements", statements), slog.Int64("revision", f.Revision), slog.String("source", string(f.Source)),
		}
	}
	if f.Token != "" {
		attrs = append(attrs, slog.String("token", f.Token))
	}
	if len(f.Made) > 0 {
		attrs = append(attrs, slog.Any("made", f.Made))
	}
	if f.Protocol != "" {
		attrs = append(attrs, slog.String("protocol", f.Protocol))
	}
	if len(f.Codes) > 0 {
		attrs = append(attrs, slog.String("codes", strings.Join(f.Codes, " ")))
	}
	return attrs
}

// Explain says how the database runs a statement: a line for each step.
type Explain func(ctx context.Context, text string, args []any) ([]string, error)

// Bounds of a line of a slow operation, which the client could make long: bytes of all statements, the slowest first, bytes of each,
// and steps of its plan.
const (
	maxSlowLine  = 32 << 10
	maxSlowSQL   = 2000
	maxSlowSteps = 20
)

// SlowLog returns an observer that writes the slowest statements of an operation that took longer, with their plans.
func SlowLog(log *slog.Logger, longer time.Duration, explain Explain) func(Observation) {
	return func(o Observation) {
		if o.Took < longer || o.Note.Facts().Kind == "" || o.Note.Facts().Streamed {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(o.Request.Context()), time.Second)
		defer cancel()
		attrs := append([]slog.Attr{slog.Duration("took", o.Took), milliseconds(o.Took), slog.String("request_id", o.ID)}, operationAttrs(o.Note)...)
		list, _ := o.Note.Statements()
		list = slices.SortedStableFunc(slices.Values(list), func(a, b requestlog.Statement) int { return cmp.Compare(b.Took, a.Took) })
		var ran []slowStatement
		for size := 0; len(list) > 0 && size < maxSlowLine; list = list[1:] {
			one := slowStatement{SQL: list[0].Text, Took: list[0].Took.String()}
			one.SQL = strings.ToValidUTF8(one.SQL[:min(len(one.SQL), maxSlowSQL)], "")
			plan, err := explain(ctx, list[0].Text, list[0].Args)
			if err != nil {
				plan = []string{err.Error()}
			}
			one.Plan = plan[:min(len(plan), maxSlowSteps)]
			size += len(one.SQL) + len(strings.Join(one.Plan, ""))
			ran = append(ran, one)
		}
		log.LogAttrs(ctx, slog.LevelWarn, "slow operation", append(attrs, slog.Any("ran", ran))...)
	}
}

// slowStatement is a statement in the log. Its operands are not logged: they may hold words that a reader searched for.
type slowStatement struct {
	SQL  string   `json:"sql"`
	Took string   `json:"took"`
	Plan []string `json:"plan"`
}

package service

import (
	"context"
	"errors"
	"log" //nolint:depguard // net/http takes its logger
	"log/slog"
	"net"
	"strings"
	"time"

	"parley/internal/incident"
)

// incidents makes incidents of the service by the clock of the machine.
func incidents(l *slog.Logger) incident.Log {
	return incident.Log{Logger: l, Now: time.Now} //nolint:forbidigo // the edge where the clock is read
}

// accepting is a listener that logs why connections cannot be accepted, such as too many open files.
type accepting struct {
	net.Listener
	failed *incident.Incident
}

// Accept waits for a connection.
func (a accepting) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	if !errors.Is(err, net.ErrClosed) { // the service ends
		a.failed.Report(context.Background(), err)
	}
	return conn, err //nolint:wrapcheck // it is the listener's own
}

// errorLog returns the log of an HTTP server: panics are errors, what clients cause is for debugging, as are failures to
// accept, which [accepting] logs; anything else is a warning.
func errorLog(l *slog.Logger) *log.Logger {
	return log.New(serverLog{
		log: l, panics: incidents(l).New(slog.LevelError, "a handler panicked"), other: incidents(l).New(slog.LevelWarn, "the HTTP server failed"),
	}, "", 0)
}

// serverLog is where net/http writes its lines.
type serverLog struct {
	log           *slog.Logger
	panics, other *incident.Incident
}

// Write logs a line.
func (s serverLog) Write(p []byte) (int, error) {
	ctx, line := context.Background(), strings.TrimSpace(string(p))
	switch {
	case strings.HasPrefix(line, "http: panic serving "):
		s.panics.Report(ctx, errors.New(line))
	case strings.HasPrefix(line, "http: TLS handshake error "), strings.HasPrefix(line, "http: Accept error: "), strings.HasPrefix(line, "http2: "),
		strings.HasPrefix(line, "http: URL query contains semicolon"):
		s.log.DebugContext(ctx, "the HTTP server", slog.String("line", line))
	default:
		s.other.Report(ctx, errors.New(line))
	}
	return len(p), nil
}

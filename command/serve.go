package command

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"

	"parley/internal/heap"
	"parley/service"
)

// serveMemory is the memory of a server in bytes, beside what its caches may take.
const serveMemory = 128 << 20

// serveCmd runs the server.
type serveCmd struct {
	service.Config `embed:""`
}

// Run serves until ctx ends.
func (c serveCmd) Run(ctx context.Context, std streams) (err error) {
	heap.Limit(serveMemory + int64(c.DocumentCache) + int64(c.AnswerCache))
	s, err := service.New(ctx, c.Config, newLogger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	return s.Run(ctx)
}

// newLogger writes text to a terminal, and JSON to anything else.
func newLogger(w io.Writer) *slog.Logger {
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, safeLog()))
	}
	return slog.New(slog.NewJSONHandler(w, safeLog()))
}

// isTerminal reports whether a person watches what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

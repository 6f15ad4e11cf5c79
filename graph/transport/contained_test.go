package transport

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestTimersOfSocketsAreContained has a timer of a socket panic: the log has its stack, and the socket alone ends.
func TestTimersOfSocketsAreContained(t *testing.T) {
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	k := &socket{server: &Handler{Config: Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}}, ctx: ctx, cancel: cancel}
	time.AfterFunc(0, k.contained(func() { panic("a mistake") }))
	<-k.ctx.Done()
	if got := log.String(); !strings.Contains(got, "a mistake") || !strings.Contains(got, "contained_test.go") {
		t.Errorf("the log says %s", got)
	}
}

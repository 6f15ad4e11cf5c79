package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPanicsHaveTheirStacks holds that the log has the cause and the stack of a panic, with the id that the answer names.
func TestPanicsHaveTheirStacks(t *testing.T) {
	var log bytes.Buffer
	h := New(Config{
		GraphQL: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a mistake of a handler") }),
		Logger:  slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now,
	})
	w := do(h, "POST", "/graphql", "{}")
	for _, want := range []string{"level=ERROR", "a mistake of a handler", "panic_test.go", w.Header().Get("X-Request-Id")} {
		if want == "" || !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q: %s", want, log.String())
		}
	}
}

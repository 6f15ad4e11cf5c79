package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/internal/requestlog"
	"parley/web"
)

// TestSlowLogIsBounded logs a slow operation of 50 long statements: its line has the slowest, cut, whatever the client asked for.
func TestSlowLogIsBounded(t *testing.T) {
	var out bytes.Buffer
	ctx, note := requestlog.With(t.Context(), "id", nil)
	note.Add(func(f *requestlog.Facts) { f.Kind = "query" })
	for i := range 50 {
		note.Ran(requestlog.Statement{Text: "SELECT " + strings.Repeat("x, ", 3000), Took: time.Duration(i)})
	}
	explain := func(context.Context, string, []any) ([]string, error) {
		return strings.Split(strings.Repeat("SCAN x\n", 300), "\n"), nil
	}
	log := web.SlowLog(slog.New(slog.NewJSONHandler(&out, nil)), time.Nanosecond, explain)
	log(web.Observation{Request: httptest.NewRequest(http.MethodPost, "/graphql", http.NoBody).WithContext(ctx), Note: note, ID: "id", Took: time.Second})
	if n := out.Len(); n < 10_000 || n > 40_000 || !strings.Contains(out.String(), `"took":"49ns"`) {
		t.Errorf("the line has %d bytes; want at most 40,000, with the slowest statement: %.300s", n, &out)
	}
}

package graph_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/feed"
	"parley/graph"
)

// fault is a reader that fails.
type fault func() error

func (fault) RevisionAt(context.Context, time.Time, content.Audience) (content.Revision, error) {
	return 1, nil
}

func (f fault) Record() string { return "" }

func (f fault) Read(context.Context, content.View, []*content.Selection) ([]*content.Result, content.Revision, error) {
	return nil, 0, f()
}

func (fault) Depends(content.View, []*content.Selection, []*content.Result) []content.Dependency {
	return nil
}

func (fault) InvalidatedSince(context.Context, content.Revision) ([]content.Invalidation, content.Heads, bool, error) {
	return nil, content.Heads{}, false, nil
}

func (f fault) Heads(context.Context) (content.Heads, error) { return content.Heads{}, f() }

// TestFaultsStayInTheLog answers an operation whose read fails: the client learns a request id, the log the cause.
func TestFaultsStayInTheLog(t *testing.T) {
	for name, f := range map[string]fault{
		"error": func() error { return errors.New("SQL logic error: no such column: secret") },
		"panic": func() error { panic("secret") },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h, err := graph.New(graph.Config{
				Reader: f, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				RequestID: func(context.Context) string { return "request-7" },
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the server lives on
				answer, _ := (&service{Handler: h}).ask(t, "{ talks { totalCount } }", "")
				if !strings.Contains(answer, `"code":"INTERNAL"`) || !strings.Contains(answer, "request-7") || strings.Contains(answer, "secret") {
					t.Errorf("answered %s", answer)
				}
			}
			server := httptest.NewServer(h)
			defer server.Close()
			if _, _, data := listen(t, server.URL, "subscription { contentUpdates { next } }", nil).next(t); !strings.Contains(data, `"code":"INTERNAL"`) || strings.Contains(data, "secret") {
				t.Errorf("a subscription is answered %s", data)
			}
			if name == "error" {
				atom, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/feeds/talks/lake.atom", http.NoBody)
				r.SetPathValue("file", "lake.atom")
				feed.New(feed.Config{Executor: h, Reader: f, Logger: slog.New(slog.NewTextHandler(&log, nil))}).ServeHTTP(atom, r)
				if atom.Code != http.StatusInternalServerError || strings.Contains(atom.Body.String(), "secret") {
					t.Errorf("the feed is answered %d %s", atom.Code, atom.Body)
				}
			}
			if strings.Contains(log.String(), "nil pointer") {
				t.Errorf("an error of a read becomes a panic: %s", log.String())
			}
			if !strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "request-7") {
				t.Errorf("the log has no cause: %s", log.String())
			}
			if stack := strings.Contains(log.String(), "fault_test.go"); stack != (name == "panic") {
				t.Errorf("the log has the stack of a panic: %t: %s", stack, log.String())
			}
		})
	}
}

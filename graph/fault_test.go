package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
)

// fault is a reader that fails.
type fault func() error

func (f fault) Read(context.Context, content.View, []*content.Selection) ([]*content.Result, content.Revision, error) {
	return nil, 0, f()
}

func (f fault) Head(context.Context) (content.Revision, error) { return 0, f() }

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
			if !strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "request-7") {
				t.Errorf("the log has no cause: %s", log.String())
			}
		})
	}
}

// TestFieldsAreCountedInTheDocument asks many rows for many fields: the bound is on what the document says.
func TestFieldsAreCountedInTheDocument(t *testing.T) {
	s := newService(t)
	var fields strings.Builder
	for i := range 900 {
		fmt.Fprintf(&fields, "f%d: title ", i)
	}
	if answer, _ := s.ask(t, "{ events(first: 100) { nodes { "+fields.String()+"} } }", ""); !strings.HasPrefix(answer, `{"data":`) {
		t.Errorf("900 fields of 6 rows are answered %.200s", answer)
	}
	if answer, _ := s.ask(t, "{ events { nodes { "+strings.Repeat("title ", 5001)+"} } }", ""); !strings.Contains(answer, "LIMIT_EXCEEDED") {
		t.Errorf("5,001 fields are answered %.200s", answer)
	}
}

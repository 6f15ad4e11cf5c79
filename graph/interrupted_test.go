package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestInterruptedReads ends each request of testdata at each of its statements in turn: an answer is whole, or it is an error.
func TestInterruptedReads(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata has %d cases, %v", len(files), err)
	}
	all := newService(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]json.RawMessage{"variables.json": json.RawMessage("{}")}
			for _, f := range a.Files {
				parts[f.Name] = f.Data
			}
			body, err := json.Marshal(map[string]any{"query": string(parts["query.graphql"]), "variables": parts["variables.json"]})
			if err != nil {
				t.Fatal(err)
			}
			s := all
			if sets := revised(t, a); len(sets) > 0 {
				s = serviceOf(t, generous(), sets...)
			}
			for n := 1; ; n++ {
				ctx, cancel := context.WithCancel(t.Context())
				ran := 0
				s.store.Trace(func(string, []any) {
					if ran++; ran == n {
						cancel()
					}
				})
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				s.ServeHTTP(w, r)
				cancel()
				if ran < n {
					return
				}
				if answer := w.Body.String(); strings.HasPrefix(answer, `{"data":`) && !strings.Contains(answer, `"errors":`) {
					t.Fatalf("statement %d of %d is interrupted, and the answer is %.300s", n, ran, answer)
				}
			}
		})
	}
}

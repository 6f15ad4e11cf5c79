package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

func newTestHandler(ready error) http.Handler {
	return New(Config{
		GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				panic("a secret")
			}
			_, _ = io.Copy(w, r.Body)
		}),
		SDL:    func() string { return "type Query" },
		Ready:  func(context.Context) ([]string, error) { return []string{"the disk is full"}, ready },
		Logger: slog.New(slog.DiscardHandler),
		Now:    time.Now,
	})
}

func do(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRoutes(t *testing.T) {
	h := newTestHandler(nil)
	for _, c := range []struct {
		path   string
		status int
		body   string
	}{
		{"/", 302, ""},
		{"/graphiql", 200, "<title>parley"},
		{"/graphiql/", 302, ""},
		{"/graphiql/icon.svg", 200, "<svg"},
		{"/graphiql/index.html", 404, ""},
		{"/graphiql/assets/none.js", 404, ""},
		{"/graphiql/..%2f..%2fweb.go", 404, ""},
		{"/schema.graphqls", 200, "type Query"},
		{"/healthz", 200, "ok"},
		{"/readyz", 200, "ok\nwarning: the disk is full\n"},
		{"/nowhere", 404, ""},
	} {
		w := do(h, "GET", c.path, "")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d %.60q; want %d with %q", c.path, w.Code, w.Body, c.status, c.body)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s has no %s", c.path, name)
			}
		}
		if c.status == 404 && w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: a missing file may be cached for long", c.path)
		}
	}
	if w := do(newTestHandler(errors.New("a newer parley")), "GET", "/readyz", ""); w.Code != 503 || w.Body.String() != "not ready: a newer parley\n" {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
}

func TestAssetsAreCompressedAndImmutable(t *testing.T) {
	h := newTestHandler(nil)
	names := regexp.MustCompile(`/graphiql/assets/[^"]+`).FindAllString(do(h, "GET", "/graphiql", "").Body.String(), -1)
	if len(names) == 0 {
		t.Fatal("the page names no files")
	}
	for _, name := range names {
		whole := do(h, "GET", name, "").Body.Len()
		for accept, coding := range map[string]string{"br, gzip": "br", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip", "br;q=0": "", "*": "br", "identity": ""} {
			w := do(h, "GET", name, "", "Accept-Encoding", accept)
			if got := w.Header().Get("Content-Encoding"); w.Code != 200 || got != coding {
				t.Errorf("%s for %q: %d coded %q; want %q", name, accept, w.Code, got, coding)
			}
			if coding != "" && w.Body.Len() >= whole {
				t.Errorf("%s for %q: %d bytes of %d", name, accept, w.Body.Len(), whole)
			}
			if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s may not be kept", name)
			}
		}
	}
}

func TestPanicsAreAnswered(t *testing.T) {
	h := newTestHandler(nil)
	w := do(h, "DELETE", "/graphql", "")
	if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, w.Header().Get("X-Request-Id")) || strings.Contains(body, "secret") {
		t.Errorf("a panic: %d %s", w.Code, body)
	}
}

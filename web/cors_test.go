package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCrossOriginHeaders: pages of the origins may send what the clients of GraphQL and tracers send, and nothing else.
func TestCrossOriginHeaders(t *testing.T) {
	h := New(Config{GraphQL: http.NotFoundHandler(), Origins: []string{"https://app.example"}, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	allowed := func(origin string, names ...string) bool {
		slices.Sort(names) // as browsers do
		r := httptest.NewRequest(http.MethodOptions, "/graphql", http.NoBody)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", strings.Join(names, ","))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Header().Get("Access-Control-Allow-Origin") == origin
	}
	sent := []string{
		"accept", "authorization", "content-type", "if-none-match", "x-parley-cost",
		"apollographql-client-name", "apollographql-client-version", "apollo-require-preflight", "graphql-preflight",
		"x-apollo-operation-id", "x-apollo-operation-name", "x-apollo-operation-type",
		"traceparent", "tracestate", "baggage", "last-event-id",
	}
	for _, name := range sent {
		if !allowed("https://app.example", name) {
			t.Errorf("%s is refused", name)
		}
	}
	if !allowed("https://app.example", sent...) {
		t.Error("all of them together are refused")
	}
	if allowed("https://app.example", "cookie") || allowed("https://app.example", append(sent, "x-other")...) || allowed("https://other.example", "content-type") {
		t.Error("another header or origin is allowed")
	}
}

package graph_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/feed"
	"parley/graph"
	"parley/internal/ratelimit"
)

// slow is a reader whose reads take until they are let go.
type slow struct {
	graph.Reader
	began, goOn chan struct{}
}

func (s slow) Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	s.began <- struct{}{}
	<-s.goOn
	return s.Reader.Read(ctx, view, sels)
}

// TestLoadIsShed has as much running and waiting as may: what comes then is turned away at once, but for answers that the
// client has already.
func TestLoadIsShed(t *testing.T) {
	plain := newService(t)
	s := slow{plain.store, make(chan struct{}), make(chan struct{})}
	rates := ratelimit.NewRateLimiter(10_000, time.Hour, func() time.Time { return time.Unix(0, 0) })
	h, err := graph.New(graph.Config{Reader: s, Version: "test", Logger: slog.New(slog.DiscardHandler), RateLimiter: rates, Load: graph.Load{Running: 1, Waiting: 1, Wait: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	get := func(query, known string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), http.NoBody)
		r.Header.Set("If-None-Match", known)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	answers := make(chan *httptest.ResponseRecorder, 3)
	ask := func() { answers <- get("{ talks { totalCount } }", "") }
	go ask()
	<-s.began
	go ask()
	go ask() // of these two, one waits
	refused := <-answers
	if refused.Code != http.StatusServiceUnavailable || refused.Header().Get("Retry-After") != "1" || !strings.Contains(refused.Body.String(), `"code":"UNAVAILABLE"`) {
		t.Errorf("answered %d %v %s", refused.Code, refused.Header(), refused.Body)
	}
	left := rates.Charge("192.0.2.1", 0).Left
	atom, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/feeds/talks/lake-talks.atom", http.NoBody)
	r.SetPathValue("file", "lake-talks.atom")
	feed.New(feed.Config{Executor: h, Reader: s, Logger: slog.Default()}).ServeHTTP(atom, r)
	if atom.Code != http.StatusServiceUnavailable || atom.Header().Get("Retry-After") != "1" {
		t.Errorf("a feed is answered %d %v", atom.Code, atom.Header())
	}
	if now := rates.Charge("192.0.2.1", 0).Left; now != left {
		t.Errorf("a feed that is refused takes %d of the budget", left-now)
	}
	s.goOn <- struct{}{}
	first := <-answers
	<-s.began // the one that waited runs
	if w := get("{ talks { totalCount } }", first.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("an answer that the client has is answered %d", w.Code)
	}
	s.goOn <- struct{}{}
	if second := <-answers; first.Code != http.StatusOK || second.Code != http.StatusOK {
		t.Errorf("answered %d and %d", first.Code, second.Code)
	}
}

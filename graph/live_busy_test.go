package graph_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// slowTalks is a reader whose reads of talks take until they are let go; other reads take no longer than usual.
type slowTalks struct {
	*store.Store
	began, goOn chan struct{}
}

func (s slowTalks) Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	if len(sels) > 0 && sels[0].Type.Name == "Talk" {
		s.began <- struct{}{}
		<-s.goOn
	}
	return s.Store.Read(ctx, view, sels)
}

// busy is a service whose clients are told apart by the header X-Client, with the operations that talks block.
type busy struct {
	slowTalks
	graph.Handler
	at string
}

func newBusy(t *testing.T, load graph.Load) *busy {
	t.Helper()
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	reader := slowTalks{s.store, make(chan struct{}), make(chan struct{})}
	h, err := graph.New(graph.Config{Reader: reader, Log: s.store, Load: load, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client := r.Header.Get("X-Client"); client != "" {
			r.RemoteAddr = client + ":1"
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		if err := h.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return &busy{reader, h, server.URL}
}

// block has a client run so many operations, which take until they are let go.
func (b *busy) block(t *testing.T, client string, n int) {
	t.Helper()
	for range n {
		go func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.at+"?query={talks{totalCount}}", http.NoBody)
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("X-Client", client)
			if res, err := http.DefaultClient.Do(r); err == nil {
				_ = res.Body.Close()
			}
		}()
		<-b.began
	}
}

// await reads the next event of a stream without waiting for it.
func (e *events) await(t *testing.T) <-chan string {
	t.Helper()
	next := make(chan string, 1)
	go func() {
		name, _, data := e.next(t)
		next <- name + " " + data
	}()
	return next
}

// comes returns what comes, or that nothing came in time.
func comes(next <-chan string, t time.Duration) string {
	select {
	case got := <-next:
		return got
	case <-time.After(t):
		return "nothing"
	}
}

const (
	liveSources = `query @live { sources { nodes { title } } }`
	liveCount   = `query @live { sources { totalCount } }`
)

// TestBusyServicesDelayStreams has a service that has no room for as long as ten times the wait: later answers of live queries and
// subscriptions come once there is room, and no stream ends.
func TestBusyServicesDelayStreams(t *testing.T) {
	b := newBusy(t, graph.Load{Running: 1, Waiting: 1, Wait: 10 * time.Millisecond})
	var streams []*events
	for _, query := range []string{liveSources, liveCount, listening} { // one after the other: there is room for one first answer
		e := listen(t, b.at, query, nil)
		if name, _, data := e.next(t); name != "next" || !strings.HasPrefix(data, `{"data":`) {
			t.Fatalf("%s begins with %s %s", query, name, data)
		}
		streams = append(streams, e)
	}
	b.block(t, "", 1)
	revise(t, b.Store, sourceOf("first", "First", false))
	var later []<-chan string
	for _, e := range streams {
		later = append(later, e.await(t))
	}
	time.Sleep(100 * time.Millisecond)
	for i, next := range later {
		if got := comes(next, 0); got != "nothing" {
			t.Errorf("while the service is busy, stream %d gets %s", i, got)
		}
	}
	b.goOn <- struct{}{}
	for i, next := range later {
		if got := comes(next, 10*time.Second); !strings.HasPrefix(got, `next {"data":`) {
			t.Errorf("then stream %d gets %s", i, got)
		}
	}
}

// TestStreamsHaveTheShareOfTheirClients has one client whose share is taken: its own live query waits. Another live query of another
// client is answered, and so is one that both listen to, whoever came first.
func TestStreamsHaveTheShareOfTheirClients(t *testing.T) {
	b := newBusy(t, graph.Load{Running: 8, PerClient: 2, Waiting: 8, Wait: 10 * time.Millisecond})
	greedy, other := []string{"X-Client", "192.0.2.1"}, []string{"X-Client", "192.0.2.2"}
	own := listen(t, b.at, `query @live { sources { nodes { slug } } }`, nil, greedy...)
	both := []*events{listen(t, b.at, liveCount, nil, greedy...), listen(t, b.at, liveCount, nil, other...)}
	others := listen(t, b.at, liveSources, nil, other...)
	for _, e := range append(both, own, others) {
		e.next(t)
	}
	b.block(t, "192.0.2.1", 2)
	revise(t, b.Store, sourceOf("first", "First", false))
	waits := own.await(t)
	for i, e := range append(both, others) {
		if got := comes(e.await(t), 10*time.Second); !strings.HasPrefix(got, `next {"data":`) {
			t.Errorf("stream %d gets %s", i, got)
		}
	}
	if got := comes(waits, 100*time.Millisecond); got != "nothing" {
		t.Errorf("beyond its share the client gets %s", got)
	}
	b.goOn <- struct{}{}
	if got := comes(waits, 10*time.Second); !strings.HasPrefix(got, `next {"data":`) {
		t.Errorf("within its share it gets %s", got)
	}
	b.goOn <- struct{}{}
}

// TestShutdownOfWaitingStreams ends a service while a live query waits for room: it waits no longer.
func TestShutdownOfWaitingStreams(t *testing.T) {
	b := newBusy(t, graph.Load{Running: 1, Waiting: 1, Wait: time.Hour})
	e := listen(t, b.at, liveCount, nil)
	e.next(t)
	b.block(t, "", 1)
	revise(t, b.Store, sourceOf("first", "First", false))
	next := e.await(t)
	time.Sleep(50 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := b.Shutdown(ctx); err != nil {
		t.Errorf("the service does not end: %v", err)
	}
	if got := comes(next, 10*time.Second); !strings.HasPrefix(got, "closed") {
		t.Errorf("the stream gets %s", got)
	}
	b.goOn <- struct{}{}
}

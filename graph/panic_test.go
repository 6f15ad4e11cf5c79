package graph_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// faulty is a store, a guard and an observer of revisions that panic where the test says.
type faulty struct {
	*store.Store
	read, await, identify atomic.Bool
	gone                  bool // whether tokens cannot be read
	handler               http.Handler
}

func (m *faulty) Read(ctx context.Context, v content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	if m.read.Load() {
		panic("a mistake in a read")
	}
	return m.Store.Read(ctx, v, sels)
}

func (m *faulty) Await(ctx context.Context, after content.Revision) (content.Heads, error) {
	head, err := m.Store.Await(ctx, after)
	if m.await.Swap(false) {
		panic("a mistake in the watch")
	}
	return head, err
}

func (m *faulty) Authenticate(ctx context.Context, token string) (content.Principal, error) {
	if m.identify.Load() {
		panic("a mistake in a socket")
	}
	if m.gone {
		return content.Principal{}, fmt.Errorf("read a token: %w", cmp.Or(ctx.Err(), errors.New("no such page")))
	}
	return tokens{}.Authenticate(ctx, token)
}

// said is a log that several goroutines write.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func serveFaulty(t *testing.T) (at string, m *faulty, log *said) {
	t.Helper()
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	m, log = &faulty{Store: s.store}, &said{}
	h, err := graph.New(graph.Config{Reader: m, Log: m, Authenticator: m, Version: "test", Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	m.handler = h
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL, m, log
}

// TestPanicOfALiveAnswer ends the streams that share the answer with an error, and nothing else.
func TestPanicOfALiveAnswer(t *testing.T) {
	at, m, log := serveFaulty(t)
	const live = "query @live { sources { totalCount } }"
	streams := []*events{listen(t, at, live, nil), listen(t, at, live, nil)}
	for _, e := range streams {
		e.next(t)
	}
	m.read.Store(true)
	revise(t, m.Store, sourceOf("wire", "One", false))
	for i, e := range streams {
		if _, _, data := e.next(t); !strings.Contains(data, `"code":"INTERNAL"`) || strings.Contains(data, "mistake") {
			t.Errorf("stream %d is answered %s", i, data)
		}
		if name, _, _ := e.next(t); name != "complete" {
			t.Errorf("stream %d continues with %s", i, name)
		}
	}
	m.read.Store(false)
	if _, body := send(t, at, "{ sources { totalCount } }"); !strings.Contains(body, "totalCount") {
		t.Errorf("afterwards it answers %s", body)
	}
	if !strings.Contains(log.String(), "panic_test.go") {
		t.Errorf("the log has no stack: %s", log)
	}
}

// TestPanicOfASyncPage ends a subscription whose page cannot be read with an error, and nothing else; the log has the stack.
func TestPanicOfASyncPage(t *testing.T) {
	at, m, log := serveFaulty(t)
	e := listen(t, at, listening, nil)
	e.page(t)
	m.read.Store(true)
	revise(t, m.Store, sourceOf("wire", "One", false))
	if _, _, data := e.next(t); !strings.Contains(data, `"code":"INTERNAL"`) || strings.Contains(data, "mistake") {
		t.Errorf("it is answered %s", data)
	}
	m.read.Store(false)
	if page := listen(t, at, listening, nil).page(t); page.Next == "" {
		t.Errorf("afterwards a page is %+v", page)
	}
	if said := log.String(); !strings.Contains(said, "panic_test.go") || !strings.Contains(said, "ExecuteChanges") {
		t.Errorf("the log has no stack: %s", said)
	}
}

// TestPanicOfTheWatch is logged, and streams are served again a second later.
func TestPanicOfTheWatch(t *testing.T) {
	at, m, log := serveFaulty(t)
	e := listen(t, at, listening, nil)
	e.page(t)
	m.await.Store(true)
	revise(t, m.Store, sourceOf("wire", "One", false))
	if got := e.page(t); len(got.Changes) != 1 {
		t.Errorf("after the panic it sends %+v", got)
	}
	if got := log.String(); strings.Count(got, "a mistake in the watch") != 1 || !strings.Contains(got, "panic_test.go") {
		t.Errorf("the log says %s", got)
	}
}

// TestPanicOfASocket ends the socket alone.
func TestPanicOfASocket(t *testing.T) {
	at, m, log := serveFaulty(t)
	at = strings.Replace(at, "http", "ws", 1)
	well := dial(t, at, http.Header{}, "graphql-transport-ws")
	say(t, well, `{"type":"connection_init"}`)
	read(t, well)
	m.identify.Store(true)
	ill := dial(t, at, http.Header{}, "graphql-transport-ws")
	say(t, ill, `{"type":"connection_init","payload":{"Authorization":"Bearer parley_good"}}`)
	if _, _, err := ill.Read(t.Context()); websocket.CloseStatus(err) != -1 || err == nil {
		t.Errorf("the socket that panicked ends with %v", err)
	}
	say(t, well, fmt.Sprintf(`{"type":"subscribe","id":"1","payload":{"query":%q}}`, "{ sources { totalCount } }"))
	if got := read(t, well); !strings.Contains(got, "totalCount") {
		t.Errorf("the other socket is answered %s", got)
	}
	got := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !strings.Contains(got, "panic_test.go"); time.Sleep(10 * time.Millisecond) { // it is logged after the socket ends
		got = log.String()
	}
	if !strings.Contains(got, "a mistake in a socket") || !strings.Contains(got, "panic_test.go") {
		t.Errorf("the log says %s", got)
	}
}

// TestCancelledReadsOfTokens are not errors of the service: the client disconnected.
func TestCancelledReadsOfTokens(t *testing.T) {
	at, m, log := serveFaulty(t)
	m.gone = true
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(`{"query":"{ sources { totalCount } }"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer parley_good")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
	if got := log.String(); got != "" {
		t.Errorf("the log says %s", got)
	}
	m.handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(t.Context()))
	if got := log.String(); !strings.Contains(got, "level=ERROR") {
		t.Errorf("of a token that cannot be read the log says %q", got)
	}
}

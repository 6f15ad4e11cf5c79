package graph_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/content"
	"parley/graph"
)

// TestOperationsOfASocket: one more than the limit is refused by itself, and let in once another is completed.
func TestOperationsOfASocket(t *testing.T) {
	live := graph.DefaultLive()
	live.Operations = 2
	at, _, _ := livesUnder(t, live)
	conn := dial(t, at, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	const listen = `{"id":"%s","type":"subscribe","payload":{"query":"subscription { contentUpdates { hasMore } }"}}`
	for _, id := range []string{"a", "b"} {
		say(t, conn, fmt.Sprintf(listen, id))
		if got := read(t, conn); !strings.Contains(got, `"type":"next"`) {
			t.Fatal(got)
		}
	}
	say(t, conn, fmt.Sprintf(listen, "c"))
	if got := read(t, conn); !strings.Contains(got, `{"id":"c","type":"error"`) || !strings.Contains(got, "LIMIT_EXCEEDED") || !strings.Contains(got, `"limitName":"live-operations"`) {
		t.Errorf("one too many is answered %s", got)
	}
	say(t, conn, `{"id":"a","type":"complete"}`)
	say(t, conn, fmt.Sprintf(listen, "c"))
	if got := read(t, conn); !strings.Contains(got, `{"id":"c","type":"next"`) {
		t.Errorf("one in place of another is answered %s", got)
	}
}

// TestKeepAliveOfStreams: a quiet stream has comments.
func TestKeepAliveOfStreams(t *testing.T) {
	live := graph.DefaultLive()
	live.KeepAlive = 10 * time.Millisecond
	at, _, _ := livesUnder(t, live)
	e := listen(t, at, listening, nil)
	e.page(t)
	for comments := 0; comments < 3; {
		if !e.lines.Scan() {
			t.Fatalf("it ended after %d comments", comments)
		}
		if e.lines.Text() == ":" {
			comments++
		}
	}
}

// TestSlowReaders: who does not read is cut off, over either transport, and misses nothing when it comes back.
func TestSlowReaders(t *testing.T) {
	live := graph.DefaultLive()
	live.Write = 50 * time.Millisecond
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	at, open := narrow(t, graph.Config{Reader: s.store, Log: s.store, Live: live})
	token := listen(t, at, listening, nil).page(t).Next
	stream, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	query := url.Values{"query": {listening}, "variables": {fmt.Sprintf(`{"since":%q}`, token)}}
	if _, err := fmt.Fprintf(stream, "GET /graphql?%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", query.Encode(), strings.TrimPrefix(at, "http://")); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, at, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	subscribe, err := json.Marshal(map[string]any{"id": "s", "type": "subscribe", "payload": map[string]any{"query": listening, "variables": map[string]any{"since": token}}})
	if err != nil {
		t.Fatal(err)
	}
	say(t, conn, string(subscribe))
	const revisions = 40
	long := strings.Repeat("x", 300<<10)
	for i := range revisions {
		revise(t, s.store, sourceOf("wire", fmt.Sprint(i, long), false))
	}
	for deadline := time.Now().Add(20 * time.Second); open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still served", open.Load())
		}
	}
	last := token
	seen := 0
	for lines := bufio.NewReader(stream); ; { // what was on its way
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			last = strings.TrimSpace(id)
			seen++
		}
	}
	if seen >= revisions {
		t.Fatal("nothing was held back: the reader was never slow")
	}
	taken := 0
	for ; taken < revisions; taken++ {
		if _, _, err := conn.Read(t.Context()); err != nil {
			break
		}
	}
	if taken == revisions {
		t.Error("a WebSocket that nobody reads is not cut off")
	}
	at = servedBy(t, graph.Config{Reader: s.store, Log: s.store}) // with time enough for all
	e := listen(t, at, listening, nil, "Last-Event-ID", last)
	for ; seen < revisions; seen++ {
		if c := e.page(t).Changes; len(c) != 1 || !strings.HasPrefix(c[0].Node.Title, fmt.Sprint(seen, "x")) {
			t.Fatalf("after %d revisions it goes on with %d changes", seen, len(c))
		}
	}
}

// narrow serves over connections that hold little in the system, and counts those that are open but for listen's.
func narrow(t *testing.T, c graph.Config) (string, *atomic.Int64) {
	t.Helper()
	c.Version, c.Logger = "test", slog.New(slog.NewTextHandler(t.Output(), nil))
	h, err := graph.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var open atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("variables") != "" && r.Header.Get("User-Agent") == "" {
			open.Add(1)
			defer open.Add(-1)
		}
		h.ServeHTTP(w, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(16 << 10)
		}
		return ctx
	}
	server.Start()
	t.Cleanup(func() {
		if err := h.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return server.URL, &open
}

// revocable is a guard whose token can be taken back.
type revocable struct{ revoked atomic.Bool }

func (g *revocable) Authenticate(ctx context.Context, token string) (content.Principal, error) {
	if g.revoked.Load() {
		return content.Principal{}, content.Errorf(content.Unauthenticated, "the token was revoked")
	}
	return tokens{}.Authenticate(ctx, token)
}

// AwaitEnded does not hear of it: what is about to be sent is held back nevertheless.
func (g *revocable) AwaitEnded(ctx context.Context, _ []int64) ([]int64, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestRevokedToken: a stream ends with the token that it was opened with, before anything more is told.
func TestRevokedToken(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	g := &revocable{}
	h, err := graph.New(graph.Config{Reader: s.store, Log: s.store, Authenticator: g, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	e := listen(t, server.URL, listening, nil, "Authorization", "Bearer parley_good")
	e.page(t)
	revise(t, s.store, sourceOf("wire", "One", true))
	if got := e.page(t); len(got.Changes) != 1 {
		t.Fatalf("with a good token: %+v", got)
	}
	g.revoked.Store(true)
	revise(t, s.store, sourceOf("wire", "Two", true))
	if name, _, data := e.next(t); name != "next" || strings.Contains(data, "Two") || !strings.Contains(data, "UNAUTHENTICATED") {
		t.Errorf("with a revoked token: %s %s", name, data)
	}
	if name, _, _ := e.next(t); name != "complete" {
		t.Errorf("it goes on with %s", name)
	}
}

// TestWithdrawnIsNotRetold: what is out of sight by now is not shown as it was, however old the token; an embargo that
// lifts brings what it held back.
func TestWithdrawnIsNotRetold(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	token := listen(t, at, listening, nil).page(t).Next
	revise(t, st, sourceOf("wire", "Named by mistake", false))
	revise(t, st, sourceOf("wire", "Named by mistake", true))
	held := sourceOf("held", "Held back", false)
	held.Publication.EmbargoedUntil = time.Now().Add(300 * time.Millisecond)
	revise(t, st, held)
	e := listen(t, at, listening, map[string]any{"since": token})
	for lifted := false; !lifted; {
		if _, err := st.LiftEmbargoes(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, err := st.NextEmbargo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lifted = next.IsZero()
	}
	if got := e.page(t); !strings.HasSuffix(got.said(), ": DELETED "+sourceID("wire")) && !strings.HasSuffix(got.said(), ": CREATED Held back") {
		t.Errorf("first it is told %q", got.said())
	} else if strings.Contains(got.said(), "DELETED") {
		if got := e.page(t); !strings.HasSuffix(got.said(), ": CREATED Held back") {
			t.Errorf("then it is told %q", got.said())
		}
	}
}

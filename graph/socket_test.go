package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// tokens is a guard that knows one token.
type tokens struct{}

func (tokens) Authenticate(_ context.Context, token string) (content.Principal, error) {
	if token != "parley_good" {
		return content.Principal{}, content.Errorf(content.Unauthenticated, "the token is unknown")
	}
	return content.Principal{Token: 1, Name: "desk", Role: content.Viewer}, nil
}

// livesUnder serves a small content with the bounds at an address of its own.
func livesUnder(t *testing.T, live graph.Live) (string, graph.Handler, *store.Store) {
	t.Helper()
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	h, url := handled(t, graph.Config{Reader: s.store, Log: s.store, Live: live})
	return url, h, s.store
}

// servedBy returns the address of a service.
func servedBy(t *testing.T, c graph.Config) string {
	t.Helper()
	_, url := handled(t, c)
	return url
}

func handled(t *testing.T, c graph.Config) (graph.Handler, string) {
	t.Helper()
	c.Authenticator, c.Origins, c.Version, c.Logger = tokens{}, []string{"friend.example"}, "test", slog.New(slog.NewTextHandler(t.Output(), nil))
	h, err := graph.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		if err := h.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return h, server.URL
}

// dial opens a WebSocket.
func dial(t *testing.T, url string, header http.Header, protocols ...string) *websocket.Conn {
	t.Helper()
	c, res, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	_ = res
	c.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

// read returns the next message that is no ping, or what closed the socket as "CODE reason".
func read(t *testing.T, c *websocket.Conn) string {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		_, data, err := c.Read(ctx)
		cancel()
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			if len(closed.Reason) >= 123 {
				t.Errorf("the reason has %d bytes: %s", len(closed.Reason), closed.Reason)
			}
			return fmt.Sprintf("%d %s", closed.Code, closed.Reason)
		}
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != `{"type":"ping"}` {
			return string(data)
		}
	}
}

func say(t *testing.T, c *websocket.Conn, message string) {
	t.Helper()
	if err := c.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
		t.Fatal(err)
	}
}

const (
	initSocket = `{"type":"connection_init"}`
	ack        = `{"type":"connection_ack"}`
	count      = `{"id":"a","type":"subscribe","payload":{"query":"{ talks { totalCount } }"}}`
	counted    = `{"id":"a","type":"next","payload":{"data":{"talks":{"totalCount":3}}}}`
	completed  = `{"id":"a","type":"complete"}`
)

// TestSocketProtocol holds graphql-transport-ws: what is said, in order, where "<" is the server and ">" the client.
// What the server closes with begins with its code.
func TestSocketProtocol(t *testing.T) {
	url, _, _ := livesUnder(t, graph.DefaultLive())
	long := strings.Repeat("ü", 200)
	for _, c := range []struct {
		name   string
		header http.Header
		script []string
	}{
		{"acknowledged", nil, []string{"> " + initSocket, "< " + ack}},
		{"with a payload", nil, []string{`> {"type":"connection_init","payload":{"a":1}}`, "< " + ack}},
		{"with a payload that is null", nil, []string{`> {"type":"connection_init","payload":null}`, "< " + ack}},
		{"twice", nil, []string{"> " + initSocket, "< " + ack, "> " + initSocket, "< 4429 Too many initialisation requests"}},
		{"subscribe first", nil, []string{"> " + count, "< 4401 Unauthorized: connection_init comes first"}},
		{"a token in the payload", nil, []string{`> {"type":"connection_init","payload":{"token":"parley_good"}}`, "< " + ack}},
		{"a header in the payload", nil, []string{`> {"type":"connection_init","payload":{"Authorization":"Bearer parley_good"}}`, "< " + ack}},
		{"another record", nil, []string{`> {"type":"connection_init","payload":{"record":"old"}}`, "< 4412 Record changed: read it again"}},
		{"a wrong token in the payload", nil, []string{`> {"type":"connection_init","payload":{"authorization":"Bearer x"}}`, "< 4403 Forbidden: the token is unknown"}},
		{"a token in the header", http.Header{"Authorization": {"Bearer parley_good"}}, []string{"> " + initSocket, "< " + ack}},
		{"a wrong token in the header", http.Header{"Authorization": {"Bearer x"}}, []string{"> " + initSocket, "< 4403 Forbidden: the token is unknown"}},
		{"the payload wins", http.Header{"Authorization": {"Bearer x"}}, []string{`> {"type":"connection_init","payload":{"token":"parley_good"}}`, "< " + ack}},
		{"a query", nil, []string{"> " + initSocket, "< " + ack, "> " + count, "< " + counted, "< " + completed}},
		{"a duplicate id", nil, []string{
			"> " + initSocket, "< " + ack, `> {"id":"s","type":"subscribe","payload":{"query":"subscription { contentUpdates { hasMore } }"}}`,
			`< {"id":"s","type":"next","payload":{"data":{"contentUpdates":{"hasMore":false}}}}`,
			`> {"id":"s","type":"subscribe","payload":{"query":"{ talks { totalCount } }"}}`, "< 4409 Subscriber for s already exists",
		}},
		{"an id of a completed one", nil, []string{
			"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"subscription { contentUpdates { hasMore } }"}}`,
			`< {"id":"a","type":"next","payload":{"data":{"contentUpdates":{"hasMore":false}}}}`, "> " + completed, "> " + count, "< " + counted, "< " + completed,
		}},
		{"an id again, once it is free", nil, []string{"> " + initSocket, "< " + ack, "> " + count, "< " + counted, "< " + completed, "> " + count, "< " + counted, "< " + completed}},
		{"variables and a name", nil, []string{
			"> " + initSocket, "< " + ack,
			`> {"id":"b","type":"subscribe","payload":{"query":"query A { talks { totalCount } } query B($n: Int) { talks(first: $n) { nodes { slug } } }","operationName":"B","variables":{"n":1},"extensions":{}}}`,
			`< {"id":"b","type":"next","payload":{"data":{"talks":{"nodes":[{"slug":"lake-talks"}]}}}}`, `< {"id":"b","type":"complete"}`,
		}},
		{"an error and no complete", nil, []string{
			"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{ nowhere }"}}`,
			`<~ {"id":"a","type":"error","payload":[{"message":"Cannot query field`, "> " + count, "< " + counted,
		}},
		{"a syntax error", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{"}}`, `<~ "code":"GRAPHQL_PARSE_FAILED"`}},
		{"complete of nothing", nil, []string{"> " + initSocket, "< " + ack, "> " + completed, "> " + count, "< " + counted}},
		{"ping before anything", nil, []string{`> {"type":"ping"}`, `< {"type":"pong"}`}},
		{"ping with a payload", nil, []string{"> " + initSocket, "< " + ack, `> {"type":"ping","payload":{"n":[1,2.50]}}`, `< {"type":"pong","payload":{"n":[1,2.50]}}`}},
		{"pong unasked", nil, []string{`> {"type":"pong","payload":{}}`, "> " + initSocket, "< " + ack}},
		{"no JSON", nil, []string{"> hello", "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"nothing", nil, []string{"> ", "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"a list", nil, []string{"> []", "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"null", nil, []string{"> null", "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"two values", nil, []string{"> " + initSocket + initSocket, "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"no type", nil, []string{`> {"id":"a"}`, "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"a type that is a number", nil, []string{`> {"type":1}`, "< 4400 Invalid message: it is not a JSON object with a type"}},
		{"an unknown type", nil, []string{`> {"type":"start"}`, `< 4400 Invalid message: clients cannot send "start"`}},
		{"an unknown long type", nil, []string{`> {"type":"` + long + `"}`, `<~ 4400 Invalid message: clients cannot send "üüü`}},
		{"a message of servers", nil, []string{`> {"type":"connection_ack"}`, `< 4400 Invalid message: clients cannot send "connection_ack"`}},
		{"next from a client", nil, []string{`> {"type":"next","id":"a","payload":{}}`, `< 4400 Invalid message: clients cannot send "next"`}},
		{"invalid UTF-8", nil, []string{"> {\"type\":\"ping\",\"payload\":{\"a\":\"\xff\"}}", "< 4400 Invalid message: send JSON as text in UTF-8"}},
		{"init with a text", nil, []string{`> {"type":"connection_init","payload":"parley_good"}`, "< 4400 Invalid message: the payload of connection_init is not an object"}},
		{"ping with a list", nil, []string{`> {"type":"ping","payload":[]}`, "< 4400 Invalid message: the payload of ping is not an object"}},
		{"pong with a number", nil, []string{`> {"type":"pong","payload":1}`, "< 4400 Invalid message: the payload of pong is not an object"}},
		{"subscribe without an id", nil, []string{"> " + initSocket, "< " + ack, `> {"type":"subscribe","payload":{"query":"{ a }"}}`, "< 4400 Invalid message: the id of subscribe is not a text, or is empty"}},
		{"subscribe with an empty id", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"","type":"subscribe","payload":{"query":"{ a }"}}`, "< 4400 Invalid message: the id of subscribe is not a text, or is empty"}},
		{"subscribe with a number for an id", nil, []string{"> " + initSocket, "< " + ack, `> {"id":1,"type":"subscribe","payload":{"query":"{ a }"}}`, "< 4400 Invalid message: the id of subscribe is not a text, or is empty"}},
		{"complete without an id", nil, []string{"> " + initSocket, "< " + ack, `> {"type":"complete"}`, "< 4400 Invalid message: the id of complete is not a text, or is empty"}},
		{"subscribe without a payload", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe"}`, "< 4400 Invalid message: the payload of subscribe is not an object"}},
		{"subscribe with a text", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":"{ a }"}`, "< 4400 Invalid message: the payload of subscribe is not an object"}},
		{"subscribe without a query", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"variables":{}}}`, "< 4400 Invalid message: the payload of subscribe has no query"}},
		{"a query that is a number", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":1}}`, "< 4400 Invalid message: query in the payload of subscribe has the wrong type"}},
		{"a document by a name that is not known", nil, []string{
			"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}}`, `<~ {"id":"a","type":"error","payload":[{"message":"PersistedQueryNotFound"`,
		}},
		{"variables that are a list", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{ a }","variables":[]}}`, "< 4400 Invalid message: variables in the payload of subscribe has the wrong type"}},
		{"a name that is a number", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{ a }","operationName":1}}`, "< 4400 Invalid message: operationName in the payload of subscribe has the wrong type"}},
		{"half of a surrogate pair", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{ a }","variables":{"t":"\ud83d"}}}`, "< 4400 Invalid message: it has half of a surrogate pair"}},
		{"a large message", nil, []string{"> " + initSocket, "< " + ack, `> {"id":"a","type":"subscribe","payload":{"query":"{ talks { totalCount } }` + strings.Repeat(" ", 255<<10) + `"}}`, "< " + counted}},
		{"too large a message", nil, []string{`> {"type":"ping","payload":{"a":"` + strings.Repeat("a", 256<<10) + `"}}`, "<~ 1009 "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := dial(t, url, c.header, "graphql-transport-ws")
			for _, step := range c.script {
				if said, ok := strings.CutPrefix(step, "> "); ok {
					say(t, conn, said)
					continue
				}
				got := read(t, conn)
				if part, ok := strings.CutPrefix(step, "<~ "); ok {
					if !strings.Contains(got, part) {
						t.Fatalf("got %s, want something with %s", got, part)
					}
				} else if diff := cmp.Diff(strings.TrimPrefix(step, "< "), got); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

func TestSocketBinary(t *testing.T) {
	url, _, _ := livesUnder(t, graph.DefaultLive())
	conn := dial(t, url, nil, "graphql-transport-ws")
	if err := conn.Write(t.Context(), websocket.MessageBinary, []byte(initSocket)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, conn); got != "4400 Invalid message: send JSON as text in UTF-8" {
		t.Errorf("a binary message is answered %q", got)
	}
}

// TestSocketSubprotocol: the legacy protocol and none at all are closed with 4406.
func TestSocketSubprotocol(t *testing.T) {
	url, _, _ := livesUnder(t, graph.DefaultLive())
	for _, offered := range [][]string{nil, {"graphql-ws"}} {
		if got := read(t, dial(t, url, nil, offered...)); got != "4406 Subprotocol not acceptable: offer graphql-transport-ws" {
			t.Errorf("%v is answered %q", offered, got)
		}
	}
	conn := dial(t, url, nil, "graphql-ws", "graphql-transport-ws")
	if conn.Subprotocol() != "graphql-transport-ws" {
		t.Errorf("spoken is %q", conn.Subprotocol())
	}
}

func TestSocketOrigin(t *testing.T) {
	url, _, _ := livesUnder(t, graph.DefaultLive())
	for origin, want := range map[string]int{"https://foreign.example": 403, "https://friend.example": 101, url: 101, "null": 403} {
		c, res, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {origin}}})
		if res == nil || res.StatusCode != want {
			t.Errorf("from %s: %v, %v, want %d", origin, res, err, want)
		}
		if c != nil {
			_ = c.CloseNow()
		}
	}
}

// TestSocketTimes: a client that does not begin, and one that says nothing, are closed; a pong is enough to stay.
func TestSocketTimes(t *testing.T) {
	live := graph.DefaultLive()
	live.Init = 20 * time.Millisecond
	url, _, _ := livesUnder(t, live)
	if got := read(t, dial(t, url, nil, "graphql-transport-ws")); got != "4408 Connection initialisation timeout" {
		t.Errorf("without connection_init: %q", got)
	}
	live = graph.DefaultLive()
	live.KeepAlive = 50 * time.Millisecond
	url, _, _ = livesUnder(t, live)
	conn := dial(t, url, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	pings := 0
	for pings < 8 { // longer than a quiet client has
		_, data, err := conn.Read(t.Context())
		if err != nil {
			t.Fatalf("after %d pings: %v", pings, err)
		}
		if string(data) == `{"type":"ping"}` {
			pings++
			say(t, conn, `{"type":"pong"}`)
		}
	}
	if got := read(t, conn); got != "4408 Nothing was heard, no pong either" {
		t.Errorf("a quiet client: %q", got)
	}
	conn = dial(t, url, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	if got := read(t, conn); got != `{"type":"connection_ack"}` {
		t.Fatalf("acknowledged with %q", got)
	}
	if pings := pingsBeforeTheEnd(t, conn); pings > 2 {
		t.Errorf("a client that answers no ping is sent %d before it is closed", pings)
	}
}

// pingsBeforeTheEnd counts the pings that a socket sends to a client that says nothing, until it is closed.
func pingsBeforeTheEnd(t *testing.T, conn *websocket.Conn) (pings int) {
	t.Helper()
	for {
		_, data, err := conn.Read(t.Context())
		if websocket.CloseStatus(err) == 4408 {
			return pings
		}
		if err != nil || string(data) != `{"type":"ping"}` {
			t.Fatalf("%q, %v", data, err)
		}
		pings++
	}
}

// TestSocketShutdown: a service that ends closes its sockets with 1001 and opens no more.
func TestSocketShutdown(t *testing.T) {
	url, h, _ := livesUnder(t, graph.DefaultLive())
	conn := dial(t, url, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	if got := read(t, conn); got != ack {
		t.Fatal(got)
	}
	done := make(chan error, 1)
	go func() { done <- h.Shutdown(t.Context()) }()
	if got := read(t, conn); got != "1001 The service ends" {
		t.Errorf("closed with %q", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, res, _ := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}); res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a new socket is answered %v", res)
	}
}

// TestSocketErrorsAreLists: the payload of error is a list of GraphQL errors.
func TestSocketErrorsAreLists(t *testing.T) {
	url, _, _ := livesUnder(t, graph.DefaultLive())
	conn := dial(t, url, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	say(t, conn, `{"id":"a","type":"subscribe","payload":{"query":"{ talks(first: -1) { totalCount } }"}}`)
	var m struct {
		Payload []struct {
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, conn)), &m); err != nil || len(m.Payload) != 1 || m.Payload[0].Extensions.Code != "BAD_USER_INPUT" {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestSocketSubscriptionContinues has a subscription and a live query of one socket send an answer for each revision, beside
// queries that come to their end.
func TestSocketSubscriptionContinues(t *testing.T) {
	url, _, st := livesUnder(t, graph.DefaultLive())
	conn := dial(t, url, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	next := func(want string) {
		t.Helper()
		got := map[string]string{}
		for range 2 { // of the two that go on, in any order
			m := struct {
				ID, Type string
				Payload  json.RawMessage
			}{}
			text := read(t, conn)
			if err := json.Unmarshal([]byte(text), &m); err != nil || m.Type != "next" {
				t.Fatalf("got %s, %v", text, err)
			}
			got[m.ID] = string(m.Payload)
		}
		if !strings.Contains(got["s"], want) || !strings.Contains(got["l"], want) {
			t.Fatalf("%s is told as %v", want, got)
		}
	}
	say(t, conn, `{"id":"s","type":"subscribe","payload":{"query":"subscription { contentUpdates { revision changes { node { ... on Source { title } } } } }"}}`)
	say(t, conn, `{"id":"l","type":"subscribe","payload":{"query":"query @live { source(slug: \"live\") { title } }"}}`)
	next("")
	for i := range 4 {
		title := fmt.Sprint("Title ", i)
		revise(t, st, sourceOf("live", title, false))
		next(title)
		say(t, conn, count)
		if got, want := read(t, conn)+read(t, conn), counted+completed; got != want {
			t.Errorf("a query is answered %s, want %s", got, want)
		}
	}
}

// AwaitEnded waits for ever: these tokens are always good.
func (tokens) AwaitEnded(ctx context.Context, _ []int64) ([]int64, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

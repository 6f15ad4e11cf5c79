package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/tools/txtar"

	"parley/feed"
	"parley/graph"
	"parley/internal/ratelimit"
)

// TestNoStatementIsFree asks the queries of the goldens, which reach every field: what each is charged follows the statements
// that it runs, of which two and one more are the most for 1.
func TestNoStatementIsFree(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	s := newService(t)
	price := regexp.MustCompile(`"charged":(\d+)`)
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		req := map[string]any{}
		for _, f := range a.Files {
			switch f.Name {
			case "query.graphql":
				req["query"] = string(f.Data)
			case "variables.json":
				req["variables"] = json.RawMessage(f.Data)
			}
		}
		body, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		s.statements = nil
		r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Parley-Cost", "1")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		found := price.FindStringSubmatch(w.Body.String())
		if len(found) == 0 {
			continue // it is refused, as some goldens are
		}
		if charged, _ := strconv.Atoi(found[1]); 2*charged+1 < len(s.statements) {
			t.Errorf("%s runs %d statements for %d", filepath.Base(file), len(s.statements), charged)
		}
	}
}

// TestFeedsAreCharged: a feed costs what it reads, also where the client has it.
func TestFeedsAreCharged(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	begin := time.Now()
	rates := ratelimit.NewRateLimiter(1000, time.Minute, func() time.Time { return begin })
	h, _ := handled(t, graph.Config{Reader: s.store, Log: s.store, RateLimiter: rates})
	mux := http.NewServeMux()
	mux.Handle("GET /feeds/talks/{file}", feed.New(feed.Config{Executor: h, Reader: s.store, Logger: slog.Default()}))
	left := func() int64 { return rates.Charge("192.0.2.1", 0).Left }
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		return w
	}
	for path, least := range map[string]int64{"/feeds/talks/lake-talks.atom": 3, "/feeds/talks/none.atom": 1} {
		before := left()
		w := get(path)
		if spent := before - left(); spent < least || spent > 60 {
			t.Errorf("%s is answered %d for %d", path, w.Code, spent)
		}
	}
	rates.Charge("192.0.2.1", 10_000)
	if w := get("/feeds/talks/lake-talks.atom"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("a client without a budget is answered %d", w.Code)
	}
}

// TestStreamsAreCounted: sockets, their operations and streams of events are bounded for each client and in all, and let in
// again once others end.
func TestStreamsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		all, each, status int
		want              string
	}{
		"of a client": {100, 4, http.StatusTooManyRequests, "limit live-per-client"},
		"in all":      {4, 100, http.StatusServiceUnavailable, "limit live-connections"},
	} {
		t.Run(name, func(t *testing.T) {
			live := graph.DefaultLive()
			live.Connections, live.PerClient = c.all, c.each
			at, _, _ := livesUnder(t, live)
			e := listen(t, at, listening, nil)
			e.page(t)
			conn := dial(t, at, nil, "graphql-transport-ws")
			say(t, conn, initSocket)
			_ = read(t, conn)
			for _, id := range []string{"a", "b"} {
				say(t, conn, fmt.Sprintf(`{"id":"%s","type":"subscribe","payload":{"query":"subscription { contentUpdates { hasMore } }"}}`, id))
				if got := read(t, conn); !strings.Contains(got, `"type":"next"`) {
					t.Fatal(got)
				}
			}
			say(t, conn, `{"id":"c","type":"subscribe","payload":{"query":"{ talks { totalCount } }"}}`)
			if got := read(t, conn); !strings.Contains(got, `{"id":"c","type":"error"`) || !strings.Contains(got, c.want) {
				t.Errorf("an operation too many is answered %s", got)
			}
			if _, res, err := websocket.Dial(t.Context(), at, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}); err == nil || res.StatusCode != c.status {
				t.Errorf("a socket too many is answered %v", err)
			}
			res := stream(t, http.MethodPost, at, `{"query":"subscription { contentUpdates { hasMore } }"}`, "Accept", "text/event-stream")
			if b, _ := io.ReadAll(res.Body); res.StatusCode != c.status || !strings.Contains(string(b), c.want) || res.Header.Get("Retry-After") == "" {
				t.Errorf("a stream too many is answered %d %s", res.StatusCode, b)
			}
			say(t, conn, `{"id":"a","type":"complete"}`)
			for begin := time.Now(); ; time.Sleep(time.Millisecond) {
				say(t, conn, `{"id":"d","type":"subscribe","payload":{"query":"{ talks { totalCount } }"}}`)
				if got := read(t, conn); strings.Contains(got, `"type":"next"`) {
					break
				} else if time.Since(begin) > 10*time.Second {
					t.Fatalf("one in place of another is answered %s", got)
				}
			}
		})
	}
}

// TestMessagesOfSockets: ids and payloads that are sent back are short, and a flood of pings spends the budget,
// as does one of messages that nobody asked for.
func TestMessagesOfSockets(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct{ message, want string }{
		"an id":          {`{"id":"` + long + `","type":"subscribe","payload":{"query":"{ talks { totalCount } }"}}`, "4400 Invalid message: the id of subscribe"},
		"a ping":         {`{"type":"ping","payload":{"a":"` + long + `"}}`, "4400 Invalid message: the payload of ping"},
		"values":         {`{"id":"a","type":"subscribe","payload":{"query":"{ a }","variables":{"a":[` + strings.Repeat("0,", 60_000) + `0]}}}`, "4400 Invalid message: the request has more than 50000 values"},
		"levels":         {`{"id":"a","type":"subscribe","payload":{"query":"{ a }","variables":{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}}}`, "4400 Invalid message: the JSON of the request"},
		"a subscription": {`{"id":"a","type":"subscribe","payload":{"query":"subscription { contentUpdates { hasMore } }","variables":{"a":"` + strings.Repeat("x", 70_000) + `"}}}`, "at most 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			at, _, _ := livesUnder(t, graph.DefaultLive())
			conn := dial(t, at, nil, "graphql-transport-ws")
			say(t, conn, initSocket)
			_ = read(t, conn)
			say(t, conn, c.message)
			if got := read(t, conn); !strings.Contains(got, c.want) {
				t.Errorf("it is answered %.300s", got)
			}
		})
	}
	for _, message := range []string{`{"type":"pong"}`, `{"id":"none","type":"complete"}`} { // that nobody asked for
		b := newBudgeted(t, 10)
		conn := dial(t, b.at, nil, "graphql-transport-ws")
		say(t, conn, initSocket)
		_ = read(t, conn)
		for range 10 {
			say(t, conn, message)
		}
		if got := read(t, conn); !strings.HasPrefix(got, "1013 ") {
			t.Errorf("%s without a budget is answered %s", message, got)
		}
	}
	b := newBudgeted(t, 10)
	conn := dial(t, b.at, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	for range 9 {
		say(t, conn, `{"type":"ping"}`)
		if got := read(t, conn); !strings.Contains(got, "pong") {
			t.Fatal(got)
		}
	}
	say(t, conn, `{"type":"ping"}`)
	if got := read(t, conn); !strings.HasPrefix(got, "1013 ") {
		t.Errorf("a ping without a budget is answered %s", got)
	}
}

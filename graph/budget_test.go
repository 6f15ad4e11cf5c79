package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/graph"
	"parley/internal/ratelimit"
)

// budgeted is a service whose clients have a budget under a clock that stands still.
type budgeted struct {
	*service
	at    string
	rates *ratelimit.RateLimiter
	last  int64
}

func newBudgeted(t *testing.T, limit int64) *budgeted {
	t.Helper()
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	begin := time.Now()
	rates := ratelimit.NewRateLimiter(limit, time.Minute, func() time.Time { return begin })
	at := servedBy(t, graph.Config{Reader: s.store, Log: s.store, Writer: s.store, RateLimiter: rates, Objects: 20_000, ResponseCacheBytes: 1 << 20})
	return &budgeted{s, at, rates, limit}
}

// spent returns what was taken from the budget since it was called last, once that is as much as wanted.
func (b *budgeted) spent(t *testing.T, want int64) int64 {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		left := b.rates.Charge("127.0.0.1", 0).Left
		if b.last-left == want || time.Now().After(deadline) {
			defer func() { b.last = left }()
			return b.last - left
		}
	}
}

// TestBudgetsOfTransports asks the same by every way that there is: each costs what it reads, and 1 where nothing is read.
func TestBudgetsOfTransports(t *testing.T) {
	b := newBudgeted(t, 100_000)
	const query = "{ talks(first: 50) { nodes { title events(first: 50) { nodes { title } } } } }"
	check := func(what string, want int64) {
		t.Helper()
		if got := b.spent(t, want); got != want {
			t.Errorf("%s costs %d, want %d", what, got, want)
		}
	}
	answer, _ := b.ask(t, query, "")
	events := int64(strings.Count(answer, `"title"`)) - 3
	cost := 3 + 2 + events
	post := func(query string) string {
		_, text := send(t, b.at, query)
		return text
	}
	post(query)
	check("a query", cost)
	post(query)
	check("an answer that is kept", 1)
	post("{ nothing }")
	check("an invalid document", 1)
	post(`{ talks(first: 50, after: "x") { nodes { title } } }`)
	check("a bad argument", 1)
	post(strings.Repeat("{ talks ", 400))
	check("what is no document", 1+8*400/256)
	if res, err := http.Get(b.at + `?extensions={"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}`); err != nil || res.Body.Close() != nil {
		t.Error(err)
	}
	check("an unknown persisted query", 1)

	e := listen(t, b.at, query, nil)
	if name, _, data := e.next(t); name != "next" || !strings.HasPrefix(data, `{"data"`) {
		t.Fatal(name, data)
	}
	check("a query over SSE", cost)

	conn := dial(t, b.at, nil, "graphql-transport-ws")
	check("a WebSocket", 1)
	say(t, conn, initSocket)
	_ = read(t, conn)
	say(t, conn, fmt.Sprintf(`{"id":"a","type":"subscribe","payload":{"query":%q}}`, query))
	_, _ = read(t, conn), read(t, conn)
	check("a query over a WebSocket", cost)
	say(t, conn, `{"id":"b","type":"subscribe","payload":{"query":"{ nothing }"}}`)
	_ = read(t, conn)
	check("an invalid document over a WebSocket", 1)

	live := listen(t, b.at, "query @live "+query, nil)
	_, _, _ = live.next(t)
	check("the first answer of a live query", 1+cost)
	changes := listen(t, b.at, listening, nil)
	changes.page(t)
	check("the first page of a subscription, whose document is parsed and compiled", 1+1+int64(len(listening))/256+1)
	revise(t, b.store, sourceOf("budget-note", "A note", false))
	changes.page(t)
	check("what a revision brings to both", cost+3) // the change and its item, which one statement reads
}

// TestStreamsWaitForTheirBudget has a live query whose client has nothing left: it is not ended, and its next answer comes
// once there is something left, with all that changed meanwhile.
func TestStreamsWaitForTheirBudget(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	var now atomic.Int64
	rates := ratelimit.NewRateLimiter(3, time.Second, func() time.Time { return time.Unix(now.Load(), 0) })
	at := servedBy(t, graph.Config{Reader: s.store, Log: s.store, RateLimiter: rates})
	live := listen(t, at, "query @live { sources { nodes { title } } }", nil)
	if _, _, data := live.next(t); !strings.Contains(data, "The Lake Herald") {
		t.Fatal(data)
	}
	if st := rates.Charge("127.0.0.1", 0); st.Wait == 0 {
		t.Fatalf("after its first answer the client has %d left", st.Left)
	}
	if status, text := send(t, at, "{ talks { totalCount } }"); status != http.StatusTooManyRequests || !strings.Contains(text, "for fewer objects at once") {
		t.Errorf("another request is answered %d %s", status, text)
	}
	revise(t, s.store, sourceOf("first-note", "A first note", false))
	revise(t, s.store, sourceOf("second-note", "A second note", false))
	time.AfterFunc(100*time.Millisecond, func() { now.Add(60) })
	if _, _, data := live.next(t); !strings.Contains(data, "A first note") || !strings.Contains(data, "A second note") {
		t.Error(data)
	}
}

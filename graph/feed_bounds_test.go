package graph_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/feed"
	"parley/graph"
	"parley/graph/plan"
	"parley/internal/ratelimit"
	"parley/store"
)

// longFeed holds a talk of 50 events, each with another summary of 50 KB.
func longFeed(t *testing.T) *store.Store {
	t.Helper()
	talk := content.Ref{Type: "Talk", Key: content.NamedKey("Talk", "long")}
	set := content.ChangeSet{Author: "desk", Reason: "IMPORT", Items: []content.Item{{
		Type: content.TypeNamed("Talk"), Key: talk.Key, Slug: "long", Values: map[string]any{"title": "Long", "summary": "It *lasts*.", "locale": "en"},
	}}}
	for i := range 50 {
		slug := content.Slug(fmt.Sprintf("event-%d", i))
		paragraph := fmt.Sprintf("The *mediators* of day %d met [both sides](https://example.org) and said that a **draft** is on the table.\n\n", i)
		set.Items = append(set.Items, content.Item{
			Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", slug), Slug: slug,
			Values: map[string]any{"title": string(slug), "summary": strings.Repeat(paragraph, 50_000/len(paragraph)), "locale": "en", "eventKind": "STATEMENT", "talk": talk},
		})
	}
	s := serviceOf(t, graph.DefaultLimits(), set)
	s.store.Trace(nil) // it is for one reader
	return s.store
}

// feeds returns a function that reads a feed of a service, with a header.
func feeds(h graph.Handler, r graph.Reader) func(slug, name, value string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	mux.Handle("GET /feeds/talks/{file}", feed.New(feed.Config{Executor: h, Reader: r, Logger: slog.New(slog.DiscardHandler)}))
	return func(slug, name, value string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, "/feeds/talks/"+slug+".atom", http.NoBody)
		if name != "" {
			req.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, req)
		return w
	}
}

// entriesOf is how many entries a feed has, which is read as XML to its end.
func entriesOf(t *testing.T, w *httptest.ResponseRecorder) int {
	t.Helper()
	var read struct {
		Entries []struct {
			ID      string `xml:"id"`
			Content string `xml:"content"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &read); err != nil || w.Code != http.StatusOK {
		t.Fatalf("it is answered %d, %v: %.300s", w.Code, err, w.Body)
	}
	for _, e := range read.Entries {
		if !strings.HasPrefix(e.ID, "urn:uuid:") || !strings.HasSuffix(e.Content, "is on the table.</p>") {
			t.Errorf("the entry %s is not whole", e.ID)
		}
	}
	return len(read.Entries)
}

// TestFeedsRenderOnce reads a feed of long texts again and again: its texts are rendered once, also for an answer, and reading it costs
// its events, its texts and its length each time.
func TestFeedsRenderOnce(t *testing.T) {
	st := longFeed(t)
	begin := time.Now()
	rates := ratelimit.NewRateLimiter(1_000_000, time.Hour, func() time.Time { return begin })
	h, _ := handled(t, graph.Config{Reader: st, Log: st, RateLimiter: rates})
	get := feeds(h, st)
	used := func(f func() *httptest.ResponseRecorder) (seconds float64, cost int64, w *httptest.ResponseRecorder) {
		before, left := cpu(t), rates.Charge("192.0.2.1", 0).Left
		w = f()
		return (cpu(t) - before).Seconds(), left - rates.Charge("192.0.2.1", 0).Left, w
	}
	ask := func(form string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			return (&service{Handler: h}).get(`{ talk(slug: "long") { events(first: 50) { nodes { title summary { `+form+` } } } } }`, "")
		}
	}
	read := func() *httptest.ResponseRecorder { return get("long", "", "") }
	control, _, plain := used(ask("markdown"))
	first, cost, w := used(read)
	if n := entriesOf(t, w); n != 50 {
		t.Fatalf("it has %d entries", n)
	}
	second, again, same := used(read)
	if same.Body.String() != w.Body.String() {
		t.Error("the second answer is another")
	}
	if second > first/3+0.05 || second > 10*control+0.1 { // without it, as long as the first
		t.Errorf("the first feed takes %.3f s of a processor, the second %.3f, and a query of the same texts %.3f", first, second, control)
	}
	least := int64(1 + 50 + 50 + w.Body.Len()>>12)
	if cost < least || cost > least+5 || again != cost {
		t.Errorf("a feed of %d bytes costs %d, then %d; want %d or little more", w.Body.Len(), cost, again, least)
	}
	answer, _, rendered := used(ask("html"))
	if answer > first/3+0.05 || !strings.HasPrefix(plain.Body.String(), `{"data":`) || !strings.Contains(rendered.Body.String(), "<em>mediators</em>") {
		t.Errorf("an answer with the texts of the feed takes %.3f s of a processor; the first feed took %.3f", answer, first)
	}
}

// TestLengthOfFeeds reads feeds that would be longer than the limit of answers: each ends at the last whole entry that fits, and what
// does not fit is not rendered. Without room for anything it is refused by the name of the limit.
func TestLengthOfFeeds(t *testing.T) {
	st := longFeed(t)
	whole := 0
	for _, c := range []struct{ limit, least, most int }{{16 << 20, 50, 50}, {1 << 20, 5, 20}, {250_000, 1, 4}, {2000, 0, 0}} {
		limits := graph.DefaultLimits()
		limits.Answer = c.limit
		begin := time.Now()
		rates := ratelimit.NewRateLimiter(1_000_000, time.Hour, func() time.Time { return begin })
		h, _ := handled(t, graph.Config{Reader: st, Log: st, Limits: limits, RateLimiter: rates})
		w := feeds(h, st)("long", "", "")
		n, charged := entriesOf(t, w), 1_000_000-rates.Charge("192.0.2.1", 0).Left
		if n < c.least || n > c.most || w.Body.Len() > c.limit {
			t.Errorf("of %d bytes it has %d, with %d entries", c.limit, w.Body.Len(), n)
		}
		if most := int64(1 + 50 + n + 2 + w.Body.Len()>>12 + 4); charged > most {
			t.Errorf("with %d entries it costs %d, more than %d", n, charged, most)
		}
		whole = max(whole, w.Body.Len())
	}
	limits := graph.DefaultLimits()
	limits.Answer = whole
	h, _ := handled(t, graph.Config{Reader: st, Log: st, Limits: limits})
	if n := entriesOf(t, feeds(h, st)("long", "", "")); n != 50 {
		t.Errorf("of as many bytes as it has, %d entries are left", n)
	}
	limits.Answer = whole - 1
	h, _ = handled(t, graph.Config{Reader: st, Log: st, Limits: limits})
	if n := entriesOf(t, feeds(h, st)("long", "", "")); n != 49 {
		t.Errorf("of a byte less, %d entries are left", n)
	}
	limits.Answer = 200
	h, _ = handled(t, graph.Config{Reader: st, Log: st, Limits: limits})
	if w := feeds(h, st)("long", "", ""); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "200 bytes (limit answer)") {
		t.Errorf("without room it is answered %d %s", w.Code, w.Body)
	}
}

// hasty executes feeds whose time is over after so many looks at it.
type hasty struct {
	graph.Handler
	looks int
}

func (h hasty) Rendering(ctx context.Context) plan.Rendering {
	r := h.Handler.Rendering(ctx)
	r.Ctx = &ending{ctx, h.looks}
	return r
}

// ending is a context that ends after so many looks at it.
type ending struct {
	context.Context
	left int
}

func (e *ending) Err() error {
	if e.left--; e.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestFeedsEndInTime reads a feed whose time is over between two entries, before or after their texts were rendered: it ends there, and
// costs what it would at most.
func TestFeedsEndInTime(t *testing.T) {
	st := longFeed(t)
	begin := time.Now()
	rates := ratelimit.NewRateLimiter(1_000_000, time.Hour, func() time.Time { return begin })
	h, _ := handled(t, graph.Config{Reader: st, Log: st, RateLimiter: rates})
	for range 2 {
		left := rates.Charge("192.0.2.1", 0).Left
		if w := feeds(hasty{h, 20}, st)("long", "", ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"code":"TIMEOUT"`) {
			t.Errorf("it is answered %d %.300s", w.Code, w.Body)
		}
		if spent := left - rates.Charge("192.0.2.1", 0).Left; spent < 104 {
			t.Errorf("a feed that took too long costs %d", spent)
		}
		if n := entriesOf(t, feeds(h, st)("long", "", "")); n != 50 {
			t.Fatalf("it has %d entries", n)
		}
	}
}

// TestFeedsNameTheirRecord: a request for a feed that names another record is refused before it reads, and each answer varies by the name.
func TestFeedsNameTheirRecord(t *testing.T) {
	s := newService(t)
	r := renamed{s.store, "new"}
	h, _ := handled(t, graph.Config{Reader: r, Log: s.store})
	get := feeds(h, r)
	for _, good := range []string{"", "new"} {
		if w := get("lake-talks", "Parley-Record", good); w.Code != http.StatusOK || w.Header().Get("Vary") != "Parley-Record" {
			t.Errorf("with record %q: %d %v", good, w.Code, w.Header())
		}
	}
	s.statements = nil
	w := get("lake-talks", "Parley-Record", "old")
	if w.Code != http.StatusPreconditionFailed || !strings.Contains(w.Body.String(), `"RECORD_CHANGED"`) || w.Header().Get("Cache-Control") != "no-store" || len(s.statements) > 0 {
		t.Errorf("with another record: %d %v %s after %d statements", w.Code, w.Header(), w.Body, len(s.statements))
	}
}

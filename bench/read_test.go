// Package bench measures reads on a big data set.
package bench

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/bench/data"
	"parley/graph"
	"parley/store"
)

var (
	db     = flag.String("db", "", "database made by bench/generate; without it a set of -events is made")
	events = flag.Int("events", 2000, "number of events of the set that is made")
)

func open(tb testing.TB) (*store.Store, http.Handler) {
	tb.Helper()
	path := *db
	if path == "" {
		path = filepath.Join(tb.TempDir(), "bench.db")
	}
	st, err := store.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = st.Close() })
	if *db == "" {
		if _, err := st.Write(tb.Context(), data.New(*events).ChangeSet()); err != nil {
			tb.Fatal(err)
		}
	}
	h, err := graph.New(graph.Config{Reader: st, Version: "bench", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	return st, h
}

func ask(tb testing.TB, h http.Handler, query string) []byte {
	tb.Helper()
	return askWith(tb, h, query, nil)
}

func askWith(tb testing.TB, h http.Handler, query string, variables map[string]any) []byte {
	tb.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		tb.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || bytes.Contains(w.Body.Bytes(), []byte(`"errors"`)) {
		tb.Fatalf("%s\n%d %.500s", query, w.Code, w.Body.String())
	}
	return w.Body.Bytes()
}

// cursor returns a cursor after so many pages of 100 events.
func cursor(tb testing.TB, h http.Handler, pages int) string {
	tb.Helper()
	var answer struct {
		Data struct {
			Events struct{ PageInfo struct{ EndCursor string } }
		}
	}
	after := ""
	for range pages {
		if err := json.Unmarshal(ask(tb, h, "{ events(first: 100"+after+") { pageInfo { endCursor } } }"), &answer); err != nil {
			tb.Fatal(err)
		}
		if answer.Data.Events.PageInfo.EndCursor == "" {
			break
		}
		after = fmt.Sprintf(", after: %q", answer.Data.Events.PageInfo.EndCursor)
	}
	return after
}

// worked is how long the process has had a processor: what other processes do does not count.
func worked(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkRead reports the median time, the time of processors and the statements of the reads that front ends make all
// day.
func BenchmarkRead(b *testing.B) {
	st, h := open(b)
	after := cursor(b, h, 500)
	for _, c := range []struct{ name, query string }{
		{"newest 50 events of a talk", `{ talk(slug: "talk-0") { events(last: 50) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`},
		{"newest 50 events, descending", `{ talk(slug: "talk-0") { events(first: 50, orderBy: {field: OCCURRED_ON, direction: DESC}) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`},
		{"events of a mediator in a date range", `{ mediator(slug: "mediator-0") { events(first: 20, where: {occurredOn: {from: "2010-03", until: "2010-04"}}) { nodes { title } } } }`},
		{"events some mediator in a date range", `{ events(first: 20, where: {mediators: {some: {slug: {eq: "mediator-1"}}}, occurredOn: {from: "2010-03", until: "2010-04"}}) { nodes { title } } }`},
		{"events in a date range", `{ events(first: 20, where: {occurredOn: {from: "2010-03-01", until: "2010-03-03"}}) { nodes { title } } }`},
		{"stalled talks by latest event", `{ talks(first: 20, where: {talkStatus: {in: [STALLED]}}, orderBy: {field: LATEST_EVENT_ON, direction: DESC}) { nodes { title } } }`},
		{"page 500 of all events", `{ events(first: 100` + after + `) { nodes { title } pageInfo { endCursor hasNextPage } } }`},
		{"search for two words", `{ search(query: "ceasefire corridor", first: 20) { edges { score node { label } } } }`},
		{"search for two common words", `{ search(query: "the talks", first: 20) { edges { score node { label } } } }`},
		{"contains, frequent", `{ events(first: 20, where: {title: {contains: "talks"}}) { nodes { title } } }`},
		{"contains, rare", `{ events(first: 20, where: {title: {contains: "Event 1999:"}}) { nodes { title } } }`},
		{"contains, no hit", `{ events(first: 20, where: {title: {contains: "zeppelin"}}) { nodes { title } } }`},
		{"list", `{ talks(first: 20) { nodes { title talkStatus mediators(first: 5) { name } } } }`},
		{"point", `{ event(slug: "event-77") { title eventKind outlook basis } }`},
		{"track record of 20 talks", `{ talks(first: 20) { nodes { trackRecord { optimistic kept setBack } } } }`},
		{"total of a filter", `{ events(where: {eventKind: {eq: MEETING}}) { totalCount } }`},
	} {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			var times []time.Duration
			before, begun := st.Statements(), worked(b)
			for b.Loop() {
				begin := time.Now()
				ask(b, h, c.query)
				times = append(times, time.Since(begin))
			}
			took := worked(b) - begun
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-us")
			b.ReportMetric(float64(took.Microseconds())/float64(b.N), "cpu-us/op")
			b.ReportMetric(float64(st.Statements()-before)/float64(b.N), "statements/op")
		})
	}
}

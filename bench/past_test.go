package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/bench/data"
	"parley/content"
	"parley/store"
)

var (
	revisions = flag.Int("revisions", 400, "revisions that BenchmarkPast makes, skewed")
	moves     = flag.Int("moves", 100, "how many of them take an event of the list to another place in it")
	hot       = flag.Bool("hot", false, "make all revisions on the newest 50 events of the list: the worst case")
)

// newest is the query whose cost is compared: the newest events of a busy talk, with what hangs from them.
const newest = `{ talk(slug: "talk-0"%s) { events(last: 50) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`

// counted asks for their number too.
var counted = strings.Replace(newest, "nodes", "totalCount nodes", 1)

// BenchmarkPast reports what reads cost after a history, as ratios of medians taken in turn: of reads of the past to the
// same read of now, with and without a total, and of reads of now to those of a store that has no history.
func BenchmarkPast(b *testing.B) {
	_, fresh := open(b)
	st, h := open(b)
	first, err := st.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	rewrite(b, st, *revisions)
	last, err := st.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	at := func(query string, r content.Revision) string {
		return fmt.Sprintf(query, fmt.Sprintf(", atRevision: %d", r))
	}
	now := fmt.Sprintf(newest, "")
	ratios := map[string][]float64{}
	for b.Loop() {
		m := medians(b, []request{
			{fresh, now},
			{h, now},
			{h, at(newest, first)},
			{h, at(newest, (first+last)/2)},
			{h, at(newest, last-1)},
			{h, fmt.Sprintf(counted, "")},
			{h, at(counted, first)},
			{h, at(counted, (first+last)/2)},
			{h, at(counted, last-1)},
		})
		ratios["now/fresh"] = append(ratios["now/fresh"], m[1]/m[0])
		for i, name := range []string{"first/now", "middle/now", "last/now"} {
			ratios[name] = append(ratios[name], m[i+2]/m[1])
			ratios["counted-"+name] = append(ratios["counted-"+name], m[i+6]/m[5])
		}
		ratios["now-us"] = append(ratios["now-us"], m[1])
	}
	for name, list := range ratios {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2], name)
	}
}

// request is a query to a handler.
type request struct {
	http.Handler
	query string
}

// medians makes requests in turn, and returns the median time of each in microseconds.
func medians(b *testing.B, requests []request) []float64 {
	b.Helper()
	times := make([][]float64, len(requests))
	for range 41 {
		for i, r := range requests {
			begin := time.Now()
			ask(b, r, r.query)
			times[i] = append(times[i], float64(time.Since(begin).Microseconds()))
		}
	}
	list := make([]float64, len(times))
	for i := range times {
		slices.Sort(times[i])
		list[i] = times[i][len(times[i])/2]
	}
	return list
}

// rewrite makes so many revisions of events, most of them of few.
func rewrite(b *testing.B, st *store.Store, n int) {
	b.Helper()
	list := listed(b, st)
	rng := rand.New(rand.NewPCG(5, 6))
	skewed := func(n int) int {
		f := rng.Float64()
		return int(f * f * f * float64(n))
	}
	all := data.New(*events)
	sets := make(chan content.ChangeSet)
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for set := range sets {
				if _, err := st.Apply(b.Context(), set); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		key := all.Ref("Event", skewed(*events)).Key
		if *hot {
			key = list[skewed(50)]
		}
		values := map[string]any{"title": fmt.Sprintf("Revised %d times and more", i)}
		if i%10 == 0 {
			values["mediators"] = []content.Ref{all.Ref("Mediator", rng.IntN(2)), all.Ref("Mediator", 2)}
		}
		if i < *moves {
			key = list[skewed(len(list))]
			day := time.Date(2010+rng.IntN(16), 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			d, err := content.ParseEDTF(day)
			if err != nil {
				b.Fatal(err)
			}
			values["occurredOn"] = d
		}
		sets <- content.ChangeSet{Author: "bench", Reason: "UPDATE", Changes: []content.Change{{Op: content.Update, Type: content.TypeNamed("Event"), Key: key, Values: values}}}
	}
	close(sets)
	writers.Wait()
}

// listed returns the keys of the events of the busy talk, the newest first.
func listed(b *testing.B, st *store.Store) []content.Key {
	b.Helper()
	events := &content.Selection{
		Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true,
		Page: content.Page{Size: 5000}, Sort: content.Sort{Field: "occurredOn", Descending: true},
	}
	talk := &content.Selection{Type: content.TypeNamed("Talk"), Slug: "talk-0", Rows: true, Children: []*content.Selection{events}}
	res, _, err := st.Read(b.Context(), content.View{}, []*content.Selection{talk})
	if err != nil {
		b.Fatal(err)
	}
	var keys []content.Key
	for _, l := range res[0].Children[0].Lists {
		for _, row := range l.Rows {
			keys = append(keys, row.Key)
		}
	}
	return keys
}

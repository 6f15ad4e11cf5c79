package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"parley/content"
)

// BenchmarkCold asks the three queries of bench/serve with other variables each time.
func BenchmarkCold(b *testing.B) {
	st, h := open(b)
	after := talkCursors(b, h)
	for _, c := range []struct {
		name, query string
		variables   func(i int) map[string]any
	}{
		{
			"list", `query($after: String) { talks(first: 20, after: $after) { nodes { title talkStatus mediators(first: 5) { name } } } }`,
			func(i int) map[string]any { return map[string]any{"after": after[i%len(after)]} },
		},
		{
			"deep", `query($slug: Slug!) { talk(slug: $slug) { events(first: 50, orderBy: {field: OCCURRED_ON, direction: DESC}) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`,
			func(i int) map[string]any { return map[string]any{"slug": fmt.Sprintf("talk-%d", i*7919%2000)} },
		},
		{
			"point", `query($id: ID!) { event(id: $id) { title eventKind outlook basis } }`,
			func(i int) map[string]any {
				slug := content.Slug(fmt.Sprintf("event-%d", i*7919%*events))
				return map[string]any{"id": content.NewID("Event", content.NamedKey("Event", slug))}
			},
		},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			before, begun := st.Statements(), worked(b)
			for i := 0; b.Loop(); i++ {
				askWith(b, h, c.query, c.variables(i))
			}
			b.ReportMetric(float64((worked(b)-begun).Microseconds())/float64(b.N), "cpu-us/op")
			b.ReportMetric(float64(st.Statements()-before)/float64(b.N), "statements/op")
		})
	}
}

// talkCursors returns the cursors of the first talks.
func talkCursors(tb testing.TB, h http.Handler) []string {
	tb.Helper()
	var answer struct {
		Data struct {
			Talks struct{ Edges []struct{ Cursor string } }
		}
	}
	if err := json.Unmarshal(ask(tb, h, "{ talks(first: 100) { edges { cursor } } }"), &answer); err != nil {
		tb.Fatal(err)
	}
	var list []string
	for _, e := range answer.Data.Talks.Edges {
		list = append(list, e.Cursor)
	}
	return list
}

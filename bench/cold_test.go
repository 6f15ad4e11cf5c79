package bench

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkCold asks the three queries of bench/serve about other items each time.
func BenchmarkCold(b *testing.B) {
	st, h := open(b)
	for _, c := range []struct{ name, query string }{
		{"deep", `{ talk(slug: "talk-%d") { events(first: 50, orderBy: {field: OCCURRED_ON, direction: DESC}) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`},
		{"point", `{ event(slug: "event-%d") { title eventKind outlook basis } }`},
	} {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			before, begun := st.Statements(), worked(b)
			for i := 0; b.Loop(); i++ {
				ask(b, h, fmt.Sprintf(c.query, i*7919%2000))
			}
			b.ReportMetric(float64((worked(b)-begun).Microseconds())/float64(b.N), "cpu-us/op")
			b.ReportMetric(float64(st.Statements()-before)/float64(b.N), "statements/op")
		})
	}
}

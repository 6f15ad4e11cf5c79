package store_test

import (
	"path/filepath"
	"testing"

	"parley/bench/data"
	"parley/store"
)

// BenchmarkWrite loads a set of 2,000 events as one revision.
func BenchmarkWrite(b *testing.B) {
	set := data.New(2000).ChangeSet()
	for b.Loop() {
		st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := st.Write(b.Context(), set); err != nil {
			b.Fatal(err)
		}
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(set.Items)), "us/item")
}

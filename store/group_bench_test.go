package store_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/content"
	"parley/store"
)

// BenchmarkCommit makes revisions of one change each: by one writer after another, and by 32 at once, who share commits.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 32} {
		for _, size := range []int{1, 100} {
			b.Run(fmt.Sprintf("writers=%d/changes=%d", writers, size), func(b *testing.B) {
				st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
				if err != nil {
					b.Fatal(err)
				}
				defer st.Close()
				var next atomic.Int64
				b.ResetTimer()
				before := cpu(b)
				var all sync.WaitGroup
				for range writers {
					all.Go(func() {
						for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
							changes := make([]content.Change, size)
							for i := range changes {
								changes[i] = content.Change{
									Op: content.Create, Type: content.TypeNamed("Source"),
									Slug: content.Slug(fmt.Sprintf("s-%d-%d", n, i)), Values: map[string]any{"title": "A source"},
								}
							}
							if _, err := st.Apply(b.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: changes}); err != nil {
								b.Error(err)
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "revisions/s")
				b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/revision")
			})
		}
	}
}

// cpu is the time that this process has had of a processor.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

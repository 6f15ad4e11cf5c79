package store_test

import (
	"context"
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

// BenchmarkCommit makes revisions: by one writer after another and by 32 at once, who share commits, of one change and of
// 100, beside no readers and 32. The readers ask for 20 sources again and again.
func BenchmarkCommit(b *testing.B) {
	for _, readers := range []int{0, 32} {
		for _, writers := range []int{1, 32} {
			for _, size := range []int{1, 100} {
				b.Run(fmt.Sprintf("readers=%d/writers=%d/changes=%d", readers, writers, size), func(b *testing.B) {
					commit(b, readers, writers, size)
				})
			}
		}
	}
}

func commit(b *testing.B, readers, writers, size int) {
	b.Helper()
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	whole := b.Context()
	ctx, cancel := context.WithCancel(whole)
	var all, reading sync.WaitGroup
	var reads atomic.Int64
	for range readers {
		reading.Go(func() {
			sel := &content.Selection{Type: content.TypeNamed("Source"), Rows: true, Fields: []string{"title"}, Page: content.Page{Size: 20}}
			for ctx.Err() == nil {
				if _, _, err := st.Read(whole, content.View{}, []*content.Selection{sel}); err != nil {
					b.Error(err)
				}
				reads.Add(1)
			}
		})
	}
	var next atomic.Int64
	b.ResetTimer()
	before := cpu(b)
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
				if _, err := st.Apply(whole, content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: changes}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	cancel()
	reading.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "revisions/s")
	if readers > 0 {
		b.ReportMetric(float64(reads.Load())/b.Elapsed().Seconds(), "reads/s")
	} else {
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/revision")
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

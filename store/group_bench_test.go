package store_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/bench/data"
	"parley/content"
	"parley/store"
)

// BenchmarkCommit makes revisions: by one writer after another and by 32 at once, who share commits, of one change and of
// 100, beside no readers and 32. The readers ask for 20 sources again and again. Beside rates it reports how many times
// as many revisions those are as one writer makes of one change beside as many readers, each in a commit of its own
// (of-single), and what is left of the rate that the readers had just before (of-unloaded).
func BenchmarkCommit(b *testing.B) {
	for _, readers := range []int{0, 32} {
		single := 0.0
		for _, writers := range []int{1, 32} {
			for _, size := range []int{1, 100} {
				b.Run(fmt.Sprintf("readers=%d/writers=%d/changes=%d", readers, writers, size), func(b *testing.B) {
					rate := commit(b, readers, writers, size)
					if writers == 1 && size == 1 {
						single = rate
					}
					b.ReportMetric(rate, "revisions/s")
					b.ReportMetric(rate*float64(size), "changes/s")
					if single > 0 {
						b.ReportMetric(rate/single, "of-single")
					}
				})
			}
		}
	}
}

// commit returns how many revisions a second are made.
func commit(b *testing.B, readers, writers, size int) float64 {
	b.Helper()
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	sources := func(n int64, most int) content.ChangeSet {
		changes := make([]content.Change, most)
		for i := range changes {
			changes[i] = content.Change{
				Op: content.Create, Type: content.TypeNamed("Source"),
				Slug: content.Slug(fmt.Sprintf("s-%d-%d", n, i)), Values: map[string]any{"title": "A source"},
			}
		}
		return content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: changes}
	}
	if _, err := st.Apply(b.Context(), sources(0, 20)); err != nil {
		b.Fatal(err)
	}
	reads, stop := read(b, st, readers)
	unloaded := reads.during(func() { time.Sleep(time.Second * time.Duration(min(readers, 1))) })
	var all sync.WaitGroup
	var next atomic.Int64
	whole := b.Context()
	b.ResetTimer()
	before := cpu(b)
	loaded := reads.during(func() {
		for range writers {
			all.Go(func() {
				for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
					if _, err := st.Apply(whole, sources(n, size)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
	})
	b.StopTimer()
	stop()
	if readers > 0 {
		b.ReportMetric(loaded, "reads/s")
		b.ReportMetric(loaded/unloaded, "of-unloaded")
	} else {
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/revision")
	}
	return float64(b.N) / b.Elapsed().Seconds()
}

// BenchmarkCreateEvent makes one event after another in a talk of a record with 2,000 events.
func BenchmarkCreateEvent(b *testing.B) {
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	set := data.New(2000).ChangeSet()
	if _, err := st.Write(b.Context(), set); err != nil {
		b.Fatal(err)
	}
	event := set.Items[len(set.Items)-1]
	before, n := cpu(b), 0
	for b.Loop() {
		n++
		values := maps.Clone(event.Values)
		values["title"] = fmt.Sprintf("Delegations met for the %dth time", n)
		change := content.Change{
			Op: content.Create, Type: event.Type, Slug: content.Slug(fmt.Sprintf("met-%d", n)), Values: values, Publication: &content.Publication{Status: content.PubUsable},
		}
		if _, err := st.Apply(b.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{change}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(n), "cpu-us/event")
}

// BenchmarkAuthenticate finds the holder of a token.
func BenchmarkAuthenticate(b *testing.B) {
	st, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	token, err := st.CreateToken(b.Context(), "desk", content.Editor, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	before := cpu(b)
	for b.Loop() {
		if _, err := st.Authenticate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/token")
}

// counter counts reads.
type counter struct{ atomic.Int64 }

// during returns how many there are a second while the function runs.
func (c *counter) during(f func()) float64 {
	begun, before := time.Now(), c.Load()
	f()
	return float64(c.Load()-before) / time.Since(begun).Seconds()
}

// read has so many readers read until stop is called.
func read(b *testing.B, st *store.Store, readers int) (reads *counter, stop func()) {
	b.Helper()
	whole := b.Context()
	ctx, cancel := context.WithCancel(whole)
	var reading sync.WaitGroup
	reads = &counter{}
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
	return reads, func() {
		cancel()
		reading.Wait()
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

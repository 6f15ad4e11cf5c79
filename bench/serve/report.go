package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// median returns the run in the middle by its rate.
func median(runs []load) load {
	runs = slices.SortedFunc(slices.Values(runs), func(a, b load) int { return cmp.Compare(a.rate(), b.rate()) })
	return runs[len(runs)/2]
}

// sayer returns what writes to w.
func sayer(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
}

// sayMachine says when and on what it was measured.
func sayMachine(say func(format string, args ...any)) {
	say("%s, %d cores, %s %s/%s\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH) //nolint:forbidigo // a measurement
}

// report writes the medians as a table of Markdown, with their ratios.
func report(w io.Writer, qs []query, results map[string][]load, servers []*server) {
	say := sayer(w)
	sayMachine(say)
	say("| query | server | requests/s | of the ceiling | of the floor | CPU us each | p50 us | p99 us |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	for _, q := range qs {
		for _, temperature := range []string{"cold", "hot"} {
			for _, name := range []string{"ceiling", "floor", "parley", "parley, kept answers"} {
				runs := results[q.name+" "+temperature+" "+name]
				if runs == nil {
					continue
				}
				l, top, bottom := median(runs), median(results[q.name+" "+temperature+" ceiling"]), median(results[q.name+" cold floor"])
				say("| %s, %s | %s | %.0f | %.2f | %.1f | %.0f | %.0f | %.0f |\n", q.name, temperature, name, l.rate(), l.rate()/top.rate(), l.rate()/bottom.rate(), l.each(), l.P50, l.P99)
			}
		}
	}
	for _, s := range servers {
		say("\nAnonymous memory of %s at the most: %d MiB", s.name, s.anon/1024)
	}
	say("\n")
}

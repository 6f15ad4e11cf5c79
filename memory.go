package main

import (
	"os"
	"runtime/debug"
)

// Most of the heap is garbage of answers that were sent: it is collected once the heap has grown to nine times what
// lives, which takes a quarter of the time from the deep query of bench/RESULTS.md, and earlier where the heap comes near
// the limit. The start makes less than that, so that nothing is collected before the first answer.
const (
	servePercent = 800
	serveRoom    = 128 << 20 // beside what the caches may take

	// Of the other commands, who read many items, little of the heap lives.
	commandPercent = 200
	commandRoom    = 128 << 20
)

// collectAt sets how much the heap grows before garbage is collected, unless GOGC does.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// limitMemory sets how large the heap may become before more garbage is collected, unless GOMEMLIMIT does.
func limitMemory(size int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(size)
	}
}

package main

import (
	"os"
	"runtime/debug"
)

// Most of the heap is garbage of answers that were sent: it is collected once the heap has grown to five times what
// lives, which took a fifth of the time from the deep query of bench/RESULTS.md, and earlier where the heap comes near
// the limit.
const (
	gcPercent = 400
	heapRoom  = 128 << 20 // beside what the caches may take

	loadPercent = 200
)

// tuneMemory sets when garbage is collected, unless GOGC and GOMEMLIMIT do.
func tuneMemory(c Caching) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapRoom + int64(c.DocumentCache) + int64(c.AnswerCache))
	}
}

// tuneLoad sets when garbage is collected while many items are read, unless GOGC does: little of the heap lives.
func tuneLoad() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(loadPercent)
	}
}

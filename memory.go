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
	heapRoom     = 128 << 20 // beside what the caches may take

	commandPercent = 200 // of the other commands, who read many items: little of the heap lives
)

// collectAt sets how much the heap grows before garbage is collected, unless GOGC does.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// limitMemory sets how large the heap of a service may become, unless GOMEMLIMIT does.
func limitMemory(c Caching) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapRoom + int64(c.DocumentCache) + int64(c.AnswerCache))
	}
}

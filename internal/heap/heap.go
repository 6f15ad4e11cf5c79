// Package heap tunes the garbage collector. Variables of the environment win: GOGC and GOMEMLIMIT.
package heap

import (
	"os"
	"runtime/debug"
)

// GrowBy sets by how many percent the heap grows before garbage is collected, unless GOGC does.
func GrowBy(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// Limit sets the size in bytes near which garbage is collected more often, unless GOMEMLIMIT does.
func Limit(bytes int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(bytes)
	}
}

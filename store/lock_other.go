//go:build !unix

package store

import (
	"io/fs"
	"os"
)

// tryLock locks nothing where the system has no locks of this kind: SQLite's own are what keeps a restore out there.
func tryLock(*os.File, bool) bool { return true }

// inodeOf is 0 where files have no numbers.
func inodeOf(fs.FileInfo) uint64 { return 0 }

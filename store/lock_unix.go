//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// tryLock locks an open file without waiting, shared or for this process alone, until the file is closed. It reports whether the
// lock was free; a file system without locks is taken for free.
func tryLock(f *os.File, alone bool) bool {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	return !errors.Is(err, syscall.EWOULDBLOCK)
}

// inodeOf is the number of a file in its file system.
func inodeOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}

//go:build unix

package store

import (
	"os"
	"syscall"
)

// mapped maps the first bytes of a file into memory, for as long as the process lives; nil where that cannot be done.
func mapped(f *os.File, size int) []byte {
	b, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil
	}
	return b
}

package store

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// Wide returns a sentence for each file of the database that its group or all users of the machine can read or write: the database,
// its write-ahead log, the index of the log, a rollback journal and the record file. SQLite gives what it makes beside a
// database the mode of the database. On Windows, where access is not kept in the mode, it returns none.
func (s *Store) Wide() []string {
	var list []string
	for _, ending := range []string{"", "-wal", "-shm", "-journal", "-record"} {
		info, err := os.Stat(s.path + ending)
		if err != nil || runtime.GOOS == "windows" {
			continue // it is not there
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			list = append(list, fmt.Sprintf("%s holds unpublished content and is accessible to other users (mode %#o): run chmod %#o %[1]s",
				s.path+ending, mode, mode&^fs.FileMode(0o077)))
		}
	}
	return list
}

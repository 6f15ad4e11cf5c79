package store

import (
	"io/fs"
	"os"
	"path/filepath"

	"parley/content"
)

// openFiles are the files of an open database by their names: the database, its write-ahead log and the index of that.
type openFiles map[string]fs.FileInfo

// openedFiles returns those of the files of a database that are there.
func openedFiles(path string, immutable bool) openFiles {
	files := openFiles{}
	for _, ending := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(path + ending); err == nil { //nolint:gosec,nolintlint // the operator names the database; not each run of gosec finds it
			files[path+ending] = info
		}
		if immutable {
			break // nothing but the database is read
		}
	}
	return files
}

// inPlace returns an error where a file was deleted, or another one moved over it: what is written then reaches a file that cannot be
// opened by its name, or a log that belongs to another database.
func (f openFiles) inPlace() error {
	for path, was := range f {
		if now, err := os.Stat(path); err != nil || !os.SameFile(was, now) {
			return content.Errorf(content.Unavailable, "%s was deleted or replaced while the service had it open: nothing is written; "+
				"stop the service, restore a backup (parley restore) if the file is gone, and start it again", filepath.Base(path))
		}
	}
	return nil
}

package store

import (
	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
)

// errFull says that a write found no room.
var errFull = content.Errorf(content.Unavailable, "the disk of the service is full: nothing was written")

// fault translates what SQLite says into what a client can act on; anything else stays as it is.
func fault(err error) error {
	code, ok := primary(err)
	if !ok {
		return err
	}
	switch code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return content.Errorf(content.Unavailable, "another process is writing: send it again in a moment")
	case sqlite3.SQLITE_FULL:
		return errFull
	case sqlite3.SQLITE_READONLY:
		return content.Errorf(content.Unavailable, "the database of the service cannot be written: nothing was written")
	default:
		return err
	}
}

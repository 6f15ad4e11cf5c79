package store

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
)

// fault translates what SQLite says into what a client can act on; anything else stays as it is. Primary codes are in
// the low byte.
func fault(err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch failed.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return content.Errorf(content.Unavailable, "another process is writing: send it again in a moment")
	case sqlite3.SQLITE_FULL:
		return content.Errorf(content.Unavailable, "the disk of the service is full: nothing was written")
	default:
		return err
	}
}

package store

import (
	"errors"

	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
	"parley/internal/crash"
)

// errFull is the error for a write to a full disk.
var errFull = content.Errorf(content.Unavailable, "the disk of the service is full: nothing was written")

// forOperator reports whether an error of a write is for those who run the service to see: a panic, or what SQLite says of the
// file, the disk or another process, and not of the content.
func forOperator(err error) bool {
	if _, panicked := errors.AsType[*crash.Error](err); panicked {
		return true
	}
	if errors.Is(err, errNotUTF8) {
		return true
	}
	code, ok := primary(err)
	if !ok {
		return false
	}
	switch code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS:
		return true
	default:
		return false
	}
}

// fault translates what SQLite says into what a client can act on; anything else stays as it is.
func fault(err error) error {
	if isDamage(err) {
		return errDamaged
	}
	code, ok := primary(err)
	if !ok {
		return err
	}
	switch code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return content.Errorf(content.Unavailable, "another process is writing: retry in a moment")
	case sqlite3.SQLITE_FULL:
		return errFull
	case sqlite3.SQLITE_READONLY:
		return content.Errorf(content.Unavailable, "the database of the service cannot be written: nothing was written")
	default:
		return err
	}
}

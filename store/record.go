package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"parley/content"
)

// The id of a record names one log of revisions. Two databases with the same id say the same at the same revision, so that entity
// tags, sync tokens and cursors can be compared by the id and a number. It is random in a new database. It is renewed where the log
// may have lost its end, or continue in two places: by Restore, and when a database is opened to be written and its record file
// (see recordFile) is missing, is of another file or another record, or knows of a later revision than the database has. That is the
// case for a copy, a database whose write-ahead log was left behind or removed, and a backup that was moved or copied over a database.

// errRenewed is the error for a file whose record has another id than it had when it was opened.
var errRenewed = content.Errorf(content.Unavailable, "the database holds another record than when the service opened it: restart the service")

const readRecord = "SELECT id FROM record"

// Record returns the id of the record that the store was opened with. It is empty for a database of an older schema.
func (s *Store) Record() string { return s.record }

// newRecordID returns a random id.
func newRecordID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// settleRecord reads the id of the record, and renews it unless it is certain that the log continues from where it was left.
func (s *Store) settleRecord(ctx context.Context) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return unwrapPath(err)
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("read the id of the record: %w", err)
	}
	if has, err := hasRecord(ctx, tx); err != nil || !has {
		return errors.Join(err, tx.Rollback())
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do
	now := recordMark{inode: inodeOf(info)}
	if err := tx.QueryRowContext(ctx, "SELECT id, (SELECT COALESCE(MAX(number), 0) FROM revision) FROM record").Scan(&now.id, &now.head); err != nil {
		return fmt.Errorf("read the id of the record: %w", err)
	}
	was, ok := s.recordFile.read()
	if !ok || was.id != now.id || was.inode != now.inode || was.head > now.head {
		now.id = newRecordID()
		if _, err := tx.ExecContext(ctx, "UPDATE record SET id = $1", now.id); err != nil {
			return fmt.Errorf("renew the id of the record: %w", err)
		}
	}
	s.recordFile.write(now) // should the commit fail, the two differ and the next to open the database renews the id
	s.record = now.id
	return tx.Commit()
}

// renewRecord gives the record of a database file that is not in use another id, and returns it. A file of a schema without ids gets
// one when it is migrated.
func renewRecord(ctx context.Context, path string) (id string, err error) {
	db, err := sql.Open("sqlite", dsn(path, "rw", "_pragma=synchronous(FULL)"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if has, err := hasRecord(ctx, db); err != nil || !has {
		return "", err
	}
	id = newRecordID()
	_, err = db.ExecContext(ctx, "UPDATE record SET id = $1", id)
	return id, err
}

// hasRecord reports whether the schema of a database has ids of records.
func hasRecord(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (has bool, err error) {
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'record'").Scan(&has); err != nil {
		return false, fmt.Errorf("find the id of the record: %w", err)
	}
	return has, nil
}

// checkRecordID refuses a file whose record has another id than the given one: inside a transaction that is exact.
func checkRecordID(ctx context.Context, st *statements, id string) error {
	if id == "" {
		return nil // the schema is from before there were ids
	}
	found := id
	switch err := st.query(unwatched(ctx), readRecord, nil, func(row *row) error { return row.Scan(&found) }); {
	case err != nil:
		return fmt.Errorf("read the id of the record: %w", err)
	case found != id:
		return errRenewed
	}
	return nil
}

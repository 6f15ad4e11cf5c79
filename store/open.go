package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
	"parley/store/sqlgen"
)

// access is how a store opens its file.
type access int

const (
	migrating     access = iota // creates the file where there is none, and brings it to the newest schema
	writing                     // writes, and leaves the schema as it is
	reading                     // changes nothing
	readingOlders               // changes nothing, and takes an older schema too
)

// errReadOnly refuses a write to a store that was opened to be read.
var errReadOnly = content.Errorf(content.Unavailable, "this service is read-only")

// Opened describes the changes that [Open] made to a file before it could be used.
type Opened struct {
	// From and To are the versions of its schema before and after; From is 0 for a new file.
	From, To int
	// Underived counts the revisions whose derived data was missing and is now made, see [Store.Rebuild].
	Underived int
}

// String returns the changes in one line; it is empty where there were none.
func (o Opened) String() string {
	text := ""
	if o.From > 0 && o.From < o.To {
		text = fmt.Sprintf("the schema was brought from version %d to %d", o.From, o.To)
	}
	if o.Underived > 0 {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("derived data was rebuilt: %d revisions were written without it", o.Underived)
	}
	return text
}

// Open opens or creates the database file at path for reading and writing, and brings it to the newest schema;
// [Store.Opened] returns what that took. A file that is not a parley database, cannot be written, or has a newer schema
// than this program knows is left as it is. A new file is for its owner alone to read.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	return openAs(ctx, path, migrating, nil, options...)
}

// Option sets how a store opens its file.
type Option func(*Store)

// NoMmap has readers read the file by calls of the system and not map it into memory. Reads are slower, and another program that
// makes the file shorter causes errors where it would end the process.
func NoMmap(s *Store) { s.noMmap = true }

// The bounds of a store that is opened without MaxResidual and MaxObjects.
const (
	DefaultResidual = sqlgen.DefaultResidual
	DefaultObjects  = 20_000
)

// MaxResidual bounds how many rows a list scans for conditions without an index; DefaultResidual where it is not given.
func MaxResidual(rows int) Option { return func(s *Store) { s.residual = rows } }

// MaxObjects bounds how many rows one operation reads; DefaultObjects where it is not given.
func MaxObjects(rows int) Option { return func(s *Store) { s.objects = rows } }

// OpenToWrite opens a database file that has the schema of this program, for reading and writing. An older schema is an
// error that names the command parley migrate.
func OpenToWrite(ctx context.Context, path string) (*Store, error) {
	return openAs(ctx, path, writing, nil)
}

// OpenToRead opens a database file that has the schema of this program and never writes to it: also on a medium that
// cannot be written. The writing methods of the store return an UNAVAILABLE error.
func OpenToRead(ctx context.Context, path string, options ...Option) (*Store, error) {
	return openAs(ctx, path, reading, nil, options...)
}

// OpenOlderToRead is [OpenToRead] for those who read no content, such as the list of tokens: an older schema will do.
func OpenOlderToRead(ctx context.Context, path string) (*Store, error) {
	return openAs(ctx, path, readingOlders, nil)
}

// openAs opens a file as a program with those migrations does; nil are those of this program.
func openAs(ctx context.Context, path string, a access, list []migration, options ...Option) (_ *Store, err error) {
	if list == nil {
		if list, err = steps(); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(registerCoveringRow(), provideFolding()); err != nil {
		return nil, err
	}
	s := &Store{path: path, schema: len(list), residual: DefaultResidual, frequent: sqlgen.DefaultFrequent, objects: DefaultObjects}
	s.now = time.Now //nolint:forbidigo // the edge where the clock is read
	s.uses.closed = a >= reading
	for _, set := range options {
		set(s)
	}
	if a >= reading {
		err = s.openToRead(ctx, path, a, list)
	} else {
		err = s.openToWrite(ctx, path, a, list)
	}
	if err == nil {
		err = s.openHeadCache(ctx, path)
	}
	if a >= reading {
		s.files = openedFiles(path, s.how.immutable())
	}
	if err == nil && a == migrating {
		err = errors.Join(s.canonicalize(ctx), s.resumeRewrite(ctx))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, fileFault(path, err)), s.Close()) //nolint:contextcheck // it closes whatever ctx says
	}
	return s, nil
}

// openToWrite opens the pool of readers and the writer.
func (s *Store) openToWrite(ctx context.Context, path string, a access, list []migration) (err error) {
	if a == migrating {
		if err := createFile(path); err != nil {
			return err
		}
	}
	if s.recordFile, err = openRecordFile(path, false, true); err != nil {
		return err
	}
	if s.writer, err = sql.Open("sqlite", dsn(path, "rw", "_txlock=immediate&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&"+logSize+cellSizes)); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.openReaders(path, readable{"ro", "_pragma=query_only(1)"}); err != nil {
		return err
	}
	reader := s.sessions.ahead(ctx)
	defer func() { <-reader }()
	if a == migrating {
		s.opened.From, err = s.migrate(ctx, list)
		s.opened.To = len(list)
	} else {
		err = newestOnly(ctx, s.writer, list)
	}
	if err != nil {
		return err
	}
	if err := s.settleRecord(ctx); err != nil {
		return err
	}
	s.files = openedFiles(path, false)
	if s.queue, err = openWriteQueue(ctx, s, len(list)); err != nil {
		return err
	}
	if a == writing {
		return nil
	}
	if s.opened.Underived, err = s.underived(ctx); err != nil || s.opened.Underived == 0 {
		return err
	}
	return s.Rebuild(ctx)
}

// openToRead opens the pool of readers alone.
func (s *Store) openToRead(ctx context.Context, path string, a access, list []migration) error {
	var err error
	if s.recordFile, err = openRecordFile(path, false, false); err != nil {
		return err
	}
	how, err := findReadable(ctx, path, false)
	if err != nil {
		return err
	}
	s.queue = closedWriteQueue()
	if err := s.openReaders(path, how); err != nil {
		return err
	}
	if a == readingOlders {
		_, err = version(ctx, s.readers, list)
		return err
	}
	if err := newestOnly(ctx, s.readers, list); err != nil {
		return err
	}
	if err := s.query(ctx, readRecord, nil, func(row *row) error { return row.Scan(&s.record) }); err != nil {
		return fmt.Errorf("read the id of the record: %w", err)
	}
	if missing, err := s.underived(ctx); err != nil || missing > 0 {
		return errors.Join(err, errUnderived)
	}
	return nil
}

func (s *Store) openReaders(path string, how readable) (err error) {
	s.how = how
	size, check := mapSize, ""
	if s.noMmap {
		size, check = 0, cellSizes
	}
	if s.readers, err = sql.Open("sqlite", dsn(path, how.mode, how.options+"&_pragma=mmap_size("+strconv.Itoa(size)+")"+check)); err != nil {
		return err
	}
	n := min(max(runtime.GOMAXPROCS(0), 4), 10)
	s.readers.SetMaxOpenConns(2*n + 1) // half of them are sessions, one watches the newest revision
	s.readers.SetMaxIdleConns(n)
	s.sessions = newSessions(s.readers, n, &s.damage)
	return nil
}

// Opened returns what was done to the file when it was opened.
func (s *Store) Opened() Opened { return s.opened }

// createFile makes an empty file that its owner alone can read, where there is none. SQLite gives its log the same mode.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names it
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return unwrapPath(err)
	}
	return f.Close()
}

// readable is how a file can be opened to be read: a mode of SQLite, and options.
type readable struct{ mode, options string }

func (r readable) immutable() bool { return r.options == immutable }

// immutable has SQLite read the file alone, without a log, a lock or a check for writers: on a medium that cannot be
// written.
const immutable = "immutable=1"

// findReadable returns how a file can be read. While it has a write-ahead log it is read with it, which takes an index of
// the log beside it. Where there is no log the file is not in use, and SQLite removes what it makes beside it, if it can
// make anything; else, and at once where the caller knows the file as unused, it is read as immutable.
func findReadable(ctx context.Context, path string, unused bool) (readable, error) {
	log, err := os.Stat(path + "-wal") //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
	ways := []readable{{"rw", "_pragma=query_only(1)"}, {"ro", immutable}}
	switch {
	case err == nil && log.Size() > 0:
		ways = []readable{{"ro", "_pragma=query_only(1)"}}
	case err == nil:
		ways[0].mode = "ro"
	case unused:
		ways = ways[1:]
	}
	for _, way := range ways {
		if err = probe(ctx, path, way); err == nil || !denied(err) {
			return way, err
		}
	}
	if log != nil && log.Size() > 0 {
		return readable{}, fmt.Errorf("it has a write-ahead log (%s-wal, %d bytes), which cannot be read from a read-only medium: "+
			"copy both files to a writable folder, or close the database with the program that wrote it", filepath.Base(path), log.Size())
	}
	return readable{}, err
}

// probe opens a file and reads its schema.
func probe(ctx context.Context, path string, how readable) (err error) {
	db, err := sql.Open("sqlite", dsn(path, how.mode, how.options))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	return db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables)
}

// denied reports whether the system does not let SQLite have a file, or what it keeps beside it.
func denied(err error) bool {
	code, ok := primary(err)
	return ok && (code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_IOERR)
}

// primary is the primary code of an error of SQLite, which is in its low byte.
func primary(err error) (code int, ok bool) {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return 0, false
	}
	return failed.Code() & 0xff, true
}

// fileFault returns the error of the file system for which SQLite does not open a file.
func fileFault(path string, err error) error {
	code, ok := primary(err)
	if !ok {
		return err
	}
	switch code {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		f, err := os.Open(path) //nolint:gosec // the operator names it
		if err != nil {
			return unwrapPath(err)
		}
		_ = f.Close()
		return errors.New("the file or its folder is not writable, and the database keeps its log in that folder: " +
			"make both writable for this user, or serve it with --read-only")
	case sqlite3.SQLITE_NOTADB:
		return errors.New("it is not a database")
	case sqlite3.SQLITE_CORRUPT:
		return errors.New("the file is damaged: restore a backup (parley restore)")
	case sqlite3.SQLITE_FULL:
		return errors.New("the disk is full: nothing was written")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errors.New("another process is writing to it: retry in a moment")
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the file system failed (SQLite code %d): the disk may be full or broken", code)
	}
	return err
}

// unwrapPath leaves out the name of a file, which the message has already.
func unwrapPath(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}

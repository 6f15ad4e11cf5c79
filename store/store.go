// Package store keeps content in SQLite. It migrates the file, makes one revision of each change set, and answers a
// content.Selection breadth-first with one statement for each relation on each level.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// mapSize is how much of the database file readers look at in the memory of the system, the most that SQLite allows.
// They then copy no pages and keep none, each for itself. To make the file shorter where a reader looks would end the
// program: SQLite makes it shorter only where none does, and parley restores into a new file. A disc that cannot read a page
// there ends it too; what was acknowledged is on the disc by then, as after any other end.
const mapSize = 2<<30 - 64<<10

// Store is an open database: a pool of readers and one writer. It is safe for use by many goroutines.
type Store struct {
	readers, writer *sql.DB
	sessions        *sessions
	holder          holder
	headWatch       headWatch
	desk            *desk // it holds the one connection of writer
	bell            bell  // rings after each commit
	statements      atomic.Int64
	trace           func(query string, args []any)
	now             func() time.Time
	residual        int
	objects         int
	frequent        int
	uses            uses
}

// logSize is how long the write-ahead log gets: once it has 4,000 pages they are copied into the database file, each once
// however often it was written, and of the log's file at most 64 MiB are kept.
const logSize = "_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)"

// Open opens or creates the database file at path and brings it to the newest schema. A file that is no parley
// database, cannot be written, or has a newer schema than this program knows is left as it is.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{now: time.Now, residual: defaultResidual, frequent: defaultFrequent, objects: defaultObjects} //nolint:forbidigo // the edge where the clock is read
	err := errors.Join(provideCards(), provideFolding())
	if err != nil {
		return nil, err
	}
	if s.writer, err = sql.Open("sqlite", dsn(path, "rwc", "_txlock=immediate&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&"+logSize)); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.writer.SetMaxOpenConns(1)
	if s.readers, err = sql.Open("sqlite", dsn(path, "ro", "_pragma=query_only(1)&_pragma=mmap_size("+strconv.Itoa(mapSize)+")")); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	n := min(max(runtime.GOMAXPROCS(0), 4), 10)
	s.readers.SetMaxOpenConns(2*n + 1) // half of them are sessions, one watches the newest revision
	s.readers.SetMaxIdleConns(n)
	s.sessions = newSessions(s.readers, n)
	reader := s.sessions.ahead(ctx)
	err = s.openWriter(ctx)
	<-reader
	if err != nil {
		s.sessions.close()
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.readers.Close(), s.writer.Close())
	}
	if err = s.watchHead(ctx, path); err == nil {
		err = s.canonicalise(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, s.Close())) //nolint:contextcheck // it closes whatever ctx says
	}
	return s, nil
}

// openWriter brings the file to the newest schema and opens the desk.
func (s *Store) openWriter(ctx context.Context) error {
	err := s.migrate(ctx)
	if err == nil {
		s.desk, err = openDesk(ctx, s.writer, func() time.Time { return s.now() })
	}
	return err
}

func dsn(path, mode, options string) string {
	u := url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path))}
	u.Opaque = strings.ReplaceAll(u.Opaque, "%2F", "/")
	return u.String() + "?mode=" + mode + "&_pragma=busy_timeout(5000)&_pragma=temp_store(MEMORY)&" + options
}

// Close checkpoints the write-ahead log into the database file and closes it.
func (s *Store) Close() error {
	used := s.writeUses(context.Background(), s.uses.close())
	err := s.desk.close()
	_, checkpoint := s.writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	s.headWatch.close()
	s.sessions.close()
	return errors.Join(used, s.readers.Close(), err, checkpoint, s.writer.Close())
}

// Statements returns how many statements reads have run so far.
func (s *Store) Statements() int64 { return s.statements.Load() }

// LimitResidual bounds how many rows a list walks for tests that no index serves: 50,000 unless it is set, before the
// store is used.
func (s *Store) LimitResidual(rows int) { s.residual = rows }

// LimitObjects bounds how many rows one operation reads: 20,000 unless it is set, before the store is used.
func (s *Store) LimitObjects(rows int) { s.objects = rows }

// Trace makes the store report each statement that a read runs, with its operands. It is set before the store is used.
func (s *Store) Trace(f func(query string, args []any)) { s.trace = f }

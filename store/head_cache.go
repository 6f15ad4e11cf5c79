package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"parley/content"
)

// headSize is the length of the header of SQLite's WAL index: two copies of what every commit, by any process, changes
// (https://www.sqlite.org/walformat.html, "The WAL-Index File Format").
const headSize = 96

// headCache knows the newest revision without a statement, as long as the header of the WAL index is what it was when the
// revision was read: a look at a few bytes instead of a read transaction.
type headCache struct {
	index  *walIndex // nil where there is none: then each look is a statement; never closed, see indexes
	anchor *sql.Conn // an open connection keeps the index from being created again
	last   atomic.Pointer[headEntry]
}

// headEntry is a revision with the header that it was read under.
type headEntry struct {
	header [headSize]byte
	heads  content.Heads
}

func (s *Store) openHeadCache(ctx context.Context, path string) error {
	var err error
	if s.heads.anchor, err = s.readers.Conn(ctx); err != nil {
		return fmt.Errorf("open a reader: %w", err)
	}
	var n int64 // from here on the connection holds a lock on the file; it need not know the schema for that
	if err := s.heads.anchor.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n); err != nil {
		return fmt.Errorf("lock the index of the write-ahead log: %w", err)
	}
	if !s.how.immutable() {
		s.heads.index = indexes().open(path + "-shm")
	}
	return nil
}

func (w *headCache) close() {
	if w.anchor != nil {
		_ = w.anchor.Close()
	}
}

// walIndex is the file of a WAL index.
type walIndex struct {
	file   *os.File
	mapped []byte // its header in memory, as SQLite has it too; nil where files are not mapped
}

// indexes are the WAL indexes that this process reads, for as long as it lives. Closing a file lets go of all locks that
// the process has on it, those of SQLite's connections too, so none is ever closed.
var indexes = sync.OnceValue(func() *openIndexes { return &openIndexes{} })

type openIndexes struct {
	mu   sync.Mutex
	list []*walIndex
}

// open opens a WAL index, or returns the one that is open; nil where it cannot be read.
func (o *openIndexes) open(path string) *walIndex {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, err := os.Stat(path) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
	if err != nil {
		return nil
	}
	for _, x := range o.list {
		if was, err := x.file.Stat(); err == nil && os.SameFile(was, now) {
			return x
		}
	}
	f, err := os.Open(path) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
	if err != nil {
		return nil
	}
	x := &walIndex{file: f}
	if now.Size() >= headSize { // it is not made shorter while a connection is open
		x.mapped = mapped(f, headSize)
	}
	o.list = append(o.list, x)
	return x
}

// header reads the header; ok is false where a commit is writing it.
func (w *headCache) header() (h [headSize]byte, ok bool) {
	if w.index == nil {
		return h, false
	}
	n := copy(h[:], w.index.mapped)
	if n == 0 {
		n, _ = w.index.file.ReadAt(h[:], 0)
	}
	return h, n == headSize && [headSize / 2]byte(h[:headSize/2]) == [headSize / 2]byte(h[headSize/2:])
}

// get returns the newest revision with its header, or nil where a statement has to read it.
func (w *headCache) get() *headEntry {
	last := w.last.Load()
	if last == nil || !w.isCurrent(last) {
		return nil
	}
	return last
}

// isCurrent reports whether nothing was written since a sighting.
func (w *headCache) isCurrent(s *headEntry) bool {
	h, ok := w.header()
	return ok && h == s.header
}

// store keeps a revision that was read after the header, if nothing was written in between.
func (w *headCache) store(before [headSize]byte, heads content.Heads) {
	if s := (&headEntry{before, heads}); w.isCurrent(s) {
		w.last.Store(s)
	}
}

// Head returns the newest revision, 0 in an empty store.
func (s *Store) Head(ctx context.Context) (content.Revision, error) {
	heads, err := s.Heads(ctx)
	return heads.Newest, err
}

// Heads returns the newest revision, and the newest of which readers without a token see anything; 0 where there is none.
func (s *Store) Heads(ctx context.Context) (content.Heads, error) {
	if last := s.heads.get(); last != nil {
		return last.heads, nil
	}
	var n content.Heads
	session, err := s.sessions.take(ctx)
	if err != nil {
		return n, err
	}
	defer s.sessions.give(session)
	before, _ := s.heads.header()
	err = session.once(func(sn *snapshot) error {
		n, err = s.readHeads(ctx, sn)
		return err
	})
	if err != nil {
		return content.Heads{}, err
	}
	s.heads.store(before, n)
	return n, nil
}

// readHeads reads the newest revisions from a snapshot, and refuses a schema that is newer than this program: what it would
// show and hide is not what this program knows.
func (s *Store) readHeads(ctx context.Context, n *snapshot) (heads content.Heads, err error) {
	if err := checkSchema(ctx, &n.statements, s.schema); err != nil {
		return heads, err
	}
	if err := checkRecordID(ctx, &n.statements, s.record); err != nil {
		return heads, err
	}
	if err := n.query(unwatched(ctx), newestOfAll, nil, func(row *row) error { return row.Scan(&heads.Newest, &heads.Public) }); err != nil {
		return heads, fmt.Errorf("read the newest revision: %w", err)
	}
	return heads, nil
}

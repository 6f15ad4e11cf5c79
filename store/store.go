package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
	sqlite3 "modernc.org/sqlite/lib"
)

// mapSize is how much of the database file readers look at in the memory of the system, the most that SQLite allows.
// They then copy no pages and keep none, each for itself. To make the file shorter where a reader looks ends the
// program: SQLite makes it shorter only where none does, and parley restores into a new file, but cp over the file does. A disc
// that cannot read a page there ends it too; what was acknowledged is on the disc by then, as after any other end. [NoMmap] is
// for those who cannot rule that out.
const mapSize = 2<<30 - 64<<10

// Store is an open database: a pool of readers and one writer. It is safe for use by many goroutines.
type Store struct {
	path            string
	schema          int // version of the schema that this program works with
	opened          Opened
	record          string // id of the record
	recordFile      *recordFile
	files           openFiles
	noMmap          bool
	damage          damage
	how             readable // how it is read
	readers, writer *sql.DB  // writer is nil where the store only reads
	sessions        *sessions
	tables          tableCache
	heads           headCache
	queue           *writeQueue  // it holds the one connection of writer, if there is one
	commits         commitSignal // rings after each commit
	revoked         commitSignal // rings after each revocation of a token
	statements      atomic.Int64
	trace           func(query string, args []any)
	now             func() time.Time
	residual        int
	objects         int
	frequent        int
	uses            uses
	report          atomic.Pointer[func(error)]
}

// logSize is how long the write-ahead log gets: once it has 4,000 pages they are copied into the database file, each once
// however often it was written, and of the log's file at most 64 MiB are kept.
const logSize = "_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)"

// cellSizes has SQLite look whether the cells of a page can have the sizes that they say, whenever it takes the page in. Readers that map
// the file take a page in at each look, and do without: it costs them a tenth of the time of a short read.
const cellSizes = "&_pragma=cell_size_check(1)"

// busyTimeout is how many milliseconds a connection waits for a lock.
const busyTimeout = 5000

func dsn(path, mode, options string) string {
	u := url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path))}
	u.Opaque = strings.ReplaceAll(u.Opaque, "%2F", "/")
	return u.String() + "?mode=" + mode + "&_pragma=busy_timeout(" + strconv.Itoa(busyTimeout) + ")&_pragma=temp_store(MEMORY)&" + options
}

// Close checkpoints the write-ahead log into the database file and closes it.
func (s *Store) Close() error {
	var errs []error
	if s.writer != nil && s.queue != nil {
		errs = append(errs, s.writeUses(context.Background(), s.uses.close()), s.queue.close())
		_, err := s.writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		errs = append(errs, err)
	}
	s.heads.close()
	if s.sessions != nil {
		s.sessions.close()
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	errs = append(errs, s.recordFile.close())
	return errors.Join(errs...)
}

// Statements returns how many statements reads have run so far.
func (s *Store) Statements() int64 { return s.statements.Load() }

// ReportWrites makes the store call report after each write: with an error that an operator has to see, such as a full disk,
// damage of the file or a panic beside a request, or with nil. Errors of clients are not reported. It calls it from several
// goroutines.
func (s *Store) ReportWrites(report func(error)) { s.report.Store(&report) }

// reportWrite reports the result of a write to the function of ReportWrites.
func (s *Store) reportWrite(err error) {
	report := s.report.Load()
	if report == nil || err != nil && !forOperator(err) {
		return
	}
	if code, _ := primary(err); code == sqlite3.SQLITE_FULL {
		err = errFull // the same cause whatever was to be written, so that the log has it once
	}
	(*report)(err)
}

// Trace makes the store report each statement that a read runs, with its operands. It is set before the store is used.
func (s *Store) Trace(f func(query string, args []any)) { s.trace = f }

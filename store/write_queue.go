package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/content"
	"parley/internal/fold"
	"parley/internal/lru"
)

// Bounds of a batch: the jobs that are committed in one transaction.
const (
	maxBatch  = 128
	batchTime = 5 * time.Millisecond
)

// errClosed is returned for jobs that arrive after close.
var errClosed = content.Errorf(content.Unavailable, "the service is stopping: retry in a moment")

var errUnset = errors.New("a setting of the write connection was not applied")

// job is one write: it is committed whole or rolled back whole.
type job struct {
	ctx context.Context
	run func(context.Context, *writer) error
	// noSavepoint marks a job that rarely fails once it has begun to write. It runs without a savepoint, at each of which the text
	// indexes flush what they have gathered, which costs more than a small job. Should it fail, the rest of its batch is run again.
	noSavepoint bool
	bulk        bool                        // of many items
	outside     func(context.Context) error // in place of run, outside of any transaction
	texts       *derivedTexts
	err         error
	done        chan struct{}
}

// writeQueue is the only writer. One goroutine owns the write connection and commits queued jobs in batches; callers are
// acknowledged after COMMIT. A failed job is rolled back to its savepoint and does not affect the rest of its batch; where it had
// no savepoint, the rest of the batch is run again.
type writeQueue struct {
	statements
	conn   *sql.Conn
	keys   *fold.Keyer
	texts  *lru.Cache[derivation, string] // that were derived
	last   lastRevision                   // newest revision of the open transaction; zero before it is read
	schema int                            // version of the schema that it writes
	record string                         // id of the record that it writes
	mark   *recordFile                    // says how far the record was written
	files  openFiles                      // that it writes to
	damage *damage                        // of the file, where a job meets it
	unfit  error                          // why it does not write, until its settings hold again
	full   atomic.Bool                    // whether the last write found the disk full
	jobs   chan *job
	loads  chan *job // of many items
	// rewrites are jobs outside of any transaction, such as one that rewrites the file.
	rewrites chan *job
	closing  chan struct{}
	refusal  error // of jobs that come once it is closing
	closed   chan struct{}
	ended    error       // what went wrong with the connection, once it is closed
	report   func(error) // is called for each write, see [Store.ReportWrites]
	now      func() time.Time
	// watchTexts is called for each text that is derived in the queue, by tests.
	watchTexts func(derivation)
}

// openWriteQueue starts the goroutine.
func openWriteQueue(ctx context.Context, s *Store, schema int) (*writeQueue, error) {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the write connection: %w", err)
	}
	if _, err := conn.ExecContext(ctx, scratch); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare to write: %w", err), conn.Close())
	}
	q := &writeQueue{
		conn: conn, statements: statements{most: 5 * maxStatements, kept: map[string]statement{}}, keys: fold.NewKeyer(), texts: lru.New[derivation, string](keptTexts), schema: schema, now: func() time.Time { return s.now() },
		report: s.reportWrite, record: s.record, mark: s.recordFile, files: s.files, damage: &s.damage,
		jobs: make(chan *job), loads: make(chan *job), rewrites: make(chan *job), closing: make(chan struct{}), refusal: errClosed, closed: make(chan struct{}),
	}
	go q.own() //nolint:contextcheck // each job brings its own
	return q, nil
}

// closedWriteQueue refuses every job: that of a store which only reads.
func closedWriteQueue() *writeQueue {
	q := &writeQueue{texts: lru.New[derivation, string](0), closing: make(chan struct{}), refusal: errReadOnly}
	close(q.closing)
	return q
}

// own runs the goroutine: it holds the driver's connection until the queue is closed.
func (q *writeQueue) own() {
	defer close(q.closed)
	q.ended = q.conn.Raw(func(c any) error {
		q.driven = c
		q.serve()
		return q.statements.close()
	})
}

// close waits for the running batch and ends the goroutine.
func (q *writeQueue) close() error {
	close(q.closing)
	<-q.closed
	return errors.Join(q.ended, q.conn.Close())
}

// do runs a job and returns once it is on disk. A job whose ctx ends before its turn does not run; a running job looks at ctx
// between its items. A job that lacks texts runs again once they are derived.
func (q *writeQueue) do(ctx context.Context, run func(context.Context, *writer) error) error {
	return q.wait(q.jobs, &job{ctx: ctx, run: run, texts: q.textsOfJob()})
}

// wait queues a job until it has run with all texts that it needs.
func (q *writeQueue) wait(queue chan<- *job, j *job) error {
	for {
		j.done = make(chan struct{})
		select {
		case queue <- j:
		case <-j.ctx.Done():
			return fmt.Errorf("wait to write: %w", j.ctx.Err())
		case <-q.closing:
			return q.refusal
		}
		<-j.done
		if !j.texts.lacking() {
			break
		}
		if err := j.texts.complete(j.ctx); err != nil {
			return err
		}
	}
	q.report(j.err)
	j.err = fault(q.damage.note(j.err))
	if isFull := errors.Is(j.err, errFull); isFull || j.err == nil {
		q.full.Store(isFull)
	}
	return j.err
}

func (q *writeQueue) serve() {
	for {
		select {
		case j := <-q.jobs:
			q.batch(j)
		case j := <-q.loads:
			q.load(j)
		case j := <-q.rewrites:
			q.rewrite(j)
		case <-q.closing:
			return
		}
	}
}

// load runs a job that writes many items, alone. Its long sorts use files in place of memory, in a second thread, and the job
// checks the references of its items itself, which SQLite would check at each row.
func (q *writeQueue) load(j *job) {
	ctx := context.WithoutCancel(j.ctx)
	defer close(j.done)
	if j.err = q.set(ctx, "FILE", false); j.err == nil {
		q.batch(j)
	}
	q.unfit = q.set(ctx, "MEMORY", true)
	j.err = errors.Join(j.err, q.unfit)
}

// set chooses where long sorts and the tables of scratch are kept, and whether SQLite checks references.
func (q *writeQueue) set(ctx context.Context, sorts string, references bool) error {
	err := q.execOnce(ctx, fmt.Sprintf("PRAGMA threads = 1; PRAGMA temp_store = %s; PRAGMA foreign_keys = %t; %s", sorts, references, scratch))
	if err != nil {
		return fmt.Errorf("configure the write connection: %w", err)
	}
	looks := !references
	err = q.query(ctx, "SELECT foreign_keys FROM pragma_foreign_keys", nil, func(row *row) error { return row.Scan(&looks) })
	if err != nil {
		return fmt.Errorf("read the settings of the write connection: %w", err)
	}
	if looks != references {
		return errUnset
	}
	return nil
}

// batch runs a job and the jobs that wait behind it in one transaction.
func (q *writeQueue) batch(first *job) {
	ctx := context.WithoutCancel(first.ctx)
	var jobs []*job
	defer func() {
		for _, j := range jobs {
			if !j.bulk {
				close(j.done)
			}
		}
	}()
	if err := q.begin(ctx); err != nil {
		jobs, first.err = append(jobs, first), err
		return
	}
	start := q.now()
	for j := first; j != nil; {
		jobs = append(jobs, j)
		if spoiled := q.runJob(j); spoiled {
			q.retryAlone(ctx, jobs)
			return
		}
		j = nil
		if !first.bulk && len(jobs) < maxBatch && q.now().Sub(start) < batchTime {
			select {
			case j = <-q.jobs:
			default:
			}
		}
	}
	switch err := q.command(ctx, "COMMIT"); {
	case err != nil && len(jobs) > 1:
		q.retryAlone(ctx, jobs) // one of them alone is at fault
	case err != nil:
		_ = q.command(ctx, "ROLLBACK") // a failed commit may have done so itself
		first.err = errors.Join(first.err, fmt.Errorf("commit: %w", err))
	default:
		q.mark.advance(q.last.number)
	}
}

// begin opens a transaction.
func (q *writeQueue) begin(ctx context.Context) error {
	q.last = lastRevision{}
	if q.unfit != nil { // it may have been the disk, which has room again
		if q.unfit = q.set(ctx, "MEMORY", true); q.unfit != nil {
			return q.unfit
		}
	}
	if err := q.files.inPlace(); err != nil {
		return err
	}
	if err := q.command(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	err := checkSchema(ctx, &q.statements, q.schema)
	if err == nil {
		err = checkRecordID(ctx, &q.statements, q.record)
	}
	if err != nil {
		_ = q.command(ctx, "ROLLBACK") // nothing was written
	}
	return err
}

// retryAlone rolls back a batch that cannot be committed, and runs each of its jobs under a savepoint in its own transaction.
func (q *writeQueue) retryAlone(ctx context.Context, jobs []*job) {
	_ = q.command(ctx, "ROLLBACK") // a failed commit may have done so itself
	for _, j := range jobs {
		j.noSavepoint = false
		if j.err = q.begin(ctx); j.err != nil {
			continue
		}
		q.runJob(j) //nolint:contextcheck // each job brings its own
		if err := q.command(ctx, "COMMIT"); err != nil {
			_ = q.command(ctx, "ROLLBACK")
			j.err = errors.Join(j.err, fmt.Errorf("commit: %w", err))
		} else {
			q.mark.advance(q.last.number)
		}
	}
}

// runJob runs a job. It reports whether a failed job without a savepoint has spoiled the transaction.
func (q *writeQueue) runJob(j *job) (spoiled bool) {
	if j.err = j.ctx.Err(); j.err != nil {
		return false
	}
	ctx := context.WithoutCancel(j.ctx) // an interrupted statement would take the whole batch with it
	w := newWriter(j, q)
	j.texts.enter(q, j.bulk)
	defer j.texts.leave()
	if j.noSavepoint {
		j.err = w.attempt(ctx, j.run)
		return j.err != nil && w.changed
	}
	if j.err = q.command(ctx, "SAVEPOINT job"); j.err != nil {
		return false
	}
	before := q.last
	if j.err = w.attempt(ctx, j.run); j.err != nil {
		q.last = before
		if err := q.command(ctx, "ROLLBACK TO job"); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}
	if err := q.command(ctx, "RELEASE job"); err != nil {
		q.last = before
		j.err = errors.Join(j.err, err, q.command(ctx, "ROLLBACK TO job")) // what it wrote must not be committed with the others
	}
	return false
}

// command runs a statement without operands.
func (q *writeQueue) command(ctx context.Context, text string) error {
	_, err := q.exec(ctx, text)
	return err
}

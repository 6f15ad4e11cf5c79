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
)

// A desk takes what waits to be written into one transaction: at most maxBatch jobs, or as many as come in batchTime.
const (
	maxBatch  = 128
	batchTime = 5 * time.Millisecond
)

// errClosed says that the store does not write any more.
var errClosed = content.Errorf(content.Unavailable, "the service is stopping: send it again in a moment")

var errUnset = errors.New("a setting of the writing connection did not hold")

// job is something that is written whole or not at all.
type job struct {
	ctx context.Context
	run func(context.Context, *writer) error
	// noSavepoint says that nothing is likely to go wrong once the job has begun to write, so that it needs no savepoint: at each
	// of them a text index writes down what it has gathered, which costs more than a small job does.
	noSavepoint bool
	bulk        bool // of many items
	err         error
	done        chan struct{}
}

// writeQueue is the one place that writes: a goroutine that owns the writing connection. Jobs that wait are done in one
// transaction, and are answered after the commit. What fails leaves nothing and takes no other job with it: it is rolled
// back to its savepoint or, where it had none, the others are done again.
type writeQueue struct {
	statements
	conn    *sql.Conn
	keys    *fold.Keyer
	last    lastRevision // newest revision of the open transaction; zero before it is read
	schema  int          // version of the schema that it writes
	unfit   error        // why it does not write any more
	full    atomic.Bool  // whether the last write found the disk full
	jobs    chan *job
	loads   chan *job // of many items
	closing chan struct{}
	refusal error // of jobs that come once it is closing
	closed  chan struct{}
	ended   error // what went wrong with the connection, once it is closed
	now     func() time.Time
}

// openWriteQueue starts the goroutine.
func openWriteQueue(ctx context.Context, db *sql.DB, schema int, now func() time.Time) (*writeQueue, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the writing connection: %w", err)
	}
	if _, err := conn.ExecContext(ctx, scratch); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare to write: %w", err), conn.Close())
	}
	d := &writeQueue{
		conn: conn, statements: statements{most: 5 * maxStatements, kept: map[string]statement{}}, keys: fold.NewKeyer(), schema: schema, now: now,
		jobs: make(chan *job), loads: make(chan *job), closing: make(chan struct{}), refusal: errClosed, closed: make(chan struct{}),
	}
	go d.runOne() //nolint:contextcheck // each job brings its own
	return d, nil
}

// closedWriteQueue refuses every job: that of a store which only reads.
func closedWriteQueue() *writeQueue {
	d := &writeQueue{closing: make(chan struct{}), refusal: errReadOnly}
	close(d.closing)
	return d
}

// runOne has the goroutine keep the driver's connection for as long as it serves.
func (d *writeQueue) runOne() {
	defer close(d.closed)
	d.ended = d.conn.Raw(func(c any) error {
		d.driven = c
		d.serve()
		return d.statements.close()
	})
}

// close ends the goroutine after what it is at.
func (d *writeQueue) close() error {
	close(d.closing)
	<-d.closed
	return errors.Join(d.ended, d.conn.Close())
}

// do has a job done and returns once it is on disk. A job that ctx gives up before its turn is not done; one that has
// begun looks at ctx between its items.
func (d *writeQueue) do(ctx context.Context, run func(context.Context, *writer) error) error {
	return d.wait(d.jobs, &job{ctx: ctx, run: run, done: make(chan struct{})})
}

// doBulk has a job done that puts many items, alone in its transaction.
func (d *writeQueue) doBulk(ctx context.Context, run func(context.Context, *writer) error) error {
	return d.wait(d.loads, &job{ctx: ctx, run: run, bulk: true, done: make(chan struct{})})
}

// doWithoutSavepoint has a job done that is not likely to fail once it has begun to write.
func (d *writeQueue) doWithoutSavepoint(ctx context.Context, run func(context.Context, *writer) error) error {
	return d.wait(d.jobs, &job{ctx: ctx, run: run, noSavepoint: true, done: make(chan struct{})})
}

func (d *writeQueue) wait(queue chan<- *job, j *job) error {
	select {
	case queue <- j:
	case <-j.ctx.Done():
		return fmt.Errorf("wait to write: %w", j.ctx.Err())
	case <-d.closing:
		return d.refusal
	}
	<-j.done
	j.err = fault(j.err)
	if isFull := errors.Is(j.err, errFull); isFull || j.err == nil {
		d.full.Store(isFull)
	}
	return j.err
}

func (d *writeQueue) serve() {
	for {
		select {
		case j := <-d.jobs:
			d.batch(j)
		case j := <-d.loads:
			d.load(j)
		case <-d.closing:
			return
		}
	}
}

// load does a job that writes many items, alone. Its long sorts go to files, not to memory, in a thread beside, and it looks
// itself whether all that its items refer to is there, which SQLite would look for at each row.
func (d *writeQueue) load(j *job) {
	ctx := context.WithoutCancel(j.ctx)
	defer close(j.done)
	if j.err = d.set(ctx, "FILE", false); j.err == nil {
		d.batch(j)
	}
	d.unfit = d.set(ctx, "MEMORY", true)
	j.err = errors.Join(j.err, d.unfit)
}

// set says where long sorts go, with the tables of scratch, and whether SQLite looks after references.
func (d *writeQueue) set(ctx context.Context, sorts string, references bool) error {
	err := d.execOnce(ctx, fmt.Sprintf("PRAGMA threads = 1; PRAGMA temp_store = %s; PRAGMA foreign_keys = %t; %s", sorts, references, scratch))
	if err != nil {
		return fmt.Errorf("set the writing connection: %w", err)
	}
	looks := !references
	err = d.query(ctx, "SELECT foreign_keys FROM pragma_foreign_keys", nil, func(row *row) error { return row.Scan(&looks) })
	if err != nil {
		return fmt.Errorf("read how the writing connection is set: %w", err)
	}
	if looks != references {
		return errUnset
	}
	return nil
}

// batch does a job and those that wait behind it.
func (d *writeQueue) batch(first *job) {
	ctx := context.WithoutCancel(first.ctx)
	var jobs []*job
	defer func() {
		for _, j := range jobs {
			if !j.bulk {
				close(j.done)
			}
		}
	}()
	if err := d.begin(ctx); err != nil {
		jobs, first.err = append(jobs, first), err
		return
	}
	start := d.now()
	for j := first; j != nil; {
		jobs = append(jobs, j)
		if spoiled := d.runJob(j); spoiled {
			d.retryAlone(ctx, jobs)
			return
		}
		j = nil
		if !first.bulk && len(jobs) < maxBatch && d.now().Sub(start) < batchTime {
			select {
			case j = <-d.jobs:
			default:
			}
		}
	}
	switch err := d.command(ctx, "COMMIT"); {
	case err != nil && len(jobs) > 1:
		d.retryAlone(ctx, jobs) // one of them alone is at fault
	case err != nil:
		_ = d.command(ctx, "ROLLBACK") // a failed commit may have done so itself
		first.err = errors.Join(first.err, fmt.Errorf("commit: %w", fault(err)))
	}
}

// begin opens a transaction.
func (d *writeQueue) begin(ctx context.Context) error {
	d.last = lastRevision{}
	if d.unfit != nil {
		return d.unfit
	}
	if err := d.command(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin to write: %w", fault(err))
	}
	err := checkSchema(ctx, &d.statements, d.schema)
	if err != nil {
		_ = d.command(ctx, "ROLLBACK") // nothing was written
	}
	return err
}

// retryAlone rolls a batch back that cannot be committed, and does its jobs one by one, each under a savepoint in a
// transaction of its own.
func (d *writeQueue) retryAlone(ctx context.Context, jobs []*job) {
	_ = d.command(ctx, "ROLLBACK") // a failed commit may have done so itself
	for _, j := range jobs {
		j.noSavepoint = false
		if j.err = d.begin(ctx); j.err != nil {
			continue
		}
		d.runJob(j) //nolint:contextcheck // each job brings its own
		if err := d.command(ctx, "COMMIT"); err != nil {
			_ = d.command(ctx, "ROLLBACK")
			j.err = errors.Join(j.err, fmt.Errorf("commit: %w", fault(err)))
		}
	}
}

// runJob does a job. What fails leaves nothing, or has spoiled the transaction.
func (d *writeQueue) runJob(j *job) (spoiled bool) {
	if j.err = j.ctx.Err(); j.err != nil {
		return false
	}
	ctx := context.WithoutCancel(j.ctx) // an interrupted statement would take the whole batch with it
	w := newWriter(j.ctx, d)
	if j.noSavepoint {
		j.err = w.attempt(ctx, j.run)
		return j.err != nil && w.changed
	}
	if j.err = d.command(ctx, "SAVEPOINT job"); j.err != nil {
		return false
	}
	before := d.last
	if j.err = w.attempt(ctx, j.run); j.err != nil {
		d.last = before
		if err := d.command(ctx, "ROLLBACK TO job"); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}
	if err := d.command(ctx, "RELEASE job"); err != nil {
		j.err = errors.Join(j.err, err)
	}
	return false
}

// command runs a statement without operands.
func (d *writeQueue) command(ctx context.Context, text string) error {
	_, err := d.exec(ctx, text)
	return err
}

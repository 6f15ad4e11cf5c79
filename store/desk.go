package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/content"
)

// A desk takes what waits to be written into one transaction: at most maxBatch jobs, or as many as come in batchTime.
const (
	maxBatch  = 128
	batchTime = 5 * time.Millisecond
)

// errClosed says that the store does not write any more.
var errClosed = content.Errorf(content.Unavailable, "the service is stopping: send it again in a moment")

// job is something that is written whole or not at all.
type job struct {
	ctx  context.Context
	run  func(context.Context, *writer) error
	err  error
	done chan struct{}
}

// desk is the one place that writes: a goroutine that owns the writing connection. Jobs that wait are done in one
// transaction, each under a savepoint of its own, and are answered after the commit.
type desk struct {
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt // by text
	jobs    chan *job
	closing chan struct{}
	closed  chan struct{}
	now     func() time.Time
}

// openDesk starts the goroutine.
func openDesk(ctx context.Context, db *sql.DB, now func() time.Time) (*desk, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the writing connection: %w", err)
	}
	if _, err := conn.ExecContext(ctx, scratch); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare to write: %w", err), conn.Close())
	}
	d := &desk{
		conn: conn, stmts: map[string]*sql.Stmt{}, now: now,
		jobs: make(chan *job), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	go d.serve() //nolint:contextcheck // each job brings its own
	return d, nil
}

// close ends the goroutine after what it is at.
func (d *desk) close() error {
	close(d.closing)
	<-d.closed
	var errs []error
	for _, st := range d.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, d.conn.Close())...)
}

// do has a job done and returns once it is on disk. A job that ctx gives up before its turn is not done; one that has
// begun looks at ctx between its items.
func (d *desk) do(ctx context.Context, run func(context.Context, *writer) error) error {
	j := &job{ctx: ctx, run: run, done: make(chan struct{})}
	select {
	case d.jobs <- j:
	case <-ctx.Done():
		return fmt.Errorf("wait to write: %w", ctx.Err())
	case <-d.closing:
		return errClosed
	}
	<-j.done
	return j.err
}

func (d *desk) serve() {
	defer close(d.closed)
	for {
		select {
		case j := <-d.jobs:
			d.batch(j)
		case <-d.closing:
			return
		}
	}
}

// batch does a job and those that wait behind it.
func (d *desk) batch(first *job) {
	ctx := context.WithoutCancel(first.ctx)
	var jobs []*job
	err := d.exec(ctx, "BEGIN IMMEDIATE")
	if err != nil {
		first.err = fmt.Errorf("begin to write: %w", fault(err))
		close(first.done)
		return
	}
	start := d.now()
	for j := first; j != nil; {
		jobs = append(jobs, j)
		d.one(j)
		j = nil
		if len(jobs) < maxBatch && d.now().Sub(start) < batchTime {
			select {
			case j = <-d.jobs:
			default:
			}
		}
	}
	if err := d.exec(ctx, "COMMIT"); err != nil {
		d.undo(ctx, jobs, err)
	}
	for _, j := range jobs {
		close(j.done)
	}
}

// undo rolls a batch back that cannot be committed, and does its jobs one by one: one of them alone is at fault.
func (d *desk) undo(ctx context.Context, jobs []*job, cause error) {
	_ = d.exec(ctx, "ROLLBACK") // a failed commit may have done so itself
	for _, j := range jobs {
		if j.err != nil {
			continue
		}
		if len(jobs) == 1 {
			j.err = fmt.Errorf("commit: %w", fault(cause))
			continue
		}
		if err := d.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
			j.err = fmt.Errorf("begin to write: %w", fault(err))
			continue
		}
		d.one(j) //nolint:contextcheck // each job brings its own
		if err := d.exec(ctx, "COMMIT"); err != nil && j.err == nil {
			_ = d.exec(ctx, "ROLLBACK")
			j.err = fmt.Errorf("commit: %w", fault(err))
		}
	}
}

// one does a job under a savepoint. What fails leaves nothing.
func (d *desk) one(j *job) {
	if j.err = j.ctx.Err(); j.err != nil {
		return
	}
	ctx := context.WithoutCancel(j.ctx) // an interrupted statement would take the whole batch with it
	if j.err = d.exec(ctx, "SAVEPOINT job"); j.err != nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			j.err = fmt.Errorf("panic: %v", v)
		}
		if j.err != nil {
			if err := d.exec(ctx, "ROLLBACK TO job"); err != nil {
				j.err = errors.Join(j.err, err)
			}
		}
		if err := d.exec(ctx, "RELEASE job"); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}()
	j.err = j.run(ctx, newWriter(j.ctx, d))
}

// prepare returns the statement of a text; it stays prepared.
func (d *desk) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := d.stmts[text]; st != nil {
		return st, nil
	}
	st, err := d.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	d.stmts[text] = st
	return st, nil
}

func (d *desk) exec(ctx context.Context, text string) error {
	st, err := d.prepare(ctx, text) //nolint:sqlclosecheck // the desk keeps it
	if err == nil {
		_, err = st.ExecContext(ctx)
	}
	return err
}

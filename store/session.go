package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"

	"parley/content"
)

// maxStatements bounds the statements that one session keeps prepared.
const maxStatements = 200

// session is a reader's connection that keeps its statements prepared. It runs them at the driver, below database/sql:
// a row then costs its columns and no more.
type session struct {
	conn       *sql.Conn
	statements map[string]statement
	past       map[pastKey]string // the texts of those that read the past, by what they are now
	broken     bool               // whether a panic or a transaction left it in a state that nobody knows
}

// statement is a prepared statement as the driver has it.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// sessions are the idle sessions; those that were used last are used first, since their pages are in memory.
type sessions struct {
	db   *sql.DB
	room chan struct{} // holds one element for each session in use
	mu   sync.Mutex
	idle []*session
}

func newSessions(db *sql.DB, n int) *sessions { return &sessions{db: db, room: make(chan struct{}, n)} }

// ahead opens a session while the caller does something else, which takes as long as many reads: the connection reads the
// schema. What is wrong with the file is found by others; there may be none yet.
func (p *sessions) ahead(ctx context.Context) (done <-chan struct{}) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		s, err := p.take(ctx)
		if err != nil {
			return
		}
		_ = s.once(func(n *snapshot) error { return n.exec(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1") })
		p.give(s)
	}()
	return over
}

// take returns a session, once there is one, for the caller alone.
func (p *sessions) take(ctx context.Context) (*session, error) {
	select {
	case p.room <- struct{}{}:
	default:
		select {
		case p.room <- struct{}{}:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a reader: %w", ctx.Err())
		}
	}
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return s, nil
	}
	p.mu.Unlock()
	conn, err := p.db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		<-p.room
		return nil, fmt.Errorf("open a reader: %w", err)
	}
	return &session{conn: conn, statements: map[string]statement{}, past: map[pastKey]string{}}, nil
}

// give takes a session back.
func (p *sessions) give(s *session) {
	if s.broken {
		s.close()
	} else {
		p.mu.Lock()
		p.idle = append(p.idle, s)
		p.mu.Unlock()
	}
	<-p.room
}

// close closes the idle sessions.
func (p *sessions) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.idle {
		s.close()
	}
	p.idle = nil
}

func (s *session) close() {
	_ = s.conn.Raw(func(any) error {
		for _, st := range s.statements {
			_ = st.Close()
		}
		return driver.ErrBadConn // not to be used again
	})
	_ = s.conn.Close()
}

// use has the function run statements in one read transaction.
func (s *session) use(ctx context.Context, f func(*snapshot) error) error {
	return s.once(func(n *snapshot) error {
		if err := n.exec(ctx, "BEGIN"); err != nil {
			return err
		}
		err := f(n)
		if undo := n.exec(ctx, "ROLLBACK"); undo != nil {
			return errors.Join(err, driver.ErrBadConn, undo)
		}
		return err
	})
}

// once has the function run one statement, which is a read transaction by itself.
func (s *session) once(f func(*snapshot) error) error {
	return s.conn.Raw(func(c any) error {
		s.broken = true // where f panics, nobody knows what state it is in
		err := f(&snapshot{session: s, conn: c})
		s.broken = errors.Is(err, driver.ErrBadConn)
		return err
	})
}

// snapshot is a read transaction.
type snapshot struct {
	*session
	conn any // of the driver
}

func (n *snapshot) exec(ctx context.Context, text string) error {
	st, err := n.prepare(ctx, text)
	if err != nil {
		return err
	}
	if _, err := st.ExecContext(unwatched(ctx), nil); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func (n *snapshot) prepare(ctx context.Context, text string) (statement, error) {
	if st, ok := n.statements[text]; ok {
		return st, nil
	}
	if len(n.statements) >= maxStatements {
		for old, st := range n.statements { // any of them
			delete(n.statements, old)
			_ = st.Close()
			break
		}
	}
	st, err := prepareAt(unwatched(ctx), n.conn, text)
	if err != nil {
		return nil, err
	}
	n.statements[text] = st
	return st, nil
}

// prepareAt prepares a statement at a connection of the driver.
func prepareAt(ctx context.Context, conn any, text string) (statement, error) {
	c, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("the driver prepares no statements: %T", conn)
	}
	prepared, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	st, ok := prepared.(statement)
	if !ok {
		return nil, fmt.Errorf("the driver's statements know no context: %T", prepared)
	}
	return st, nil
}

// query runs a statement and calls the function for each of its rows. The end of ctx interrupts it.
func (n *snapshot) query(ctx context.Context, text string, args []any, each func(*row) error) error {
	st, err := n.prepare(ctx, text)
	if err != nil {
		return err
	}
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		v, err := operandOf(a)
		if err != nil {
			return fmt.Errorf("operand %d: %w", i+1, err)
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	rows, err := st.QueryContext(ctx, named)
	if err != nil {
		return fmt.Errorf("run a statement: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Next says what went wrong
	r := &row{make([]driver.Value, len(rows.Columns()))}
	for {
		switch err := rows.Next(r.columns); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read rows: %w", err)
		}
		if err := each(r); err != nil {
			return err
		}
	}
}

func operandOf(v any) (driver.Value, error) {
	switch v := v.(type) {
	case string, int64, float64, bool, nil:
		return v, nil
	case int:
		return int64(v), nil
	case content.Revision:
		return int64(v), nil
	case content.Key:
		return int64(v), nil
	default:
		return driver.DefaultParameterConverter.ConvertValue(v)
	}
}

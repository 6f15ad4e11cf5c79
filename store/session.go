package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"parley/internal/crash"
)

// maxStatements bounds the statements that one session keeps prepared; a writer has some for each type.
const maxStatements = 200

// session is a reader's connection that keeps its statements prepared.
type session struct {
	statements
	conn   *sql.Conn
	damage *damage
	broken bool // whether a panic or a transaction left it in an unknown state
}

// sessions are the idle sessions; the last used ones are used first, since their pages are in memory.
type sessions struct {
	db     *sql.DB
	damage *damage
	room   chan struct{} // holds one element for each session in use
	mu     sync.Mutex
	idle   []*session
}

func newSessions(db *sql.DB, n int, damage *damage) *sessions {
	return &sessions{db: db, damage: damage, room: make(chan struct{}, n)}
}

// ahead opens a session while the caller does something else, which takes as long as many reads: the connection reads the
// schema. Other checks find faults of the file; there may be no file yet.
func (p *sessions) ahead(ctx context.Context) (done <-chan struct{}) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = crash.Call(func() { p.warm(ctx) })
	}()
	return over
}

// warm makes an idle session read the schema.
func (p *sessions) warm(ctx context.Context) {
	s, err := p.take(ctx)
	if err != nil {
		return
	}
	defer p.give(s)
	_ = s.once(func(n *snapshot) error {
		_, err := n.exec(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1")
		return err
	})
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
	return &session{conn: conn, damage: p.damage, statements: statements{most: maxStatements, kept: map[string]statement{}}}, nil
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
		_ = s.statements.close()
		return driver.ErrBadConn // not to be used again
	})
	_ = s.conn.Close()
}

// use has the function run statements in one read transaction.
func (s *session) use(ctx context.Context, f func(*snapshot) error) error {
	return s.once(func(n *snapshot) error {
		if _, err := n.exec(ctx, "BEGIN"); err != nil {
			return fmt.Errorf("begin a read: %w", err)
		}
		err := f(n)
		if _, undo := n.exec(ctx, "ROLLBACK"); undo != nil {
			return errors.Join(err, driver.ErrBadConn, undo)
		}
		return err
	})
}

// once has the function run one statement, which is a read transaction by itself.
func (s *session) once(f func(*snapshot) error) error {
	return s.conn.Raw(func(c any) error {
		s.broken = true // where f panics, its state is unknown
		s.driven = c
		err := s.damage.note(f(&snapshot{s}))
		s.broken = errors.Is(err, driver.ErrBadConn)
		return err
	})
}

// query runs one statement that reads, whatever the schema of the file, and calls the function for each of its rows. Texts are checked
// as in any other read.
func (s *Store) query(ctx context.Context, text string, args []any, each func(*row) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	session, err := s.sessions.take(ctx)
	if err != nil {
		return err
	}
	defer s.sessions.give(session)
	return session.once(func(n *snapshot) error { return n.query(ctx, text, args, each) })
}

// snapshot is a session in a read transaction.
type snapshot struct{ *session }

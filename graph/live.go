package graph

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Live bounds the connections over which answers go on: WebSockets and streams of server-sent events.
type Live struct {
	Operations int           `default:"100" env:"PARLEY_LIVE_OPERATIONS" help:"Most operations of a WebSocket at a time."`
	Init       time.Duration `default:"10s" env:"PARLEY_LIVE_INIT" help:"Longest time until a WebSocket says connection_init."`
	KeepAlive  time.Duration `default:"15s" env:"PARLEY_LIVE_KEEP_ALIVE" help:"Time after which a quiet connection is pinged; one that says nothing for twice as long is closed."`
	Write      time.Duration `default:"10s" env:"PARLEY_LIVE_WRITE" help:"Longest time that a reader may take for one message; then it is cut off, and resumes by its token."`
}

// DefaultLive are the bounds where none is given.
func DefaultLive() Live {
	return Live{Operations: 100, Init: 10 * time.Second, KeepAlive: 15 * time.Second, Write: 10 * time.Second}
}

// Handler answers /graphql.
type Handler interface {
	http.Handler
	// Shutdown ends the answers that go on, lets the others finish, closes the WebSockets with 1001 and waits for all of
	// them, until ctx ends.
	Shutdown(ctx context.Context) error
}

// event is one answer of those that an operation has.
type event struct {
	// id is the token to resume by; empty where there is none.
	id string
	// body is the answer as JSON.
	body []byte
}

// streamed prepares and answers an operation: see stream.
func (s *server) streamed(ctx context.Context, req request, send func(event) error) gqlerror.List {
	p, errs := s.prepare(req)
	if len(errs) > 0 {
		return errs
	}
	if fault := s.charge(nil, req, p.cost); fault != nil {
		return gqlerror.List{fault}
	}
	if fault := s.stream(ctx, req, p, send); fault != nil {
		return gqlerror.List{fault}
	}
	return nil
}

// stream answers an operation as often as it has an answer, each by send, whose error ends it. It returns nil once
// nothing more comes, and what is wrong where the operation is refused.
func (s *server) stream(ctx context.Context, req request, p prepared, send func(event) error) *gqlerror.Error {
	a, fault := s.answer(ctx, req, p)
	if fault != nil {
		return fault
	}
	_ = send(event{body: a.body("")})
	return nil
}

// lives are the connections of a server that go on.
type lives struct {
	mu      sync.Mutex
	ctx     context.Context // it ends when the service does
	end     context.CancelFunc
	running sync.WaitGroup
}

func newLives() *lives {
	l := &lives{}
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// begin counts a connection, unless the service ends; done uncounts it.
func (l *lives) begin() (done func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return nil, false
	}
	l.running.Add(1)
	return l.running.Done, true
}

// Shutdown ends what goes on.
func (s *server) Shutdown(ctx context.Context) error {
	s.lives.mu.Lock()
	s.lives.end()
	s.lives.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.lives.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for what goes on: %w", ctx.Err())
	}
}

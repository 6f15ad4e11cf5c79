package graph

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/crash"
	"parley/internal/requestlog"
)

// Live bounds the connections over which answers go on: WebSockets and streams of server-sent events.
type Live struct {
	Connections int           `default:"10000" env:"PARLEY_LIVE_CONNECTIONS" help:"Maximum number of open WebSockets, event streams and WebSocket operations."`
	PerClient   int           `default:"500" env:"PARLEY_LIVE_PER_CLIENT" help:"Maximum number of them per client. Not enforced at a loopback address unless --rate-limit is set."`
	Operations  int           `default:"100" env:"PARLEY_LIVE_OPERATIONS" help:"Maximum number of concurrent operations per WebSocket."`
	Init        time.Duration `default:"10s" env:"PARLEY_LIVE_INIT" help:"Time limit for the connection_init message of a WebSocket."`
	KeepAlive   time.Duration `default:"15s" env:"PARLEY_LIVE_KEEP_ALIVE" help:"Idle time after which a connection is pinged. A connection that is silent for twice as long is closed."`
	Write       time.Duration `default:"10s" env:"PARLEY_LIVE_WRITE" help:"Time limit for sending one message to a reader. A slower reader is disconnected, and resumes with its sync token."`
}

// DefaultLive are the bounds where none is given.
func DefaultLive() Live {
	return Live{Connections: 10_000, PerClient: 500, Operations: 100, Init: 10 * time.Second, KeepAlive: 15 * time.Second, Write: 10 * time.Second}
}

// Handler answers /graphql.
type Handler interface {
	http.Handler
	// Shutdown ends the answers that go on, lets the others finish, closes the WebSockets with 1001 and waits for all of
	// them, until ctx ends.
	Shutdown(ctx context.Context) error
	// Feeds answers /feeds/talks/{slug}.atom, where the pattern that it is mounted at names the last part "file".
	Feeds() http.Handler
	// Charge takes a price from the budget of the client that sends a request to another address. Where nothing is left, it
	// answers 429 and returns false.
	Charge(w http.ResponseWriter, r *http.Request, price int) bool
	// Connections returns how many WebSockets and streams of events are open.
	Connections() int
}

// event is one answer of those that an operation has.
type event struct {
	// id is the token to resume by; empty where there is none.
	id string
	// body is the answer as JSON.
	body []byte
}

// streamed prepares an operation and answers it as often as it has an answer, each by send, whose error ends it. It
// tells whether the operation came to its end, and what is wrong with it where it is refused.
func (s *server) streamed(ctx context.Context, req *request, send func(event) error) (over bool, errs gqlerror.List) {
	defer func() {
		if v := recover(); v != nil {
			over, errs = true, gqlerror.List{s.present(ctx, crash.Recovered(v))}
		}
	}()
	goOn, errs := s.begin(ctx, req, send)
	if goOn == nil {
		return true, errs
	}
	if fault := goOn(); fault != nil {
		return true, gqlerror.List{fault}
	}
	return false, nil
}

// begin answers an operation that has one answer. For one that has more it returns what sends them; by then nothing is
// left on the stack of what it took to get there, since thousands may wait.
func (s *server) begin(ctx context.Context, from *request, send func(event) error) (goOn func() *gqlerror.Error, errs gqlerror.List) {
	req := *from
	b := s.bill(nil, req)
	p, errs := s.prepareCharged(ctx, req, b)
	p.note(ctx)
	if len(errs) > 0 {
		return nil, errs
	}
	streams := p.op.Operation == ast.Subscription || p.op.Directives.ForName("live") != nil
	if streams && req.size > maxStreamed {
		return nil, gqlerror.List{tooLongToStream(req.size)}
	}
	by := listener{token: req.Token, client: req.client()}
	switch {
	case p.op.Operation == ast.Subscription:
		noteStreamed(ctx)
		f, at, begun, err := s.subscribe(ctx, req, p)
		if err != nil {
			return nil, gqlerror.List{s.present(ctx, err)}
		}
		return func() *gqlerror.Error { return f.follow(ctx, by, at, begun, send) }, nil
	case p.op.Directives.ForName("live") != nil:
		noteStreamed(ctx)
		f, err := s.attach(req, p, "", nil)
		if err != nil {
			return nil, gqlerror.List{s.present(ctx, err)}
		}
		return func() *gqlerror.Error { return f.repeat(ctx, by, send) }, nil
	}
	if err := s.checked(ctx, req.Token); err != nil {
		return nil, gqlerror.List{s.present(ctx, err)}
	}
	a, fault := s.answerCharged(ctx, req, p, b)
	if fault != nil {
		return nil, gqlerror.List{fault}
	}
	(&cacheEntry{facts: a.facts(p)}).note(ctx, requestlog.Executed)
	_ = send(event{body: a.body()})
	return nil, nil
}

// maxStreamed is the greatest size in bytes of a request whose answers go on: it is held as long as they do.
const maxStreamed = 64 << 10

// tooLongToStream is the refusal of a request of so many bytes whose answers would go on.
func tooLongToStream(size int) *gqlerror.Error {
	err := gqlerror.Errorf("a live request has at most %d bytes, and this one has %d: send the hash of the document in place of its text, and fewer variables", maxStreamed, size)
	err.Extensions = map[string]any{"limit": maxStreamed, "value": size}
	return operation.WithCode(err, "LIMIT_EXCEEDED")
}

// listener is the client of a stream: the token that it showed, and the name that its budget has.
type listener struct{ token, client string }

// follow sends what is changed, from the token on that the client has. An answer costs what it reads, or 1 where another
// stream has it already.
func (f *broadcast) follow(ctx context.Context, by listener, at plan.SyncToken, begun bool, send func(event) error) *gqlerror.Error {
	defer f.detach()
	s := f.server
	defer s.watch.join()() //nolint:contextcheck // it serves others too
	for !begun || at.Target != 0 || s.watch.await(ctx, s.connections.ctx.Done(), f.audience(), at.Base) {
		b, ok := s.checkRate(ctx, by.client)
		if !ok {
			return nil
		}
		c, own := f.changes(ctx, by.client, at)
		if own {
			b.settle(max(1, c.cost))
		}
		if c.err != nil {
			return s.notExecuted(ctx, c.err)
		}
		at = c.page.Next
		if begun && len(c.page.Changes) == 0 {
			continue
		}
		begun = true
		if err := s.checked(ctx, by.token); err != nil {
			return s.present(ctx, err)
		}
		if send(event{id: c.page.Token, body: c.body}) != nil {
			return nil
		}
	}
	return nil
}

// repeat answers a live query, and again whenever a revision changed the answer. It is charged as follow is.
func (f *broadcast) repeat(ctx context.Context, by listener, send func(event) error) *gqlerror.Error {
	defer f.detach()
	s := f.server
	defer s.watch.join()() //nolint:contextcheck // it serves others too
	var sent [sha256.Size]byte
	for {
		b, ok := s.checkRate(ctx, by.client)
		if !ok {
			return nil
		}
		c, own := f.answer(ctx)
		if own {
			b.settle(max(1, c.cost))
		}
		if c.err != nil {
			return s.present(ctx, c.err)
		}
		if c.fault != nil {
			return c.fault
		}
		if sum := sha256.Sum256(c.body); sum != sent {
			if err := s.checked(ctx, by.token); err != nil {
				return s.present(ctx, err)
			}
			if send(event{body: c.body}) != nil {
				return nil
			}
			sent = sum
		}
		if !s.watch.await(ctx, s.connections.ctx.Done(), f.audience(), c.read) {
			return nil
		}
	}
}

// subscribe finds the feed of a subscription and where in it the client is. A client without a token has not begun.
func (s *server) subscribe(ctx context.Context, req request, p prepared) (f *broadcast, at plan.SyncToken, begun bool, err error) {
	program, gathered, err := s.known.Program(s.schema, p.document, p.op, p.vars, s.Limits.Gathered)
	s.bill(nil, req).owe(gathered / fieldsPerUnit)
	if err != nil {
		return nil, at, false, err
	}
	bound, err := program.Bind(s.schema, p.vars)
	if err != nil {
		return nil, at, false, err
	}
	fields := slices.Clone(bound)
	if len(fields) != 1 {
		return nil, at, false, content.Errorf(content.BadUserInput, "a subscription must select exactly one root field, and this one selects %d", len(fields))
	}
	own := ""
	if since := fields[0].Mention.Arguments.ForName("since"); since != nil && since.Value.Kind == ast.Variable {
		own = since.Value.Raw
	}
	if req.LastEventID != "" {
		mine := *fields[0]
		mine.Args = maps.Clone(mine.Args)
		mine.Args["since"] = req.LastEventID
		fields[0] = &mine
	}
	planner := &plan.Planner{Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}}
	if at, err = planner.Since(fields[0]); err != nil {
		return nil, at, false, operation.InField(fields[0], err)
	}
	if begun = fields[0].Args["since"] != nil; !begun {
		heads, err := s.Reader.Heads(ctx)
		if err != nil {
			return nil, at, false, err
		}
		at.Base = heads.Of(req.Who.Audience())
		at.Target = at.Base
	}
	f, err = s.attach(req, p, own, fields)
	return f, at, begun, err
}

// checked refuses to go on where the token that was shown is good no more.
func (s *server) checked(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	_, err := s.Authenticator.Authenticate(ctx, token)
	return err
}

// connections are the connections of a server that go on.
type connections struct {
	mu      sync.Mutex
	ctx     context.Context // it ends when the service does
	end     context.CancelFunc
	running sync.WaitGroup
	open    atomic.Int64
	// streams are the connections and the operations of WebSockets, of all clients and of each.
	streams int
	clients map[string]int
}

func newConnections() *connections {
	l := &connections{clients: map[string]int{}}
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// connect counts a connection of a client, unless the service ends or there are as many as may be; done uncounts it.
func (s *server) connect(client string) (done func(), fault *gqlerror.Error) {
	leave, fault := s.stream(client)
	if fault != nil {
		return nil, fault
	}
	s.connections.open.Add(1)
	return func() {
		s.connections.open.Add(-1)
		leave()
	}, nil
}

// stream counts a connection or an operation of a WebSocket, unless the service ends or there are as many as may be; done
// uncounts it.
func (s *server) stream(client string) (done func(), fault *gqlerror.Error) {
	l := s.connections
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ctx.Err() != nil:
		return nil, unavailable("the service is stopping: reconnect in a moment")
	case l.streams >= s.Live.Connections:
		return nil, unavailable("the service has %d streams, which is the most at a time (limit live-connections): connect again in a while", s.Live.Connections)
	case l.clients[client] >= s.Live.PerClient && !s.RateLimitLogOnly:
		e := gqlerror.Errorf("this client has %d WebSockets, operations of them and streams of events, which is the most at a time (limit live-per-client): end some of them", s.Live.PerClient)
		e.Extensions = map[string]any{"limit": s.Live.PerClient, "limitName": "live-per-client", "retryAfter": retryStream}
		return nil, operation.WithCode(e, "RATE_LIMITED")
	}
	l.streams++
	l.clients[client]++
	l.running.Add(1)
	return func() {
		defer l.running.Done()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.streams--
		if l.clients[client]--; l.clients[client] == 0 {
			delete(l.clients, client)
		}
	}, nil
}

// retryStream is after how many seconds a client that was not let in may ask again.
const retryStream = 5

func unavailable(format string, args ...any) *gqlerror.Error {
	e := gqlerror.Errorf(format, args...)
	e.Extensions = map[string]any{"retryAfter": retryStream}
	return operation.WithCode(e, "UNAVAILABLE")
}

// Connections counts what goes on.
func (s *server) Connections() int { return int(s.connections.open.Load()) }

// Shutdown ends what goes on.
func (s *server) Shutdown(ctx context.Context) error {
	s.connections.mu.Lock()
	s.connections.end()
	s.connections.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.connections.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for live operations: %w", ctx.Err())
	}
}

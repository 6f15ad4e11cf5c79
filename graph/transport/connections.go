package transport

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/defaults"
)

// Live bounds the connections that stay open: WebSockets and streams of server-sent events.
type Live struct {
	Connections int           `default:"10000" env:"PARLEY_LIVE_CONNECTIONS" help:"Maximum number of open WebSockets, event streams and WebSocket operations."`
	PerClient   int           `default:"500" env:"PARLEY_LIVE_PER_CLIENT" help:"Maximum number of them per client. Not enforced at a loopback address unless --rate-limit is set."`
	Operations  int           `default:"100" env:"PARLEY_LIVE_OPERATIONS" help:"Maximum number of concurrent operations per WebSocket."`
	Init        time.Duration `default:"10s" env:"PARLEY_LIVE_INIT" help:"Time limit for the connection_init message of a WebSocket."`
	KeepAlive   time.Duration `default:"15s" env:"PARLEY_LIVE_KEEP_ALIVE" help:"Idle time after which a connection is pinged. A connection that is silent for twice as long is closed."`
	Write       time.Duration `default:"10s" env:"PARLEY_LIVE_WRITE" help:"Time limit for sending one message to a reader. A slower reader is disconnected, and resumes with its sync token."`
}

// DefaultLive returns the bounds that the tags of Live name.
func DefaultLive() Live { return defaults.Of[Live]() }

// Connections counts and bounds the open connections of a server.
type Connections struct {
	most    Live
	logOnly bool
	mu      sync.Mutex
	ctx     context.Context // it ends when the service does
	end     context.CancelFunc
	running sync.WaitGroup
	open    atomic.Int64
	// streams are the connections and the operations of WebSockets, of all clients and of each.
	streams int
	clients map[string]int
}

// NewConnections returns an empty Connections. With logOnly, clients are not distinguished.
func NewConnections(most Live, logOnly bool) *Connections {
	l := &Connections{most: most, logOnly: logOnly, clients: map[string]int{}}
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// Ended returns a channel that is closed when the service ends.
func (l *Connections) Ended() <-chan struct{} { return l.ctx.Done() }

// connect counts a connection of a client, unless the service ends or there are as many as may be; done uncounts it.
func (l *Connections) connect(client string) (done func(), fault *gqlerror.Error) {
	leave, fault := l.stream(client)
	if fault != nil {
		return nil, fault
	}
	l.open.Add(1)
	return func() {
		l.open.Add(-1)
		leave()
	}, nil
}

// stream counts a connection or an operation of a WebSocket, unless the service ends or there are as many as may be; done
// uncounts it.
func (l *Connections) stream(client string) (done func(), fault *gqlerror.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ctx.Err() != nil:
		return nil, unavailable("the service is stopping: reconnect in a moment")
	case l.streams >= l.most.Connections:
		return nil, unavailable("the service has %d streams, which is the most at a time (limit live-connections): connect again in a while", l.most.Connections)
	case l.clients[client] >= l.most.PerClient && !l.logOnly:
		e := gqlerror.Errorf("this client has %d WebSockets, operations of them and streams of events, which is the most at a time (limit live-per-client): end some of them", l.most.PerClient)
		e.Extensions = map[string]any{"limit": l.most.PerClient, "limitName": "live-per-client", "retryAfter": retryStream}
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

// Connections returns the number of open connections.
func (s *Handler) Connections() int { return int(s.Conns.open.Load()) }

// Shutdown ends all connections and streams, and waits for them until ctx ends.
func (s *Handler) Shutdown(ctx context.Context) error {
	s.Conns.mu.Lock()
	s.Conns.end()
	s.Conns.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.Conns.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for live operations: %w", ctx.Err())
	}
}

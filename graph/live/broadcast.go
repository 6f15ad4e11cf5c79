package live

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/crash"
)

// Broadcast is shared by all streams with the same operation and audience: each response is computed once.
type Broadcast struct {
	hub     *Hub
	req     operation.Request
	p       operation.Prepared
	fields  []*operation.Field // of a subscription
	key     [sha256.Size]byte
	clients map[string]int // how many streams each client has, guarded by Hub.mu

	mu    sync.Mutex
	calls []*broadcastResult // the last ones
}

// keptResults is how many responses a broadcast keeps: streams that read at different speeds are a few responses apart.
const keptResults = 4

// broadcastResult is one answer, made once.
type broadcastResult struct {
	from plan.SyncToken
	// head is the newest revision that was known when it was asked for: it is good as long as there is no later one.
	head content.Revision
	// done is closed once the fields below are written.
	done chan struct{}
	page *plan.ChangePage
	body []byte
	read content.Revision
	cost int // of reading it
	err  error
	// fault is why a live query has no answer.
	fault *gqlerror.Error
}

// Executor answers the operations of streams. Package graph implements it.
type Executor interface {
	// EnterInTurn waits until there is room for an answer, in the share of one of the clients. The error is that of ctx.
	EnterInTurn(ctx context.Context, clients func() []string) (leave func(), err error)
	// RespondAdmitted executes a query that was let in.
	RespondAdmitted(ctx context.Context, req operation.Request, p operation.Prepared) (operation.Response, *gqlerror.Error)
	// ExecuteChanges reads one page of the subscription contentUpdates, whose fields are bound and which was let in.
	ExecuteChanges(ctx context.Context, req operation.Request, fields []*operation.Field, from plan.SyncToken) (*plan.ChangePage, operation.Response, error)
	// CheckRate takes the price of one more answer from the budget of a client, and waits until there is something left of it. Settle
	// replaces the price by the cost of the answer. It returns false where ctx ends first, or the service does.
	CheckRate(ctx context.Context, client string) (settle func(cost int), ok bool)
	// CheckToken returns the error of a token that is not good any more.
	CheckToken(ctx context.Context, token string) error
	// Present turns a failure into what the client may know of it, NotExecuted also one to let an operation in or to end it in time.
	Present(ctx context.Context, err error) *gqlerror.Error
	NotExecuted(ctx context.Context, err error) *gqlerror.Error
}

// Hub holds the broadcasts that are open, by what they ask, and wakes them when something is written.
type Hub struct {
	executor Executor
	watch    *watch
	ended    <-chan struct{}

	mu   sync.Mutex
	open map[[sha256.Size]byte]*Broadcast
}

// NewHub returns a hub without broadcasts. Its streams end when ended is closed.
func NewHub(e Executor, l plan.Log, logger *slog.Logger, now func() time.Time, ended <-chan struct{}) *Hub {
	return &Hub{executor: e, watch: newWatch(l, logger, now), ended: ended, open: map[[sha256.Size]byte]*Broadcast{}}
}

// Attach returns the feed of an operation, for a stream to leave in the end. A variable that holds the token to start from
// is the stream's own.
func (s *Hub) Attach(req operation.Request, p operation.Prepared, own string, fields []*operation.Field) (*Broadcast, error) {
	vars := maps.Clone(p.Variables)
	delete(vars, own)
	b, err := json.Marshal([]any{p.Document.Hash, p.Definition.Name, vars, req.Locales, req.Who})
	if err != nil {
		return nil, fmt.Errorf("name a feed: %w", err)
	}
	key := sha256.Sum256(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.open[key]
	if f == nil {
		p.Variables = vars
		f = &Broadcast{hub: s, req: operation.Request{Locales: req.Locales, Who: req.Who}, p: p, fields: fields, key: key, clients: map[string]int{}}
		s.open[key] = f
	}
	f.clients[req.Client()]++
	return f, nil
}

// detach ends the part that a stream of a client has in the feed.
func (f *Broadcast) detach(client string) {
	all := f.hub
	all.mu.Lock()
	defer all.mu.Unlock()
	if f.clients[client]--; f.clients[client] == 0 {
		delete(f.clients, client)
	}
	if len(f.clients) == 0 {
		delete(all.open, f.key)
	}
}

// listeners returns the clients that have a part in the feed.
func (f *Broadcast) listeners() []string {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	return slices.Collect(maps.Keys(f.clients))
}

// call returns the answer to a question, which is asked at most once for each revision, and whether it was asked for this
// caller. It returns nil where ctx ends first, or the service does.
func (f *Broadcast) call(ctx context.Context, from plan.SyncToken, ask func(context.Context, *broadcastResult)) (c *broadcastResult, own bool) {
	head := f.hub.watch.newest(f.audience())
	f.mu.Lock()
	for _, known := range f.calls {
		if known.from == from && known.head >= head {
			c = known
		}
	}
	if own = c == nil; own {
		c = &broadcastResult{from: from, head: head, done: make(chan struct{})}
		f.calls = append(f.calls, c)
		f.calls = f.calls[max(0, len(f.calls)-keptResults):]
	}
	f.mu.Unlock()
	if own {
		f.make(ctx, c, ask)
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		return nil, own
	case <-f.hub.ended:
	}
	select {
	case <-f.hub.ended: // an answer that waited for room was not made
		return nil, own
	default:
		return c, own
	}
}

// make makes an answer once the service has room for it. It serves others too: it ends with the service, and not with the one stream.
func (f *Broadcast) make(ctx context.Context, c *broadcastResult, ask func(context.Context, *broadcastResult)) {
	defer close(c.done)
	ctx = context.WithoutCancel(ctx)
	leave, err := f.hub.executor.EnterInTurn(until{ctx, f.hub.ended}, f.listeners) //nolint:contextcheck // it ends with the service
	if err != nil {
		c.err = err
		return
	}
	defer leave()
	if err := crash.Call(func() { ask(ctx, c) }); err != nil {
		c.err = err
	}
}

// until is a context that ends when a channel is closed.
type until struct {
	context.Context
	ended <-chan struct{}
}

// Done returns the channel.
func (u until) Done() <-chan struct{} { return u.ended }

// Err returns context.Canceled once the channel is closed.
func (u until) Err() error {
	select {
	case <-u.ended:
		return context.Canceled
	default:
		return nil
	}
}

// audience is the audience of the feed.
func (f *Broadcast) audience() content.Audience { return f.req.Who.Audience() }

// changes returns the page behind a token.
func (f *Broadcast) changes(ctx context.Context, from plan.SyncToken) (*broadcastResult, bool) {
	return f.call(ctx, from, func(ctx context.Context, c *broadcastResult) {
		var a operation.Response
		c.page, a, c.err = f.hub.executor.ExecuteChanges(ctx, f.req, f.fields, from)
		c.cost, c.body = a.Cost(), a.Body()
	})
}

// answer returns the answer of a live query.
func (f *Broadcast) answer(ctx context.Context) (*broadcastResult, bool) {
	return f.call(ctx, plan.SyncToken{}, func(ctx context.Context, c *broadcastResult) {
		a, fault := f.hub.executor.RespondAdmitted(ctx, f.req, f.p)
		c.cost = a.Cost()
		c.body, c.read, c.fault = a.Body(), a.Head, fault
	})
}

package live

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/crash"
)

// Broadcast is what all streams share that ask the same for the same reader: each answer is made once.
type Broadcast struct {
	hub     *Hub
	req     operation.Request
	p       operation.Prepared
	fields  []*operation.Field // of a subscription
	key     [sha256.Size]byte
	streams int

	mu    sync.Mutex
	calls []*broadcastResult // the last ones
}

// keptResults is how many answers a feed keeps: streams that read on at their own pace are a few answers apart.
const keptResults = 4

// broadcastResult is one answer, made once.
type broadcastResult struct {
	from plan.SyncToken
	// head is the newest revision that was known when it was asked for: it is good as long as there is no later one.
	head content.Revision
	once sync.Once
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
	// Respond executes a query once there is room for it.
	Respond(ctx context.Context, req operation.Request, p operation.Prepared) (operation.Response, *gqlerror.Error)
	// ExecuteChanges reads one page of the subscription contentUpdates, whose fields are bound, once it is the client's turn.
	ExecuteChanges(ctx context.Context, client string, req operation.Request, fields []*operation.Field, from plan.SyncToken) (*plan.ChangePage, operation.Response, error)
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
		f = &Broadcast{hub: s, req: operation.Request{Locales: req.Locales, Who: req.Who}, p: p, fields: fields, key: key}
		s.open[key] = f
	}
	f.streams++
	return f, nil
}

// detach ends a stream's part in the feed.
func (f *Broadcast) detach() {
	all := f.hub
	all.mu.Lock()
	defer all.mu.Unlock()
	if f.streams--; f.streams == 0 {
		delete(all.open, f.key)
	}
}

// call returns the answer to a question, which is asked at most once for each revision, and whether it was asked for this
// caller.
func (f *Broadcast) call(from plan.SyncToken, ask func(*broadcastResult)) (c *broadcastResult, own bool) {
	head := f.hub.watch.newest(f.audience())
	f.mu.Lock()
	for _, known := range f.calls {
		if known.from == from && known.head >= head {
			c = known
		}
	}
	if c == nil {
		c = &broadcastResult{from: from, head: head}
		f.calls = append(f.calls, c)
		f.calls = f.calls[max(0, len(f.calls)-keptResults):]
	}
	f.mu.Unlock()
	c.once.Do(func() {
		own = true
		if err := crash.Call(func() { ask(c) }); err != nil { // else the others would wait for it, or find it empty
			c.err = err
		}
	})
	return c, own
}

// audience is who reads the feed.
func (f *Broadcast) audience() content.Audience { return f.req.Who.Audience() }

// changes returns the page behind a token.
func (f *Broadcast) changes(ctx context.Context, client string, from plan.SyncToken) (*broadcastResult, bool) {
	return f.call(from, func(c *broadcastResult) {
		var a operation.Response
		c.page, a, c.err = f.hub.executor.ExecuteChanges(context.WithoutCancel(ctx), client, f.req, f.fields, from)
		c.cost, c.body = a.Cost(), a.Body()
	})
}

// answer returns the answer of a live query.
func (f *Broadcast) answer(ctx context.Context) (*broadcastResult, bool) {
	return f.call(plan.SyncToken{}, func(c *broadcastResult) {
		a, fault := f.hub.executor.Respond(context.WithoutCancel(ctx), f.req, f.p)
		c.cost = a.Cost()
		c.body, c.read, c.fault = a.Body(), a.Head, fault
	})
}

package graph

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/jsonbuf"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/crash"
)

// broadcast is what all streams share that ask the same for the same reader: each answer is made once.
type broadcast struct {
	server  *server
	req     request
	p       prepared
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

// broadcasts are those that are open, by what they ask.
type broadcasts struct {
	mu   sync.Mutex
	open map[[sha256.Size]byte]*broadcast
}

// attach returns the feed of an operation, for a stream to leave in the end. A variable that holds the token to start from
// is the stream's own.
func (s *server) attach(req request, p prepared, own string, fields []*operation.Field) (*broadcast, error) {
	vars := maps.Clone(p.vars)
	delete(vars, own)
	b, err := json.Marshal([]any{p.document.Hash, p.op.Name, vars, req.Locales, req.Who})
	if err != nil {
		return nil, fmt.Errorf("name a feed: %w", err)
	}
	key := sha256.Sum256(b)
	s.broadcasts.mu.Lock()
	defer s.broadcasts.mu.Unlock()
	f := s.broadcasts.open[key]
	if f == nil {
		p.vars = vars
		f = &broadcast{server: s, req: request{Locales: req.Locales, Who: req.Who}, p: p, fields: fields, key: key}
		s.broadcasts.open[key] = f
	}
	f.streams++
	return f, nil
}

// detach ends a stream's part in the feed.
func (f *broadcast) detach() {
	all := &f.server.broadcasts
	all.mu.Lock()
	defer all.mu.Unlock()
	if f.streams--; f.streams == 0 {
		delete(all.open, f.key)
	}
}

// call returns the answer to a question, which is asked at most once for each revision, and whether it was asked for this
// caller.
func (f *broadcast) call(from plan.SyncToken, ask func(*broadcastResult)) (c *broadcastResult, own bool) {
	head := f.server.watch.newest(f.audience())
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
func (f *broadcast) audience() content.Audience { return f.req.Who.Audience() }

// changes returns the page behind a token.
func (f *broadcast) changes(ctx context.Context, client string, from plan.SyncToken) (*broadcastResult, bool) {
	return f.call(from, func(c *broadcastResult) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.server.Limits.Time)
		defer cancel()
		leave, err := f.server.enterInTurn(ctx, client)
		if err != nil {
			c.err = err
			return
		}
		defer leave()
		var a response
		c.page, a, c.err = f.server.executeChanges(ctx, f.req, f.fields, from)
		c.cost, c.body = a.cost(), a.body()
	})
}

// answer returns the answer of a live query.
func (f *broadcast) answer(ctx context.Context) (*broadcastResult, bool) {
	return f.call(plan.SyncToken{}, func(c *broadcastResult) {
		a, fault := f.server.respond(context.WithoutCancel(ctx), f.req, f.p)
		c.cost = a.cost()
		c.body, c.read, c.fault = a.body(), a.head, fault
	})
}

// executeChanges reads one page of the subscription contentChanged, whose fields are bound.
func (s *server) executeChanges(ctx context.Context, req request, fields []*operation.Field, from plan.SyncToken) (page *plan.ChangePage, a response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crash.Recovered(v)
		}
	}()
	p := &plan.Planner{Schema: s.schema, Limits: s.Limits, Locales: req.Locales, Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}, Log: s.Log}
	r := &plan.Root{Field: fields[0]}
	if err := p.LocalesOf(r.Field); err != nil {
		return nil, a, operation.InField(r.Field, err)
	}
	if err := p.Changes(ctx, r, from, true); err != nil {
		return nil, a, operation.InField(r.Field, err)
	}
	view, err := p.View()
	if err != nil {
		return nil, a, err
	}
	answers, head, err := s.Reader.Read(ctx, view, r.Sels)
	if err != nil {
		return nil, a, fmt.Errorf("read: %w", err)
	}
	e := s.encoder(ctx, jsonbuf.Buffer{})
	e.Locales = view.Locales
	err = e.ObjectOf(s.schema.Subscription.Name, fields, func(*operation.Field) error { return e.ChangePage(r, answers) })
	return r.Page, response{data: e.Text, derived: e.Derived, head: head, sels: r.Sels, results: answers, changes: len(r.Page.Changes)}, err
}

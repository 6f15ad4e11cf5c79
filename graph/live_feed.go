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
)

// feed is what all streams share that ask the same for the same reader: each answer is made once.
type feed struct {
	server  *server
	req     request
	p       prepared
	fields  []*field // of a subscription
	key     [sha256.Size]byte
	streams int

	mu    sync.Mutex
	calls []*call // the last ones
}

// keptCalls is how many answers a feed keeps: streams that read on at their own pace are a few answers apart.
const keptCalls = 4

// call is one answer, made once.
type call struct {
	from syncToken
	// head is the newest revision that was known when it was asked for: it is good as long as there is no later one.
	head content.Revision
	once sync.Once
	page *changePage
	body []byte
	read content.Revision
	cost int // of reading it
	err  error
	// fault is why a live query has no answer.
	fault *gqlerror.Error
}

// feeds are those that are open, by what they ask.
type feeds struct {
	mu   sync.Mutex
	open map[[sha256.Size]byte]*feed
}

// join returns the feed of an operation, for a stream to leave in the end. A variable that holds the token to start from
// is the stream's own.
func (s *server) join(req request, p prepared, own string, fields []*field) (*feed, error) {
	vars := maps.Clone(p.vars)
	delete(vars, own)
	b, err := json.Marshal([]any{p.document.hash, p.op.Name, vars, req.Locales, req.Who})
	if err != nil {
		return nil, fmt.Errorf("name a feed: %w", err)
	}
	key := sha256.Sum256(b)
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	f := s.feeds.open[key]
	if f == nil {
		p.vars = vars
		f = &feed{server: s, req: request{Locales: req.Locales, Who: req.Who}, p: p, fields: fields, key: key}
		s.feeds.open[key] = f
	}
	f.streams++
	return f, nil
}

// leave ends a stream's part in the feed.
func (f *feed) leave() {
	all := &f.server.feeds
	all.mu.Lock()
	defer all.mu.Unlock()
	if f.streams--; f.streams == 0 {
		delete(all.open, f.key)
	}
}

// call returns the answer to a question, which is asked at most once for each revision, and whether it was asked for this
// caller.
func (f *feed) call(from syncToken, ask func(*call)) (c *call, own bool) {
	head := f.server.watch.newest()
	f.mu.Lock()
	for _, known := range f.calls {
		if known.from == from && known.head >= head {
			c = known
		}
	}
	if c == nil {
		c = &call{from: from, head: head}
		f.calls = append(f.calls, c)
		f.calls = f.calls[max(0, len(f.calls)-keptCalls):]
	}
	f.mu.Unlock()
	c.once.Do(func() {
		own = true
		ask(c)
	})
	return c, own
}

// changes returns the page behind a token.
func (f *feed) changes(ctx context.Context, from syncToken) (*call, bool) {
	return f.call(from, func(c *call) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.server.Limits.Time)
		defer cancel()
		var a answered
		c.page, a, c.err = f.server.executeChanges(ctx, f.req, f.fields, from)
		c.cost, c.body = a.cost(), a.body()
	})
}

// answer returns the answer of a live query.
func (f *feed) answer(ctx context.Context) (*call, bool) {
	return f.call(syncToken{}, func(c *call) {
		a, fault := f.server.answer(context.WithoutCancel(ctx), f.req, f.p)
		c.cost = a.cost()
		c.body, c.read, c.fault = a.body(), a.head, fault
	})
}

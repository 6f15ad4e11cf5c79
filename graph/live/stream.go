package live

import (
	"context"
	"crypto/sha256"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/plan"
)

// Listener is the client of a stream: the token that it showed, and the name that its budget has.
type Listener struct{ Token, Client string }

// Follow sends what is changed, from the token on that the client has. An answer costs what it reads, or 1 where another
// stream has it already.
func (f *Broadcast) Follow(ctx context.Context, by Listener, at plan.SyncToken, begun bool, send func(id string, body []byte) error) *gqlerror.Error {
	defer f.detach(by.Client)
	s, ask := f.hub, f.hub.executor
	defer s.watch.join()() //nolint:contextcheck // it serves others too
	for !begun || at.Target != 0 || s.watch.await(ctx, s.ended, f.audience(), at.Base) {
		settle, ok := ask.CheckRate(ctx, by.Client)
		if !ok {
			return nil
		}
		c, own := f.changes(ctx, at)
		if c == nil {
			return nil
		}
		if own {
			settle(max(1, c.cost))
		}
		if c.err != nil {
			return ask.NotExecuted(ctx, c.err)
		}
		at = c.page.Next
		if begun && len(c.page.Changes) == 0 {
			continue
		}
		begun = true
		if err := ask.CheckToken(ctx, by.Token); err != nil {
			return ask.Present(ctx, err)
		}
		if send(c.page.Token, c.body) != nil {
			return nil
		}
	}
	return nil
}

// Repeat answers a live query, and again whenever a revision changed the answer. It is charged as follow is.
func (f *Broadcast) Repeat(ctx context.Context, by Listener, send func(id string, body []byte) error) *gqlerror.Error {
	defer f.detach(by.Client)
	s, ask := f.hub, f.hub.executor
	defer s.watch.join()() //nolint:contextcheck // it serves others too
	var sent [sha256.Size]byte
	for {
		settle, ok := ask.CheckRate(ctx, by.Client)
		if !ok {
			return nil
		}
		c, own := f.answer(ctx)
		if c == nil {
			return nil
		}
		if own {
			settle(max(1, c.cost))
		}
		if c.err != nil {
			return ask.Present(ctx, c.err)
		}
		if c.fault != nil {
			return c.fault
		}
		if sum := sha256.Sum256(c.body); sum != sent {
			if err := ask.CheckToken(ctx, by.Token); err != nil {
				return ask.Present(ctx, err)
			}
			if send("", c.body) != nil {
				return nil
			}
			sent = sum
		}
		if !s.watch.await(ctx, s.ended, f.audience(), c.read) {
			return nil
		}
	}
}

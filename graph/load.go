package graph

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/graph/plan"
	"parley/graph/transport"
	"parley/internal/defaults"
	"parley/internal/ratelimit"
)

// fieldsPerUnit is how many fields are gathered to compile an operation at the cost of reading one object.
const fieldsPerUnit = 64

// Load bounds how much runs at a time.
type Load struct {
	Running   int           `default:"32" env:"PARLEY_MAX_RUNNING" help:"Maximum number of concurrent operations."`
	Waiting   int           `default:"128" env:"PARLEY_MAX_WAITING" help:"Maximum number of queued operations."`
	PerClient int           `default:"8" env:"PARLEY_MAX_PER_CLIENT" help:"Maximum number of concurrent operations per client; a quarter of the queue may belong to one client. Not enforced at a loopback address, where clients cannot be distinguished, unless --rate-limit is set. 0 disables the limit."`
	Wait      time.Duration `default:"1s" env:"PARLEY_MAX_WAIT" help:"Time limit for waiting in the queue."`
}

// DefaultLoad returns the bounds that the tags of Load name.
func DefaultLoad() Load { return defaults.Of[Load]() }

// Execute executes an operation of a request that was charged 1 when it came. An operation that failed before it read
// anything costs no more than that; one that was stopped by a limit costs its estimate.
func (s *server) Execute(ctx context.Context, req operation.Request, p operation.Prepared, b *transport.Bill) (operation.Response, *gqlerror.Error) {
	if fault := b.Charge(ctx, s.estimate(p.Price)-1); fault != nil {
		return operation.Response{}, fault
	}
	a, fault := s.Respond(ctx, req, p)
	switch {
	case fault == nil:
		b.Settle(a.Cost() - 1)
		if len(a.Late) > 0 {
			s.completeRateLimit(&a, b.Client, max(1, a.Cost())+p.Work+req.Owed)
		}
	case fault.Extensions["limitName"] == "answer": // its length was not known before, and it was written so far
		b.Settle(max(b.Estimate, a.FixedCost+s.Limits.Answer/operation.AnswerPerUnit))
	case fault.Extensions["limitName"] != "time" && fault.Extensions["limitName"] != "objects":
		b.Settle(a.FixedCost)
	}
	return a, fault
}

// enforcesRateLimit reports whether a client that is beyond its budget is refused.
func (s *server) enforcesRateLimit() bool { return s.RateLimiter != nil && !s.RateLimitLogOnly }

// completeRateLimit puts the values of rateLimit into the answer to a client, which was charged so much.
func (s *server) completeRateLimit(a *operation.Response, client string, cost int) {
	st := s.RateLimiter.Refund(client, 0, 0)
	full := time.Duration(float64(st.Limit-st.Left) / float64(st.Limit) * float64(st.Per))
	a.Complete(func(name string) []byte {
		switch name {
		case "limit":
			return strconv.AppendInt(nil, st.Limit, 10)
		case "remaining":
			return strconv.AppendInt(nil, st.Left, 10)
		case "resetAt":
			return s.Now().Add(full).UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000Z"`)
		default:
			return strconv.AppendInt(nil, int64(cost), 10)
		}
	})
}

// estimate is what a budget is charged for an operation before it runs: no operation reads more than the Reader allows.
func (s *server) estimate(p operation.Price) int {
	if s.Objects <= 0 {
		return p.Objects
	}
	return min(p.Objects, p.Fixed+s.Objects)
}

// enter admits an operation of a client once there is room. Where budgets are only logged, clients are not distinguished.
func (s *server) enter(ctx context.Context, client string) (leave func(), err error) {
	if s.RateLimitLogOnly {
		client = ""
	}
	return s.concurrency.Enter(ctx, client) //nolint:wrapcheck // the caller's own
}

// EnterInTurn lets an answer of streams in, in the share of the client that has the fewest operations, so that no client waits for
// the share of another. While the service is busy it tries again, until ctx ends: a later answer holds all that changed meanwhile.
func (s *server) EnterInTurn(ctx context.Context, clients func() []string) (leave func(), err error) {
	for {
		client := s.concurrency.Freest(slices.Values(clients()))
		if leave, err = s.enter(ctx, client); !errors.Is(err, ratelimit.ErrBusy) {
			return leave, err
		}
		select {
		case <-time.After(s.Load.Wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// CheckRate takes the price of one more answer of a stream. It waits until the client has something left of its budget, since
// an answer that comes later holds all that changed meanwhile. It returns false where ctx ends first, or the service does.
func (s *server) CheckRate(ctx context.Context, client string) (settle func(cost int), ok bool) {
	b := s.budgets.Named(client)
	for {
		refused := b.Charge(ctx, 1)
		if refused == nil {
			return b.Settle, true
		}
		wait, _ := refused.Extensions["retryAfter"].(int)
		select {
		case <-time.After(time.Duration(wait) * time.Second):
		case <-ctx.Done():
			return nil, false
		case <-s.connections.Ended():
			return nil, false
		}
	}
}

// overloadedError is the refusal of an operation that was not let in.
func (s *server) overloadedError() *gqlerror.Error {
	e := gqlerror.Errorf("the service is busy: at most %d operations run, %d of one client, and %d wait; ask again in a second",
		s.Load.Running, s.Load.PerClient, s.Load.Waiting)
	e.Extensions = map[string]any{"retryAfter": 1}
	return operation.WithCode(e, "UNAVAILABLE")
}

// Rendering returns what renders the texts of an answer, until ctx ends.
func (s *server) Rendering(ctx context.Context) plan.Rendering {
	return plan.Rendering{Ctx: ctx, Texts: s.texts}
}

// MaxAnswer returns the limit of the bytes of an answer.
func (s *server) MaxAnswer() int { return s.Limits.Answer }

// Run executes what a request to another address reads.
func (s *server) Run(w http.ResponseWriter, r *http.Request, price int, read func(ctx context.Context) (cost int, err error)) (ok bool, err error) {
	if fault := s.RecordFault(w, r); fault != nil {
		w.Header().Set("Cache-Control", "no-store")
		s.Refuse(w, r, transport.MediaJSON, fault)
		return false, nil
	}
	b := s.budgets.Of(nil, &operation.Request{Address: r.RemoteAddr})
	if fault := b.Charge(r.Context(), price); fault != nil {
		s.Refuse(w, r, transport.MediaJSON, fault)
		return false, nil
	}
	cost, err := s.inTurn(r.Context(), b.Client, read)
	b.Settle(cost)
	switch {
	case errors.Is(err, ratelimit.ErrBusy):
		s.Refuse(w, r, transport.MediaJSON, s.overloadedError())
		return false, nil
	case errors.Is(err, context.DeadlineExceeded):
		s.Refuse(w, r, transport.MediaJSON, s.timeoutError())
		return false, nil
	default:
		return true, err
	}
}

// inTurn calls a function once there is room for it, within the time that an operation may take.
func (s *server) inTurn(ctx context.Context, client string, read func(ctx context.Context) (cost int, err error)) (cost int, err error) {
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	leave, err := s.enter(ctx, client)
	if err != nil {
		return 0, err
	}
	defer leave()
	return read(ctx)
}

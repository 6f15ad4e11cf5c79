package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
	"parley/internal/ratelimit"
)

// Load bounds how much runs at a time.
type Load struct {
	Running   int           `default:"32" env:"PARLEY_MAX_RUNNING" help:"Maximum number of concurrent operations."`
	Waiting   int           `default:"128" env:"PARLEY_MAX_WAITING" help:"Maximum number of queued operations."`
	PerClient int           `default:"8" env:"PARLEY_MAX_PER_CLIENT" help:"Maximum number of concurrent operations per client; a quarter of the queue may belong to one client. Not enforced at a loopback address, where clients cannot be distinguished, unless --rate-limit is set. 0 disables the limit."`
	Wait      time.Duration `default:"1s" env:"PARLEY_MAX_WAIT" help:"Time limit for waiting in the queue."`
}

// DefaultLoad is the bound where none is given.
func DefaultLoad() Load { return Load{Running: 32, PerClient: 8, Waiting: 128, Wait: time.Second} }

// client names who pays for a request: the holder of a token, or else an address, for IPv6 with all of its network.
func (req request) client() string {
	if req.Who.Token != 0 {
		return "token " + strconv.FormatInt(req.Who.Token, 10)
	}
	at, err := netip.ParseAddrPort(req.address)
	if err != nil {
		return req.address
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

// charge is what a request is charged. What an operation costs is known once it was answered: its estimate is taken from the
// budget before it runs, and replaced by its cost afterwards.
type charge struct {
	server *server
	// header is that of the response, which says how the client stands; nil where an answer has none of its own.
	header http.Header
	client string
	// estimate is what was taken for the operation. Refused is whether nothing was left and the budget is only watched:
	// what is answered then is free.
	estimate int
	refused  bool
}

// bill returns the bill of the client that sends a request.
func (s *server) bill(h http.Header, req request) *charge {
	return &charge{server: s, header: h, client: req.client()}
}

// charge takes a price from the budget of the client. It returns the refusal where nothing is left. Without budgets,
// everything is free; where they are watched only, a refusal is logged instead.
func (b *charge) charge(ctx context.Context, price int) *gqlerror.Error {
	s := b.server
	if s.RateLimiter == nil || price <= 0 {
		return nil
	}
	st := s.RateLimiter.Charge(b.client, price)
	if st.Wait == 0 {
		b.estimate += price
	}
	b.tell(st)
	switch {
	case st.Wait == 0:
		return nil
	case s.RateLimitLogOnly:
		if b.refused = true; st.Report {
			s.Logger.WarnContext(ctx, "a request over the rate limit was answered because the service listens at a loopback address; at another address it would be rejected",
				slog.String("reason", rateLimited(st).Message), slog.String("client", b.client), slog.String("request_id", s.requestID(ctx)))
		}
		return nil
	}
	return rateLimited(st)
}

// settle replaces the estimate by what an operation cost.
func (b *charge) settle(cost int) {
	if b.server.RateLimiter == nil || b.refused || b.estimate == 0 && cost <= 0 {
		return
	}
	b.tell(b.server.RateLimiter.Refund(b.client, b.estimate, max(0, cost)))
	b.estimate = 0
}

// What the work beside reading costs: a unit is what an object costs to read.
const (
	bodyPerUnit   = 4 << 10 // bytes of a request that are read and decoded
	textPerUnit   = 256     // bytes of a document that are parsed and validated
	fieldsPerUnit = 64      // fields that are gathered to compile an operation
)

// owe charges work that was done already, also where nothing is left of the budget.
func (b *charge) owe(cost int) {
	if b.server.RateLimiter == nil || b.refused || cost <= 0 {
		return
	}
	b.tell(b.server.RateLimiter.Refund(b.client, 0, cost))
}

// Charge takes a price from the budget of the client that sends a request to another address than /graphql.
func (s *server) Charge(w http.ResponseWriter, r *http.Request, price int) bool {
	fault := s.bill(nil, request{address: r.RemoteAddr}).charge(r.Context(), price)
	if fault == nil {
		return true
	}
	s.refuse(w, r, mediaJSON, fault)
	return false
}

// answerCharged executes an operation of a request that was charged 1 when it came. An operation that failed before it read
// anything costs no more than that; one that was stopped by a limit costs its estimate.
func (s *server) answerCharged(ctx context.Context, req request, p prepared, b *charge) (response, *gqlerror.Error) {
	if fault := b.charge(ctx, s.estimate(p.price)-1); fault != nil {
		return response{}, fault
	}
	a, fault := s.respond(ctx, req, p)
	switch {
	case fault == nil:
		b.settle(a.cost() - 1)
	case fault.Extensions["limitName"] == "answer": // its length was not known before, and it was written so far
		b.settle(max(b.estimate, a.fixed+s.Limits.Answer/operation.AnswerPerUnit))
	case fault.Extensions["limitName"] != "time" && fault.Extensions["limitName"] != "objects":
		b.settle(a.fixed)
	}
	return a, fault
}

// tell says in the header how the client stands.
func (b *charge) tell(st ratelimit.Status) {
	if b.header == nil || b.server.RateLimitLogOnly {
		return
	}
	b.header.Set("RateLimit-Policy", fmt.Sprintf(`"cost";q=%d;w=%d`, st.Limit, int(st.Per.Seconds())))
	b.header.Set("RateLimit", fmt.Sprintf(`"cost";r=%d;t=%d`, st.Left, secondsOf(st.Wait)))
}

// checkRate takes the price of one more answer of a stream. It waits until the client has something left of its budget, since
// an answer that comes later holds all that changed meanwhile. It returns false where ctx ends first, or the service does.
func (s *server) checkRate(ctx context.Context, client string) (*charge, bool) {
	b := &charge{server: s, client: client}
	for {
		refused := b.charge(ctx, 1)
		if refused == nil {
			return b, true
		}
		wait, _ := refused.Extensions["retryAfter"].(int)
		select {
		case <-time.After(time.Duration(wait) * time.Second):
		case <-ctx.Done():
			return b, false
		case <-s.connections.ctx.Done():
			return b, false
		}
	}
}

// enter lets an operation of a client in, once there is room. Where budgets are only watched, clients are not told apart.
func (s *server) enter(ctx context.Context, client string) (leave func(), err error) {
	if s.RateLimitLogOnly {
		client = ""
	}
	return s.concurrency.Enter(ctx, client) //nolint:wrapcheck // the caller's own
}

// enterInTurn lets an answer of a stream in. Where the service is busy it waits on, until ctx ends: all streams are woken by
// one revision, and a later answer holds all that changed meanwhile.
func (s *server) enterInTurn(ctx context.Context, client string) (leave func(), err error) {
	for {
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

// rateLimited is the refusal of a client that has nothing left of its budget.
func rateLimited(st ratelimit.Status) *gqlerror.Error {
	wait := secondsOf(st.Wait)
	e := gqlerror.Errorf("the budget of this client is spent: it is a cost of %d in %s, and an operation costs what it reads; ask again in %s, "+
		"for fewer objects at once (X-Parley-Cost: 1 answers with the cost), or with a token, which has its own budget", st.Limit, st.Per, time.Duration(wait)*time.Second)
	e.Extensions = map[string]any{"limit": st.Limit, "retryAfter": wait}
	return operation.WithCode(e, "RATE_LIMITED")
}

// secondsOf rounds a time up to whole seconds.
func secondsOf(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// overloadedError is the refusal of an operation that was not let in.
func (s *server) overloadedError() *gqlerror.Error {
	e := gqlerror.Errorf("the service is busy: at most %d operations run, %d of one client, and %d wait; ask again in a second",
		s.Load.Running, s.Load.PerClient, s.Load.Waiting)
	e.Extensions = map[string]any{"retryAfter": 1}
	return operation.WithCode(e, "UNAVAILABLE")
}

// estimate is what a budget is charged for an operation before it runs: no operation reads more than the Reader allows.
func (s *server) estimate(p operation.Price) int {
	if s.Objects <= 0 {
		return p.Objects
	}
	return min(p.Objects, p.Fixed+s.Objects)
}

// countedPerUnit is how many items are counted at the cost of one that is read.
const countedPerUnit = 100

// cost is what an answer cost to read: one for each object and for each list and facet that was read, one for each hundred items
// that were counted or tested without an index, one for each text that was rendered, and one for every 4 KiB of it.
func (a response) cost() int {
	objects, lists, counted := readOf(a.results)
	return a.fixed + a.changes + objects + lists + counted/countedPerUnit + a.derived + len(a.data)/operation.AnswerPerUnit
}

// readOf counts the objects in results, the selections that they answer, and the items that were counted for them.
func readOf(results []*content.Result) (objects, lists, counted int) {
	for _, res := range results {
		lists++
		counted += res.Tested
		for _, l := range res.Lists {
			objects += len(l.Rows)
			counted += l.Total
			lists += 3 * len(l.Facets) // each takes a few statements
			for _, buckets := range l.Facets {
				for _, b := range buckets {
					counted += b.Count
				}
			}
		}
		o, l, c := readOf(res.Children)
		objects, lists, counted = objects+o, lists+l, counted+c
	}
	return objects, lists, counted
}

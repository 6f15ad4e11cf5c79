package transport

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/ratelimit"
)

// Bill is the charge of a request. The cost of an operation is known once it was answered: its estimate is taken from the
// budget before it runs, and replaced by its cost afterwards.
type Bill struct {
	budgets *Budgets
	// header is that of the response, which reports the client's budget; nil for a response without its own header.
	header http.Header
	// Client is the name that its budget has.
	Client string
	// Estimate is what was taken for the operation. Refused is whether nothing was left and the budget is only watched:
	// what is answered then is free.
	Estimate int
	refused  bool
}

// Budgets are the budgets of clients.
type Budgets struct {
	// Limiter is nil where clients are not limited. With LogOnly, a request beyond its budget is answered, and the refusal is logged.
	Limiter *ratelimit.RateLimiter
	LogOnly bool
	Logger  *slog.Logger
	// RequestID names a request in the log.
	RequestID func(ctx context.Context) string
}

// Of returns the bill of the client that sends a request, with the header of its response, or nil.
func (s *Budgets) Of(h http.Header, req *operation.Request) *Bill {
	return &Bill{budgets: s, header: h, Client: req.Client()}
}

// Named returns the bill of a client by its name, for a response without its own header.
func (s *Budgets) Named(client string) *Bill { return &Bill{budgets: s, Client: client} }

// Charge takes a price from the budget of the client. It returns the refusal where nothing is left. Without budgets,
// everything is free; where they are watched only, a refusal is logged instead.
func (b *Bill) Charge(ctx context.Context, price int) *gqlerror.Error {
	s := b.budgets
	if s.Limiter == nil || price <= 0 {
		return nil
	}
	st := s.Limiter.Charge(b.Client, price)
	if st.Wait == 0 {
		b.Estimate += price
	}
	b.tell(st)
	switch {
	case st.Wait == 0:
		return nil
	case s.LogOnly:
		if b.refused = true; st.Report {
			s.Logger.WarnContext(ctx, "a request over the rate limit was answered because the service listens at a loopback address; at another address it would be rejected",
				slog.String("reason", rateLimited(st).Message), slog.String("client", b.Client), slog.String("request_id", s.RequestID(ctx)))
		}
		return nil
	}
	return rateLimited(st)
}

// Settle replaces the estimate by what an operation cost.
func (b *Bill) Settle(cost int) {
	if b.budgets.Limiter == nil || b.refused || b.Estimate == 0 && cost <= 0 {
		return
	}
	b.tell(b.budgets.Limiter.Refund(b.Client, b.Estimate, max(0, cost)))
	b.Estimate = 0
}

// The costs of work beside reading: a unit is the cost of reading an object.
const (
	bodyPerUnit = 4 << 10 // bytes of a request that are read and decoded
	textPerUnit = 256     // bytes of a document that are parsed and validated
)

// Owe charges work that was done already, also where nothing is left of the budget.
func (b *Bill) Owe(cost int) {
	if b.budgets.Limiter == nil || b.refused || cost <= 0 {
		return
	}
	b.tell(b.budgets.Limiter.Refund(b.Client, 0, cost))
}

// Charge takes a price from the budget of the client that sends a request to another address than /graphql.
func (s *Handler) Charge(w http.ResponseWriter, r *http.Request, price int) bool {
	fault := s.Budgets.Of(nil, &operation.Request{Address: r.RemoteAddr}).Charge(r.Context(), price)
	if fault == nil {
		return true
	}
	s.Refuse(w, r, MediaJSON, fault)
	return false
}

// tell writes the client's budget to the header.
func (b *Bill) tell(st ratelimit.Status) {
	if b.header == nil || b.budgets.LogOnly {
		return
	}
	b.header.Set("RateLimit-Policy", fmt.Sprintf(`"cost";q=%d;w=%d`, st.Limit, int(st.Per.Seconds())))
	b.header.Set("RateLimit", fmt.Sprintf(`"cost";r=%d;t=%d`, st.Left, secondsOf(st.Wait)))
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

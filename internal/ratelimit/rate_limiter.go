// Package ratelimit limits the cost that each client may ask for, and the number of operations that run at a time.
package ratelimit

import (
	"sync"
	"time"

	"parley/internal/lru"
)

// clients is how many clients are remembered. A forgotten one starts with a full budget.
const clients = 1 << 16

// RateLimiter gives each client a budget of units, which fills up evenly. A client that has something left may ask for any
// price, and then waits until the debt is filled up. It is safe for use by many goroutines.
type RateLimiter struct {
	limit int64
	per   time.Duration
	now   func() time.Time

	mu      sync.Mutex
	budgets *lru.Cache[string, budget]
}

// budget is what a client had left at a time; it may be a debt. Refused is when a refusal of the client was reported last.
type budget struct {
	left        float64
	at, refused time.Time
}

// NewRateLimiter returns budgets of limit units each, of which an empty one is full after that time.
func NewRateLimiter(limit int64, per time.Duration, now func() time.Time) *RateLimiter {
	return &RateLimiter{limit: limit, per: per, now: now, budgets: lru.New[string, budget](clients)}
}

// Status is the state of a client's budget.
type Status struct {
	// Limit is the budget of a client, Left what is left of it, at least 0.
	Limit, Left int64
	// Per is the time in which the whole budget fills up; Wait is how long until something is left, 0 where it is.
	Per, Wait time.Duration
	// Report is true for the first refusal of a client, and once for each Per in which it is refused again.
	Report bool
}

// Charge takes the price from the budget of a client, unless nothing is left: then Wait of the standing is not 0, and
// nothing is taken.
func (r *RateLimiter) Charge(client string, price int) Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.filled(client)
	s := r.standing(b)
	if s.Wait > 0 {
		if s.Report = b.refused.IsZero() || b.at.Sub(b.refused) >= r.per; s.Report {
			b.refused = b.at
		}
	} else {
		b.left -= float64(price)
		s.Left = leftOf(b)
	}
	r.budgets.Put(client, b, 1)
	return s
}

// Refund replaces a price that a client was charged by the actual cost, and returns the state of the budget after it. The
// difference is given back, or taken even where nothing is left.
func (r *RateLimiter) Refund(client string, charged, cost int) Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.filled(client)
	b.left = min(float64(r.limit), b.left+float64(charged-cost))
	r.budgets.Put(client, b, 1)
	return r.standing(b)
}

// filled is the budget of a client as it has filled up until now.
func (r *RateLimiter) filled(client string) budget {
	now := r.now()
	b, ok := r.budgets.Get(client)
	if !ok {
		b = budget{left: float64(r.limit), at: now}
	}
	b.left = min(float64(r.limit), b.left+max(0, now.Sub(b.at).Seconds())*r.rate())
	b.at = now
	return b
}

// rate is how many units a budget gains in a second.
func (r *RateLimiter) rate() float64 { return float64(r.limit) / r.per.Seconds() }

func (r *RateLimiter) standing(b budget) Status {
	s := Status{Limit: r.limit, Left: leftOf(b), Per: r.per}
	if b.left < 1 {
		s.Wait = max(time.Millisecond, time.Duration((1-b.left)/r.rate()*float64(time.Second)))
	}
	return s
}

func leftOf(b budget) int64 { return int64(max(0, b.left)) }

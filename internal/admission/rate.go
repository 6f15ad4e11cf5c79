// Package admission decides what is let in: how much each client may ask for, and how much runs at a time.
package admission

import (
	"sync"
	"time"

	"parley/internal/lru"
)

// clients is how many clients are remembered. One that is forgotten begins anew.
const clients = 1 << 16

// Rates gives each client a budget of units, which fills up evenly. A client that has something left may ask for any
// price, and then waits until the debt is filled up. It is safe for use by many goroutines.
type Rates struct {
	limit int64
	per   time.Duration
	now   func() time.Time

	mu      sync.Mutex
	budgets *lru.Cache[string, budget]
}

// budget is what a client had left at a time; it may be a debt.
type budget struct {
	left float64
	at   time.Time
}

// NewRates returns budgets of limit units each, of which an empty one is full after that time.
func NewRates(limit int64, per time.Duration, now func() time.Time) *Rates {
	return &Rates{limit: limit, per: per, now: now, budgets: lru.New[string, budget](clients)}
}

// Standing is how a client stands.
type Standing struct {
	// Limit is the budget of a client, Left what is left of it, at least 0.
	Limit, Left int64
	// Per is the time in which the whole budget fills up; Wait is how long until something is left, 0 where it is.
	Per, Wait time.Duration
}

// Charge takes the price from the budget of a client, unless nothing is left: then Wait of the standing is not 0, and
// nothing is taken.
func (r *Rates) Charge(client string, price int) Standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	b, ok := r.budgets.Get(client)
	if !ok {
		b = budget{float64(r.limit), now}
	}
	rate := float64(r.limit) / r.per.Seconds()
	b.left = min(float64(r.limit), b.left+max(0, now.Sub(b.at).Seconds())*rate)
	b.at = now
	s := Standing{Limit: r.limit, Per: r.per}
	if b.left < 1 {
		s.Wait = max(time.Millisecond, time.Duration((1-b.left)/rate*float64(time.Second)))
	} else {
		b.left -= float64(price)
	}
	s.Left = int64(max(0, b.left))
	r.budgets.Put(client, b, 1)
	return s
}

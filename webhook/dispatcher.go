package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/content"
	"parley/internal/crash"
)

// Store is what is told of, and how far.
type Store interface {
	Webhooks(ctx context.Context) ([]content.Webhook, error)
	KeepDelivery(ctx context.Context, number int64, d content.Delivery) error
	Changes(ctx context.Context, q content.Changes) (content.ChangePage, error)
	Await(ctx context.Context, after content.Revision) (content.Revision, error)
	Head(ctx context.Context) (content.Revision, error)
}

// The times between attempts: the first, doubled each time up to the longest.
const (
	firstRetry   = 5 * time.Second
	longestRetry = time.Hour
	lookEvery    = time.Second // for webhooks that were added, and for attempts that are due
	pageSize     = 100
)

// Dispatcher delivers what changes to the webhooks.
type Dispatcher struct {
	Store Store
	// GiveUp is how long a receiver may fail before its webhook is disabled.
	GiveUp time.Duration
	Now    func() time.Time
	Logger *slog.Logger

	mu   sync.Mutex
	busy map[int64]bool
}

// Run delivers until ctx ends, and returns once nothing is on its way. Each webhook gets its messages one after the
// other; none waits for another.
func (c *Dispatcher) Run(ctx context.Context) {
	c.busy = map[int64]bool{}
	var all sync.WaitGroup
	defer all.Wait()
	said := "" // an error that was written already
	for ctx.Err() == nil {
		head, err := c.Store.Head(ctx)
		if err == nil {
			err = c.deliverAll(ctx, head, &all)
		}
		wait, cancel := context.WithTimeout(ctx, lookEvery)
		if err == nil {
			said = ""
			_, _ = c.Store.Await(wait, head)
		} else {
			if ctx.Err() == nil && err.Error() != said {
				said = err.Error()
				c.Logger.ErrorContext(ctx, "webhooks cannot be read", slog.Any("error", err), crash.Stack(err))
			}
			<-wait.Done()
		}
		cancel()
	}
}

// deliverAll starts what is due.
func (c *Dispatcher) deliverAll(ctx context.Context, head content.Revision, all *sync.WaitGroup) error {
	list, err := c.Store.Webhooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.Disabled || h.Position.After >= head && h.Position.Until == 0 || c.Now().Before(h.Next) || !c.take(h.Number) {
			continue
		}
		all.Go(func() {
			defer c.give(h.Number)
			if err := c.deliver(ctx, h); err != nil && ctx.Err() == nil {
				c.Logger.ErrorContext(ctx, "a webhook cannot be served", slog.Int64("webhook", h.Number), slog.Any("error", err), crash.Stack(err))
			}
		})
	}
	return nil
}

// take returns true where nobody else serves the webhook.
func (c *Dispatcher) take(number int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[number] {
		return false
	}
	c.busy[number] = true
	return true
}

func (c *Dispatcher) give(number int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, number)
}

// deliver sends what is new until there is no more, or an attempt fails.
func (c *Dispatcher) deliver(ctx context.Context, h content.Webhook) error {
	to := client(h)
	for {
		p := h.Position
		page, err := c.Store.Changes(ctx, content.Changes{After: p.After, Until: p.Until, From: p.From, One: true, Size: pageSize, Audience: content.Public, Types: h.Types})
		if err != nil {
			return err
		}
		if len(page.Changes) > 0 {
			status, err := send(ctx, to, h, messageOf(h, page), c.Now())
			if err != nil {
				return c.fail(ctx, h, status, err)
			}
		}
		h.Delivery = content.Delivery{Position: p.Behind(page), Note: h.Note}
		if len(page.Changes) > 0 {
			h.Note = "delivered revision " + revision(page.Until)
		}
		if err := c.Store.KeepDelivery(ctx, h.Number, h.Delivery); err != nil {
			return err
		}
		if !page.More && page.Until >= page.Head {
			return nil
		}
	}
}

// fail notes a failed attempt and when the next is made. A receiver that is gone, or fails for too long, gets no more.
func (c *Dispatcher) fail(ctx context.Context, h content.Webhook, status int, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := c.Now()
	if h.Failures == 0 {
		h.FailingSince = now
	}
	wait := min(firstRetry<<min(h.Failures, 20), longestRetry)
	h.Failures++
	h.Next = now.Add(wait)
	h.Note = cause.Error()
	h.Disabled = status == gone || now.Sub(h.FailingSince) >= c.GiveUp
	c.Logger.WarnContext(ctx, "a webhook was not delivered", slog.Int64("webhook", h.Number), slog.Int("failures", h.Failures),
		slog.Bool("disabled", h.Disabled), slog.Any("error", cause))
	return c.Store.KeepDelivery(ctx, h.Number, h.Delivery)
}

// Test sends a message without changes, of type webhook.test, and says what is wrong with the answer.
func Test(ctx context.Context, h content.Webhook, now time.Time) error {
	m := message{id: "msg_test_" + revision(content.Revision(now.UnixMilli())), Type: "webhook.test", Timestamp: now.UTC(), Data: data{Changes: []change{}}}
	_, err := send(ctx, client(h), h, m, now)
	return err
}

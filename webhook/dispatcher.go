package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"parley/content"
	"parley/internal/crash"
	"parley/internal/incident"
)

// Store holds the changes, and the position of each webhook in them.
type Store interface {
	Webhooks(ctx context.Context) ([]content.Webhook, error)
	KeepDelivery(ctx context.Context, number int64, d content.Delivery) error
	Changes(ctx context.Context, q content.Changes) (content.ChangePage, error)
	Await(ctx context.Context, after content.Revision) (content.Heads, error)
	Heads(ctx context.Context) (content.Heads, error)
	Record() string
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

	mu      sync.Mutex
	errands map[int64]*errand // by the number of the webhook
}

// errand is what a dispatcher remembers of a webhook.
type errand struct {
	busy bool // whether it is served now
	// failures counts how often in a row the record could not be read, or the position not be kept; until then it waits.
	failures int
	until    time.Time
	incident *incident.Incident
}

// Run delivers until ctx ends, and returns once nothing is on its way. Each webhook gets its messages one after the
// other; none waits for another.
func (c *Dispatcher) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	unread := c.incidents().New(slog.LevelError, "webhooks cannot be read")
	for ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, lookEvery)
		err := crash.Do(func() error { return c.look(ctx, wait, &all) })
		if ctx.Err() == nil {
			unread.Report(ctx, err)
		}
		if err != nil {
			<-wait.Done()
		}
		cancel()
	}
}

func (c *Dispatcher) incidents() incident.Log { return incident.Log{Logger: c.Logger, Now: c.Now} }

// look starts what is due, and waits for the next revision or for the end of wait.
func (c *Dispatcher) look(ctx, wait context.Context, all *sync.WaitGroup) error {
	heads, err := c.Store.Heads(ctx)
	if err == nil {
		err = c.deliverAll(ctx, heads.Public, all)
	}
	if err != nil {
		return err
	}
	if _, err = c.Store.Await(wait, heads.Newest); wait.Err() != nil {
		return nil //nolint:nilerr // a second without a revision
	}
	return err
}

// deliverAll starts what is due.
func (c *Dispatcher) deliverAll(ctx context.Context, head content.Revision, all *sync.WaitGroup) error {
	list, err := c.Store.Webhooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.Disabled || h.Position.Record == c.Store.Record() && h.Position.After >= head && h.Position.Until == 0 || c.Now().Before(h.Next) {
			continue
		}
		if e := c.take(h.Number); e != nil {
			all.Go(crash.Logged(ctx, c.Logger, fmt.Sprintf("webhook %d", h.Number), func() {
				c.give(ctx, e, crash.Do(func() error { return c.deliver(ctx, h) }))
			}))
		}
	}
	return nil
}

// take returns the errand of a webhook that is to be served now, nil where it is being served or has to wait.
func (c *Dispatcher) take(number int64) *errand {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errands == nil {
		c.errands = map[int64]*errand{}
	}
	e := c.errands[number]
	if e == nil {
		e = &errand{incident: c.incidents().New(slog.LevelError, "the deliveries of a webhook cannot be read", slog.Int64("webhook", number))}
		c.errands[number] = e
	}
	if e.busy || c.Now().Before(e.until) {
		return nil
	}
	e.busy = true
	return e
}

// give ends an errand. One that failed on our side waits as one does whose receiver failed: what it sent may be sent again.
func (c *Dispatcher) give(ctx context.Context, e *errand, err error) {
	if ctx.Err() == nil {
		e.incident.Report(ctx, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e.busy = false
	if err == nil {
		e.failures = 0
		return
	}
	e.until = c.Now().Add(retryAfter(e.failures))
	e.failures++
}

// retryAfter is how long to wait after so many failures and one more.
func retryAfter(failures int) time.Duration { return min(firstRetry<<min(failures, 20), longestRetry) }

// deliver sends what is new until there is no more, or an attempt fails.
func (c *Dispatcher) deliver(ctx context.Context, h content.Webhook) error {
	to := client(h)
	if h.Position.Record != c.Store.Record() {
		if err := c.announceRecord(ctx, to, &h); err != nil || h.Failures > 0 {
			return err
		}
	}
	for {
		p := h.Position
		page, err := c.Store.Changes(ctx, content.Changes{After: p.After, Until: p.Until, From: p.From, One: true, Size: pageSize, Audience: content.Public, Types: h.Types})
		if err != nil {
			return err
		}
		if len(page.Changes) > 0 {
			status, err := send(ctx, to, h, messageOf(h, page), c.Now())
			if err != nil {
				return c.fail(ctx, &h, status, err)
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

// announceRecord sends a receiver the message that its position belongs to another record: the end of what it received may
// have been lost. The position stays where the database has it, so that the changes behind it are sent, perhaps a second time.
func (c *Dispatcher) announceRecord(ctx context.Context, to *http.Client, h *content.Webhook) error {
	id, now := c.Store.Record(), c.Now()
	m := message{id: fmt.Sprintf("msg_%d_%s", h.Number, id), Type: "record.changed", Timestamp: now.UTC(), Data: data{RecordID: id, Revision: h.Position.After, Changes: []change{}}}
	if status, err := send(ctx, to, *h, m, now); err != nil {
		return c.fail(ctx, h, status, err)
	}
	h.Position.Record = id
	h.Delivery = content.Delivery{Position: h.Position, Note: "notified of the record " + id}
	return c.Store.KeepDelivery(ctx, h.Number, h.Delivery)
}

// fail notes a failed attempt and when the next is made. A receiver that is gone, or fails for too long, gets no more.
func (c *Dispatcher) fail(ctx context.Context, h *content.Webhook, status int, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := c.Now()
	if h.Failures == 0 {
		h.FailingSince = now
	}
	h.Next = now.Add(retryAfter(h.Failures))
	h.Failures++
	h.Note = fmt.Sprintf("%.300s", content.PrintableLine(cause.Error())) // a part of it may be the words of the receiver
	h.Disabled = status == gone || now.Sub(h.FailingSince) >= c.GiveUp
	c.Logger.WarnContext(ctx, "a webhook was not delivered", slog.Int64("webhook", h.Number), slog.Int("failures", h.Failures),
		slog.Bool("disabled", h.Disabled), slog.Any("error", cause))
	return c.Store.KeepDelivery(ctx, h.Number, h.Delivery)
}

// Test sends a message without changes, of type webhook.test, and returns an error for an answer other than 2xx.
func Test(ctx context.Context, h content.Webhook, now time.Time) error {
	m := message{id: "msg_test_" + revision(content.Revision(now.UnixMilli())), Type: "webhook.test", Timestamp: now.UTC(), Data: data{Changes: []change{}}}
	_, err := send(ctx, client(h), h, m, now)
	return err
}

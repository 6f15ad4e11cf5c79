package webhook

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/content"
)

// failing is a record that fails for the webhooks that are told of events.
type failing struct {
	Store
	fail  func() error
	tries atomic.Int64
}

func (f *failing) Changes(ctx context.Context, q content.Changes) (content.ChangePage, error) {
	if q.Types == nil {
		return f.Store.Changes(ctx, q)
	}
	f.tries.Add(1)
	return content.ChangePage{}, f.fail()
}

// TestRecordThatCannotBeRead delivers to one webhook while the record of another cannot be read, or its delivery panics: the log
// says so once, and attempts become rare.
func TestRecordThatCannotBeRead(t *testing.T) {
	for name, fail := range map[string]func() error{
		"unread": func() error { return errors.New("the newest revision cannot be read") },
		"panics": func() error { panic("the newest revision cannot be read") },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			var log bytes.Buffer
			record := &failing{Store: o.Store, fail: fail}
			o.Store, o.Logger = record, slog.New(slog.NewTextHandler(&log, nil))
			o.hook(t, o.url)
			o.hook(t, o.url, content.TypeNamed("Event"))
			for n := range 20 {
				o.write(t, 1, strings.Repeat("x", n+1))
				if got := o.turn(t); len(got) != 1 {
					t.Fatalf("round %d delivers %+v to the other webhook", n, got)
				}
				o.clock = o.clock.Add(time.Second)
			}
			if got := record.tries.Load(); got < 2 || got > 3 {
				t.Errorf("it was tried %d times in 20 seconds, want after 0, 5 and 15", got)
			}
			if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "webhook=2") {
				t.Errorf("the log says\n%s", got)
			} else if strings.Contains(got, "failing_test.go") != (name == "panics") {
				t.Errorf("the log has a stack in\n%s", got)
			}
		})
	}
}

// broken is a record that cannot be read at all.
type broken struct {
	Store
	head func() error
	n    atomic.Int64
}

func (b *broken) Heads(context.Context) (content.Heads, error) {
	b.n.Add(1)
	return content.Heads{}, b.head()
}

// awaitless is a record whose newest revision is known, while waiting for the next one fails at once.
type awaitless struct {
	Store
	n atomic.Int64
}

func (a *awaitless) Await(context.Context, content.Revision) (content.Heads, error) {
	a.n.Add(1)
	return content.Heads{}, errors.New("no such page")
}

// TestRunDoesNotSpin looks once a second where the record fails, and logs it once.
func TestRunDoesNotSpin(t *testing.T) {
	o := newOffice(t)
	head, wait := &broken{Store: o.Store, head: func() error { panic("no such page") }}, &awaitless{Store: o.Store}
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
	defer cancel()
	logs := map[Store]*bytes.Buffer{head: {}, wait: {}}
	for record, log := range logs {
		c := &Dispatcher{Store: record, GiveUp: time.Hour, Now: time.Now, Logger: slog.New(slog.NewTextHandler(log, nil))}
		all.Go(func() { c.Run(ctx) })
	}
	all.Wait()
	for record, log := range logs {
		if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "webhooks cannot be read") {
			t.Errorf("of %T the log says\n%s", record, got)
		}
	}
	if head.n.Load() > 4 || wait.n.Load() > 4 {
		t.Errorf("in 2.5 seconds it looks %d and %d times", head.n.Load(), wait.n.Load())
	}
}

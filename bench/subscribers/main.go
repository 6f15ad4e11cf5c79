// Command subscribers measures live subscriptions: it starts a server, opens subscribers, half of them over
// WebSocket and half as server-sent events, has the server write one change after the other, and prints how long each took
// from the time of its revision, which is before its commit, to the last byte at each subscriber.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load is what is measured.
type load struct {
	subscribers, changes int
	every                time.Duration
	server               *server

	mu    sync.Mutex
	taken []time.Duration // of each change at each subscriber
	seen  atomic.Int64
	ready sync.WaitGroup
}

func main() {
	l := &load{}
	flag.IntVar(&l.subscribers, "subscribers", 200, "how many subscribers")
	flag.IntVar(&l.changes, "changes", 10, "how many changes")
	flag.DurationVar(&l.every, "every", time.Second, "time between changes")
	flag.Parse()
	if err := l.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "subscribers:", err)
		os.Exit(1)
	}
}

// run measures and prints the table.
func (l *load) run(ctx context.Context) (err error) {
	if l.server, err = startServer(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.server.stop()) }()
	before, err := l.server.memory(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := l.subscribe(ctx); err != nil {
		return err
	}
	for i := range l.changes {
		if err := l.server.change(ctx, "Change "+strconv.Itoa(i)); err != nil {
			return err
		}
		time.Sleep(l.every)
	}
	if err := l.wait(); err != nil {
		return err
	}
	after, err := l.server.memory(ctx)
	if err != nil {
		return err
	}
	l.print(before, after)
	return nil
}

// subscribe opens the subscribers, a hundred at a time, and returns once each has its first page.
func (l *load) subscribe(ctx context.Context) error {
	failed := make(chan error, l.subscribers)
	for i := range l.subscribers {
		l.ready.Add(1)
		open := l.server.socket
		if i%2 == 0 {
			open = l.server.stream
		}
		first := sync.OnceFunc(l.ready.Done)
		go func() {
			err := open(ctx, func(page []byte) error {
				defer first()
				return l.note(page)
			})
			if ctx.Err() == nil {
				failed <- err
				first()
			}
		}()
		if i%100 == 99 {
			l.ready.Wait()
		}
	}
	l.ready.Wait()
	select {
	case err := <-failed:
		return fmt.Errorf("a subscriber ended: %w", err)
	default:
		return nil
	}
}

// note keeps how long the changes of a page took.
func (l *load) note(page []byte) error {
	now := time.Now() //nolint:forbidigo // a measurement
	var m struct {
		Data struct {
			ContentUpdates struct {
				Changes []struct {
					At time.Time `json:"at"`
				} `json:"changes"`
			} `json:"contentUpdates"`
		} `json:"data"`
	}
	if err := json.Unmarshal(page, &m); err != nil {
		return fmt.Errorf("read %.200s: %w", page, err)
	}
	for _, c := range m.Data.ContentUpdates.Changes {
		l.mu.Lock()
		l.taken = append(l.taken, now.Sub(c.At))
		l.mu.Unlock()
		l.seen.Add(1)
	}
	return nil
}

// wait returns once every subscriber has every change, or says how many are missing after half a minute.
func (l *load) wait() error {
	want := int64(l.subscribers * l.changes)
	for range 300 {
		if l.seen.Load() >= want {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("%d of %d changes arrived", l.seen.Load(), want)
}

func (l *load) print(before, after memory) {
	slices.Sort(l.taken)
	at := func(percent int) float64 {
		return float64(l.taken[min(len(l.taken)*percent/100, len(l.taken)-1)].Microseconds()) / 1000
	}
	each := func(a, b int64) float64 { return float64(b-a) / float64(l.subscribers) }
	_, _ = fmt.Fprintln(os.Stdout, "subscribers  changes  arrived  p50 ms  p99 ms  max ms  live KiB each  resident KiB each")
	_, _ = fmt.Fprintf(os.Stdout, "%11d  %7d  %7d  %6.1f  %6.1f  %6.1f  %13.1f  %17.1f\n", l.subscribers, l.changes, l.seen.Load(), at(50), at(99), at(100),
		each(before.live, after.live), each(before.resident, after.resident))
}

package service_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/content"
	"parley/internal/parleytest"
	"parley/store"
)

// follower is a subscriber that comes back by its last event id until it has seen the last revision.
type follower struct {
	lastID string
	seen   []int
}

// follow listens at the address until the connection ends or the revision is seen, which it tells.
func (f *follower) follow(ctx context.Context, at string, until int) (bool, error) {
	query := url.Values{"query": {"subscription { contentUpdates(types: [SOURCE]) { revision changes { revision } } }"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return false, err
	}
	r.Header.Set("Accept", "text/event-stream")
	if f.lastID != "" {
		r.Header.Set("Last-Event-ID", f.lastID)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, nil // the server is down
	}
	defer res.Body.Close()
	id := ""
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "id: "); ok {
			id = text
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var m struct {
			Data struct {
				ContentUpdates struct {
					Revision int
					Changes  []struct{ Revision int }
				}
			}
		}
		if err := json.Unmarshal([]byte(data), &m); err != nil || id == "" {
			return false, fmt.Errorf("%s: %w", line, err)
		}
		f.lastID = id
		for _, c := range m.Data.ContentUpdates.Changes {
			f.seen = append(f.seen, c.Revision)
		}
		if m.Data.ContentUpdates.Revision >= until {
			return true, nil
		}
	}
	return false, nil
}

// TestKillWithSubscribers ends the server with SIGKILL three times while 100 subscribers listen and another process
// writes: each of them sees every revision once, in order.
func TestKillWithSubscribers(t *testing.T) {
	const subscribers, revisions = 100, 60
	dir := t.TempDir()
	cmd, at, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	st, err := store.Open(ctx, filepath.Join(dir, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	first, err := st.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var address atomic.Value
	address.Store(at)
	var ready, all sync.WaitGroup
	list := make([]*follower, subscribers)
	for i := range list {
		list[i] = &follower{}
		ready.Add(1)
		all.Go(func() {
			begun := sync.OnceFunc(ready.Done)
			for ctx.Err() == nil {
				if list[i].lastID != "" {
					begun()
				}
				upTo := int(first) + revisions
				if list[i].lastID == "" {
					upTo = 0 // the first page alone: it gives the token
				}
				over, err := list[i].follow(ctx, address.Load().(string), upTo)
				if err != nil {
					t.Error(err)
					return
				}
				if over && upTo > 0 {
					return
				}
			}
		})
	}
	ready.Wait()
	for i := range revisions {
		item := content.Item{Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", "wire"), Slug: "wire", Values: map[string]any{"title": strconv.Itoa(i)}}
		if _, err := st.Write(ctx, content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{item}}); err != nil {
			t.Fatal(err)
		}
		if i%15 == 14 && i < revisions-1 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			cmd, at, _ = parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
			address.Store(at)
		}
	}
	all.Wait()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for i, f := range list {
		ok := len(f.seen) == revisions
		for n, rev := range f.seen {
			ok = ok && rev == int(first)+n+1
		}
		if !ok {
			t.Fatalf("subscriber %d saw %v, want %d to %d", i, f.seen, first+1, int(first)+revisions)
		}
	}
}

package graph

import (
	"context"
	"fmt"
	"sync"

	"parley/content"
)

// maxTouches bounds how many dependencies are remembered.
const maxTouches = 200_000

// invalidations knows which revision touched a dependency last. It follows the log and so sees the revisions of every
// process that writes to the record.
type invalidations struct {
	reader Reader
	mu     sync.RWMutex
	seen   content.Revision // up to which the log was followed
	floor  content.Revision // up to which anything may have been touched: what was before is not remembered
	last   map[content.Dependency]content.Revision
}

func newInvalidations(r Reader) *invalidations {
	return &invalidations{reader: r, seen: -1, last: map[content.Dependency]content.Revision{}}
}

// follow reads the log up to the newest revision. It costs the look at one number where nothing was written.
func (f *invalidations) follow(ctx context.Context) error {
	head, err := f.reader.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the newest revision: %w", err)
	}
	f.mu.RLock()
	seen := f.seen
	f.mu.RUnlock()
	if head <= seen {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if head <= f.seen {
		return nil
	}
	if f.seen < 0 { // the first look: of what was before nothing needs to be known
		f.seen, f.floor = head, head
		return nil
	}
	list, head, all, err := f.reader.InvalidatedSince(ctx, f.seen)
	if err != nil {
		return fmt.Errorf("read what the newest revisions touch: %w", err)
	}
	if all || len(f.last)+len(list) > maxTouches {
		f.floor = head
		clear(f.last)
	}
	for _, t := range list {
		f.last[t.Dependency] = max(f.last[t.Dependency], t.Revision)
	}
	f.seen = head
	return nil
}

// changed returns the last revision that touched one of the dependencies, as far as the log was followed.
func (f *invalidations) changed(on []content.Dependency) content.Revision {
	f.mu.RLock()
	defer f.mu.RUnlock()
	newest := f.floor
	for _, d := range on {
		if d == content.OnAnything {
			return f.seen
		}
		newest = max(newest, f.last[d])
	}
	return newest
}

// since reports whether one of the dependencies was touched after a revision, as far as the log was followed.
func (f *invalidations) since(r content.Revision, on []content.Dependency) bool {
	f.mu.RLock()
	seen := f.seen
	f.mu.RUnlock()
	return seen > r && f.changed(on) > r
}

package cache

import (
	"context"
	"fmt"
	"sync"

	"parley/content"
)

// invalidationLog says which revisions touched what. Package store implements it.
type invalidationLog interface {
	// Heads returns the newest revisions, 0 where nothing was written.
	Heads(ctx context.Context) (content.Heads, error)
	// InvalidatedSince returns what the revisions after one touched, each dependency with the last of them, and the newest revision;
	// all is true where they were too many to list.
	InvalidatedSince(ctx context.Context, after content.Revision) (list []content.Invalidation, heads content.Heads, all bool, err error)
}

// maxTouches bounds how many dependencies are remembered.
const maxTouches = 200_000

// invalidations knows which revision touched a dependency last. It follows the log and so sees the revisions of every
// process that writes to the record.
type invalidations struct {
	reader invalidationLog
	mu     sync.RWMutex
	seen   content.Revision // up to which the log was followed
	public content.Revision // the newest of those in which readers without a token see anything change
	floor  content.Revision // up to which anything may have been touched: what was before is not remembered
	last   map[content.Dependency]content.Revision
}

func newInvalidations(r invalidationLog) *invalidations {
	return &invalidations{reader: r, seen: -1, last: map[content.Dependency]content.Revision{}}
}

// follow reads the log up to the newest revision. It costs the look at one number where nothing was written.
func (f *invalidations) follow(ctx context.Context) error {
	heads, err := f.reader.Heads(ctx)
	if err != nil {
		return fmt.Errorf("read the newest revision: %w", err)
	}
	f.mu.RLock()
	seen := f.seen
	f.mu.RUnlock()
	if heads.Newest <= seen {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if heads.Newest <= f.seen {
		return nil
	}
	if f.seen < 0 { // the first look: of what was before nothing needs to be known
		f.seen, f.public, f.floor = heads.Newest, heads.Public, heads.Public
		return nil
	}
	list, heads, all, err := f.reader.InvalidatedSince(ctx, f.seen)
	if err != nil {
		return fmt.Errorf("read the changes of the newest revisions: %w", err)
	}
	if all || len(f.last)+len(list) > maxTouches {
		f.floor = heads.Public
		clear(f.last)
	}
	for _, t := range list {
		f.last[t.Dependency] = max(f.last[t.Dependency], t.Revision)
	}
	f.seen, f.public = heads.Newest, heads.Public
	return nil
}

// changed returns the last revision that touched one of the dependencies, as far as the log was followed.
func (f *invalidations) changed(on []content.Dependency) content.Revision {
	f.mu.RLock()
	defer f.mu.RUnlock()
	newest := f.floor
	for _, d := range on {
		switch d {
		case content.OnAnything:
			return f.seen
		case content.OnAnythingPublic:
			return f.public
		default:
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

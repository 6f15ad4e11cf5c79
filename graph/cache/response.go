package cache

import (
	"context"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/singleflight"

	"parley/content"
	"parley/internal/lru"
	"parley/internal/requestlog"
)

// Responses keeps answers to queries as they were sent. One is served again as long as no revision touched what it follows
// from. Nothing is dropped when something is written: whether an answer is still exact is found out when it is asked for.
type Responses struct {
	Kept          *lru.Cache[string, *Entry]
	invalidations *invalidations
	flight        singleflight.Group
}

// Entry is an answer as it is sent.
type Entry struct {
	Body  []byte
	mu    sync.Mutex
	Coded map[string][]byte // the body in the codings that clients asked for, once they did
	// Head is the revision that it was read at, on what it follows from.
	Head         content.Revision
	Dependencies []content.Dependency
	// The headers of an answer to GET: its tag, and the keys by which shared caches purge it.
	Tag        string
	Surrogates []string
	// Facts are what the log says of it.
	Facts requestlog.Facts
}

// New returns a cache of so many bytes, or nil for 0.
func New(size int64, r invalidationLog) *Responses {
	if size <= 0 {
		return nil
	}
	return &Responses{Kept: lru.New[string, *Entry](size), invalidations: newInvalidations(r)}
}

// Find returns the cached response to a request, or nil where there is none that is still exact.
func (c *Responses) Find(ctx context.Context, key string) *Entry {
	if key == "" {
		return nil
	}
	k, ok := c.Kept.Get(key)
	if !ok || !c.exact(ctx, k) {
		return nil
	}
	return k
}

// exact reports whether an answer is what would be answered now.
func (c *Responses) exact(ctx context.Context, k *Entry) bool {
	return c.invalidations.follow(ctx) == nil && !c.invalidations.since(k.Head, k.Dependencies)
}

// Result is what became of a request: an answer or a fault.
type Result struct {
	*Entry
	Fault *gqlerror.Error
}

// Make makes the answer to a request, once for all who wait for the same, and keeps it.
func (c *Responses) Make(ctx context.Context, key string, compute func() Result) Result {
	own := false
	v, _, _ := c.flight.Do(key, func() (any, error) {
		own = true
		if k := c.Find(ctx, key); k != nil { // it was made since it was looked for
			return Result{Entry: k}, nil
		}
		m := compute()
		if m.Fault == nil && c.exact(ctx, m.Entry) {
			m.Facts.Name = strings.Clone(m.Facts.Name) // it would keep the whole document that it is a part of
			c.Kept.Put(key, m.Entry, m.weight(key))
		}
		return m, nil
	})
	m, _ := v.(Result)
	if !own && (m.Fault != nil || !c.exact(ctx, m.Entry)) { // another's, and perhaps begun before this one came
		return compute()
	}
	return m
}

// entryBytes is what an entry takes but for its texts: its own fields, and its places in the cache.
const entryBytes = 768

// weight returns the memory that a cached response takes, in bytes. The caller owns it or has locked it.
func (k *Entry) weight(key string) int64 {
	n := entryBytes + allocated(len(key)) + allocated(cap(k.Body)) + allocated(len(k.Tag)) + allocated(len(k.Facts.Name)) +
		allocated(len(k.Facts.Document)) + weightOf(k.Dependencies) + weightOf(k.Surrogates) + weightOf(k.Facts.Codes)
	for name, b := range k.Coded {
		n += allocated(cap(b)) + len(name) + 64
	}
	return int64(n)
}

// weightOf returns the memory that a list of texts takes, in bytes.
func weightOf[S ~string](list []S) int {
	n := allocated(16 * cap(list))
	for _, s := range list {
		n += allocated(len(s))
	}
	return n
}

// allocated returns the most memory that a text of n bytes takes: what is allocated is rounded up, by a quarter or to whole pages.
func allocated(n int) int { return n + min(n/4, 8<<10) + 16 }

// Note says in the log where an answer comes from.
func (k *Entry) Note(ctx context.Context, from requestlog.Source) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) {
		was := *f
		*f = k.Facts
		f.Known, f.Source, f.Protocol = was.Known || was.Document == "", from, was.Protocol
		f.Token, f.Made = was.Token, was.Made
	})
}

// Changed returns the newest revision among those that decide what an answer is: the answer was read at head, and depends on on.
func (c *Responses) Changed(ctx context.Context, head content.Revision, on []content.Dependency) content.Revision {
	if c == nil || c.invalidations.follow(ctx) != nil {
		return head
	}
	return min(c.invalidations.changed(on), head)
}

// Coded returns an answer in a coding. One that is kept, under a key, keeps its codings too.
func (c *Responses) Coded(key string, k *Entry, name string, code func(name string, body []byte) ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	b, ok := k.Coded[name]
	if ok {
		return b, nil
	}
	b, err := code(name, k.Body)
	if err != nil || key == "" {
		return b, err
	}
	if k.Coded == nil {
		k.Coded = map[string][]byte{}
	}
	k.Coded[name] = b
	c.Kept.Put(key, k, k.weight(key))
	return b, nil
}

package graph

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/singleflight"

	"parley/content"
	"parley/internal/lru"
	"parley/internal/requestlog"
)

// responseCache keeps answers to queries as they were sent. One is served again as long as no revision touched what it follows
// from. Nothing is dropped when something is written: whether an answer is still exact is found out when it is asked for.
type responseCache struct {
	kept          *lru.Cache[string, *cacheEntry]
	invalidations *invalidations
	flight        singleflight.Group
}

// cacheEntry is an answer as it is sent.
type cacheEntry struct {
	body  []byte
	mu    sync.Mutex
	coded map[string][]byte // the body in the codings that clients asked for, once they did
	// head is the revision that it was read at, on what it follows from.
	head content.Revision
	on   []content.Dependency
	// What an answer to GET has besides: its tag, and what shared caches may purge it by.
	tag        string
	surrogates []string
	// facts are what the log says of it.
	facts requestlog.Facts
}

func newResponseCache(size int64, r Reader) *responseCache {
	if size <= 0 {
		return nil
	}
	return &responseCache{kept: lru.New[string, *cacheEntry](size), invalidations: newInvalidations(r)}
}

// keyOf names a request by everything that decides its answer, as it was written: a request that comes again is known
// before anything of it is read. It is empty where answers are not kept.
func (s *server) keyOf(r *http.Request, media string, who content.Principal, body []byte) string {
	if s.responses == nil || media == mediaStream || r.Header.Get("X-Parley-Cost") != "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(r.URL.RawQuery) + len(body) + 64)
	for _, part := range []string{media, string(who.Role), strconv.FormatInt(who.Token, 36), r.URL.RawQuery} {
		b.WriteString(part)
		b.WriteByte(0)
	}
	b.Write(body)
	return b.String()
}

// find returns the kept answer to a request, or nil where there is none that is still exact.
func (c *responseCache) find(ctx context.Context, key string) *cacheEntry {
	if key == "" {
		return nil
	}
	k, ok := c.kept.Get(key)
	if !ok || !c.exact(ctx, k) {
		return nil
	}
	return k
}

// exact reports whether an answer is what would be answered now.
func (c *responseCache) exact(ctx context.Context, k *cacheEntry) bool {
	return c.invalidations.follow(ctx) == nil && !c.invalidations.since(k.head, k.on)
}

// result is what became of a request: an answer or a fault.
type result struct {
	*cacheEntry
	fault *gqlerror.Error
}

// make makes the answer to a request, once for all who wait for the same, and keeps it.
func (c *responseCache) make(ctx context.Context, key string, compute func() result) result {
	own := false
	v, _, _ := c.flight.Do(key, func() (any, error) {
		own = true
		if k := c.find(ctx, key); k != nil { // it was made since it was looked for
			return result{cacheEntry: k}, nil
		}
		m := compute()
		if m.fault == nil && c.exact(ctx, m.cacheEntry) {
			c.kept.Put(key, m.cacheEntry, m.weight(key))
		}
		return m, nil
	})
	m, _ := v.(result)
	if !own && (m.fault != nil || !c.exact(ctx, m.cacheEntry)) { // another's, and perhaps begun before this one came
		return compute()
	}
	return m
}

// weight is how much memory a kept answer takes, in bytes. Whoever asks has it alone or has locked it.
func (k *cacheEntry) weight(key string) int64 {
	n := 768 + len(key) + len(k.body) + len(k.tag)
	for _, b := range k.coded {
		n += cap(b) + 64
	}
	for _, d := range k.on {
		n += len(d) + 16
	}
	for _, s := range k.surrogates {
		n += len(s) + 16
	}
	return int64(n)
}

// changed returns the newest revision among those that decide what an answer is.
func (s *server) changed(ctx context.Context, a response) content.Revision {
	if s.responses == nil {
		return a.head
	}
	if s.responses.invalidations.follow(ctx) != nil {
		return a.head
	}
	return min(s.responses.invalidations.changed(a.on), a.head)
}

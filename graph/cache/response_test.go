package cache_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"parley/content"
	"parley/graph/cache"
	"parley/internal/requestlog"
)

// unwritten is the log of a record to which nothing is written.
type unwritten struct{}

func (unwritten) Heads(context.Context) (content.Heads, error) { return content.Heads{}, nil }

func (unwritten) InvalidatedSince(context.Context, content.Revision) ([]content.Invalidation, content.Heads, bool, error) {
	return nil, content.Heads{}, false, nil
}

// TestResponsesAreBoundedByBytes keeps responses of the forms that take the most memory for what they say, until the cache is full: the
// heap grows by no more than the bound of the cache, but for what else the process does.
func TestResponsesAreBoundedByBytes(t *testing.T) {
	const bound = 8 << 20
	document := func(i int) string { return fmt.Sprintf("%d%s", i, strings.Repeat("#", 60<<10)) }
	for name, c := range map[string]struct {
		n    int
		key  func(i int) string
		make func(i int) *cache.Entry
		code func(body []byte) []byte
	}{
		"a short body in much room": {n: 2000, make: func(int) *cache.Entry { return &cache.Entry{Body: append(make([]byte, 0, 64<<10), "{}"...)} }},
		"room that pages round up":  {n: 2000, make: func(int) *cache.Entry { return &cache.Entry{Body: make([]byte, 2, 32<<10+1)} }},
		"short codings in much room": {
			n: 2000, make: func(int) *cache.Entry { return &cache.Entry{Body: []byte("{}")} },
			code: func([]byte) []byte { return append(make([]byte, 0, 16<<10), 'x') },
		},
		"nothing but the entry": {n: 50_000, make: func(int) *cache.Entry { return &cache.Entry{} }},
		"long keys":             {n: 2000, key: func(i int) string { return strings.Clone(document(i)) }, make: func(int) *cache.Entry { return &cache.Entry{} }},
		"many short texts": {n: 2000, make: func(i int) *cache.Entry {
			e := &cache.Entry{Tag: fmt.Sprint("tag", i), Dependencies: make([]content.Dependency, 0, 512), Surrogates: make([]string, 0, 512)}
			for n := range 60 {
				text := fmt.Sprintf("%d:%d", i, n)
				e.Dependencies, e.Surrogates = append(e.Dependencies, content.Dependency(text)), append(e.Surrogates, strings.Clone(text))
			}
			return e
		}},
		"names within long documents": {n: 2000, make: func(i int) *cache.Entry { return &cache.Entry{Facts: requestlog.Facts{Name: document(i)[:20]}} }},
	} {
		t.Run(name, func(t *testing.T) {
			before := heapInUse()
			responses := cache.New(bound, unwritten{})
			for i := range c.n {
				key := fmt.Sprint("key", i)
				if c.key != nil {
					key = c.key(i)
				}
				m := responses.Make(t.Context(), key, func() cache.Result { return cache.Result{Entry: c.make(i)} })
				for _, coding := range []string{"br", "gzip", "zstd"} {
					if c.code == nil {
						continue
					}
					if _, err := responses.Coded(key, m.Entry, coding, func(_ string, body []byte) ([]byte, error) { return c.code(body), nil }); err != nil {
						t.Fatal(err)
					}
				}
			}
			grown := heapInUse() - before
			if used := responses.Kept.Used(); grown > bound+bound/20 || used > bound {
				t.Errorf("%d bytes are kept and %d counted; the bound is %d", grown, used, bound)
			}
			if name != "names within long documents" && grown < bound/4 {
				t.Errorf("%d bytes are kept, far less than the bound of %d", grown, bound)
			}
			runtime.KeepAlive(responses)
		})
	}
}

// TestNamesOfKeptResponses finds a kept response with what the log says of it.
func TestNamesOfKeptResponses(t *testing.T) {
	responses := cache.New(1<<20, unwritten{})
	e := &cache.Entry{Body: []byte("{}"), Facts: requestlog.Facts{Name: "talks"}}
	responses.Make(t.Context(), "key", func() cache.Result { return cache.Result{Entry: e} })
	if k := responses.Find(t.Context(), "key"); k == nil || k.Facts.Name != "talks" || !bytes.Equal(k.Body, e.Body) {
		t.Errorf("found %+v", k)
	}
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // what pools hold is let go of by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

package graph

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	standard "github.com/99designs/gqlgen/graphql/introspection"

	"parley/graph/operation"
)

func newServer(tb testing.TB, c Config) *server {
	tb.Helper()
	c.Logger = slog.New(slog.NewTextHandler(tb.Output(), nil))
	h, err := New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return h.(*server)
}

// TestDocumentsAreParsedOnce holds that a document that was asked lately is neither parsed nor validated again, and that
// one with a fault is not kept.
func TestDocumentsAreParsedOnce(t *testing.T) {
	s := newServer(t, Config{})
	const text = "{ talks { totalCount } }"
	first, errs := s.documents.Document(operation.Hash(text), text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if again, _ := s.documents.Document(operation.Hash(text), text); again != first {
		t.Error("it was parsed again")
	}
	used := s.known.Kept.Used()
	for _, wrong := range []string{"{ nowhere }", "{"} {
		if _, errs := s.documents.Document(operation.Hash(wrong), wrong); len(errs) == 0 || s.known.Kept.Used() != used {
			t.Errorf("%s has the faults %v, and %d bytes are kept of %d", wrong, errs, s.known.Kept.Used(), used)
		}
	}
}

// TestDocumentsAreBoundedByBytes asks many documents, dense ones and ones of nearly 1 MiB: what is kept of them takes no
// more memory than it may.
func TestDocumentsAreBoundedByBytes(t *testing.T) {
	const bound = 8 << 20
	for name, text := range map[string]func(i int) string{
		"dense": func(i int) string {
			return fmt.Sprintf("{ talks { nodes { a%d: id %s } } }", i, strings.Repeat("id ", 90))
		},
		"spreads": func(i int) string {
			return fmt.Sprintf("query q%d { talks { nodes { %s } } }", i, strings.Repeat("...{id}", 90))
		},
		"values": func(i int) string {
			return fmt.Sprintf("query q%d { talks(where: {slug: {in: [%s]}}) { totalCount } }", i, strings.Repeat(`"" `, 4000))
		},
		"objects": func(i int) string {
			return fmt.Sprintf("query q%d { talks(where: {or: [%s]}) { totalCount } }", i, strings.Repeat("{}", 2500))
		},
		"defaults": func(i int) string {
			return fmt.Sprintf("query q%d($a: [String!] = [%s]) { talks(where: {slug: {in: $a}}) { totalCount } }", i, strings.Repeat(`"" `, 4000))
		},
		"directives": func(i int) string {
			return fmt.Sprintf("query q%d { talks { %s } }", i, strings.Repeat("totalCount @skip(if:false)", 90))
		},
		"comments": func(i int) string {
			return fmt.Sprintf("%s query q%d { talks { totalCount } }", strings.Repeat("#\n", 7000), i)
		},
		"escapes": func(i int) string {
			return fmt.Sprintf(`query q%d { talks(where: {title: {eq: "%s"}}) { totalCount } }`, i, strings.Repeat(`\u00e9`, 10_000))
		},
		"large": func(i int) string {
			return fmt.Sprintf("# %d%s\n{ talks { totalCount } }", i, strings.Repeat(" ", 900_000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, Config{DocumentCacheBytes: bound})
			before := heap()
			for i := range map[bool]int{true: 60, false: 300}[name == "large"] {
				if _, errs := s.documents.Document(operation.Hash(text(i)), text(i)); len(errs) > 0 {
					t.Fatal(errs)
				}
			}
			if grown := heap() - before; grown > bound {
				t.Errorf("%d bytes are kept, and counted as %d", grown, s.known.Kept.Used())
			} else {
				t.Logf("%d bytes are kept, and counted as %d", grown, s.known.Kept.Used())
			}
			runtime.KeepAlive(s)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestIntrospectionHasACost holds that what clients ask of the schema is within the limit, and that it is priced.
func TestIntrospectionHasACost(t *testing.T) {
	s := newServer(t, Config{})
	for query, atLeast := range map[string]int{standard.Query: 5000, "{ __schema { types { name } } }": 100, "{ talks { nodes { title } } }": 20} {
		p, errs := s.prepare(operation.Request{Query: query})
		if len(errs) > 0 || p.Price.Objects < atLeast || p.Price.Objects > s.Limits.Cost {
			t.Errorf("%.40s... costs %d: %v", query, p.Price.Objects, errs)
		}
	}
}

package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"parley/graph"
)

// manyPrograms is a document whose five switches make 32 programs of it, each of thousands of fields: a fragment on an
// interface is compiled for each type. It asks for items by an id.
func manyPrograms(i int, id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "query q%d($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) {", i)
	for n := range 29 {
		fmt.Fprintf(&b, "n%d: node(id: %q) { ...f }", n, id)
	}
	b.WriteString("service { name @include(if: $a) version @include(if: $b) revision @include(if: $c) locales @include(if: $d) __typename @include(if: $e) } }")
	const leaves = "id canonicalId slug label revision createdAt updatedAt pubStatus embargoedUntil locale direction untranslated "
	b.WriteString("fragment f on Content {" + leaves + "citations { source {" + leaves + "} } }")
	return b.String()
}

// TestProgramsAreBoundedByBytes asks four documents under all settings of their switches. The programs count with the
// documents: what is kept of both takes no more memory than the cache may, also where every request is refused, and where
// the documents are trusted ones.
func TestProgramsAreBoundedByBytes(t *testing.T) {
	const bound = 8 << 20
	for _, c := range []struct {
		name, id, want string
		trusted        bool
	}{
		{"answered", "talk_0000000000000", `{"data":`, false},
		{"refused", "nothing", "BAD_USER_INPUT", false},
		{"trusted and refused", "nothing", "BAD_USER_INPUT", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t)
			s.store.Trace(nil) // it is for one reader
			trusted := graph.Manifest{}
			for i := range 4 {
				if c.trusted {
					trusted[strconv.Itoa(i)] = manyPrograms(i, c.id)
				}
			}
			limits := graph.DefaultLimits()
			at := servedBy(t, graph.Config{Reader: s.store, Log: s.store, DocumentCacheBytes: bound, Trusted: trusted, Limits: limits})
			before := heapInUse()
			for i := range 4 {
				for setting := range 32 {
					req := map[string]any{"query": manyPrograms(i, c.id), "variables": map[string]any{
						"a": setting&1 > 0, "b": setting&2 > 0, "c": setting&4 > 0, "d": setting&8 > 0, "e": setting&16 > 0,
					}}
					if c.trusted {
						delete(req, "query")
						req["documentId"] = strconv.Itoa(i)
					}
					if text := posted(t, at, req); !strings.Contains(text, c.want) {
						t.Fatalf("it is answered %.500s", text)
					}
				}
			}
			if grown := heapInUse() - before; grown > bound+bound/2 { // what a service holds besides
				t.Errorf("%d bytes are kept, and the bound is %d", grown, bound)
			}
		})
	}
}

// posted is the answer to a request of these members.
func posted(t *testing.T, at string, req map[string]any) string {
	t.Helper()
	b, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	res := stream(t, http.MethodPost, at, string(b), "Accept", "application/json")
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // what pools hold is let go of by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

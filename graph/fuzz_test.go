package graph

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"parley/content"
	"parley/graph/operation"
	"parley/graph/plan"
)

// FuzzDocument analyses and validates documents: it ends soon, whatever they are, and what is taken can be priced and
// compiled.
func FuzzDocument(f *testing.F) {
	for _, text := range []string{
		"{ talks { totalCount nodes { ...a @include(if: true) } } } fragment a on Talk { title events(first: 3) { edges { cursor node { id } } } }",
		"query A($n: Int = 5, $w: EventWhere) { events(first: $n, where: $w) { nodes { id label } pageInfo { hasNextPage } } }",
		"{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "{ __schema { types { name fields { name } } } }",
		"mutation { a }", "subscription { a }", `{ search(query: "a") { nodes { __typename ... on Talk { id } ... on Event { talk { id } } } } }`,
		`{ talk(slug: "a") { a: title a: summary } }`, "{ talks(first: 99999999999) { totalCount } }", `{ node(id: """a""") { id } }`, "#", "{",
	} {
		f.Add(text)
	}
	s := newServer(f, Config{})
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 16<<10 {
			return // the tests of attacks have greater ones
		}
		begin := time.Now()
		p, errs := s.prepare(operation.Request{Query: text})
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it takes %s", took)
		}
		for _, e := range errs {
			if e.Extensions["code"] == nil || len(e.Message) > 2*operation.MaxMessage {
				t.Errorf("it is refused with %+v", e)
			}
			if _, err := json.Marshal(e); err != nil {
				t.Errorf("the refusal cannot be written: %v", err)
			}
		}
		if len(errs) == 0 {
			if _, err := operation.Compile(s.schema, p.Definition, p.Variables, s.Limits.Gathered); err != nil {
				if _, ok := errors.AsType[*content.Error](err); !ok {
					t.Errorf("it is taken and cannot be compiled: %v", err)
				}
			}
		}
	})
}

// FuzzCursor decodes cursors: what is taken was made for that list, byte for byte.
func FuzzCursor(f *testing.F) {
	for _, keys := range [][]any{{int64(1)}, {"a", nil, int64(-5)}, {int64(1) << 62, "é"}} {
		f.Add("r Query.talks", plan.EncodeCursor("r Query.talks", keys))
		f.Add("r Query.events", plan.EncodeCursor("r Query.talks", keys))
	}
	f.Add("other Query.talks", plan.EncodeCursor("r Query.talks", []any{int64(1)}))
	f.Add("", "AAAA")
	f.Fuzz(func(t *testing.T, list, cursor string) {
		keys, err := plan.DecodeCursor(list, cursor, "after")
		if err != nil {
			if known, ok := errors.AsType[*content.Error](err); !ok || known.Code != content.BadUserInput && known.Code != content.RecordChanged {
				t.Errorf("refused with %v", err)
			}
			return
		}
		again, err := plan.DecodeCursor(list, plan.EncodeCursor(list, keys), "after")
		if err != nil || len(again) != len(keys) {
			t.Errorf("%v comes back as %v, %v", keys, again, err)
		}
	})
}

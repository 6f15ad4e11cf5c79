package graph_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
)

// TestLongAnswersByEveryRoad asks for an answer that is longer than the limit by each road that answers take: each is refused by the
// name of the limit, and takes no more memory than some times the limit.
func TestLongAnswersByEveryRoad(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Answer = 256 << 10
	s := longTexts(t, limits)
	s.store.Trace(nil) // it is for one reader
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	token := s.token(t, content.Viewer)
	editor := s.token(t, content.Editor)
	long := aliases("long", "html", 45) // of 2 MB
	page := "changes { node { ... on Talk { body {" + numbered(45, " a%d: html") + " } } } }"
	s.get(aliases("long", "html", 1), "") // which renders it
	event := func(query string) string {
		e := listen(t, server.URL, query, nil, "Authorization", "Bearer "+token)
		defer e.end()
		_, _, data := e.next(t)
		return data
	}
	// later opens a stream whose first answer is short, has a talk change so that the next is long, and returns that.
	later := func(t *testing.T, query, slug string) string {
		t.Helper()
		e := listen(t, server.URL, query, nil, "Authorization", "Bearer "+token)
		defer e.end()
		if _, _, first := e.next(t); !strings.HasPrefix(first, `{"data":`) {
			t.Fatalf("the first answer is %.300s", first)
		}
		input := map[string]any{"id": content.NewID("Talk", content.NamedKey("Talk", content.Slug(slug))), "body": strings.Repeat("A *long* body.\n\n", 3000)}
		s.done(t, editor, "updateTalk", "revision", input)
		_, _, data := e.next(t)
		return data
	}
	roads := func(t *testing.T) map[string]func() string {
		t.Helper()
		return map[string]func() string{
			"GET":                            func() string { return s.get(long, "").Body.String() },
			"POST":                           func() string { _, text := send(t, server.URL, long); return text },
			"SSE":                            func() string { return event(long) },
			"a live query":                   func() string { return event("query @live " + long) },
			"a sync page":                    func() string { return s.get("{ contentChanges { "+page+" } }", "").Body.String() },
			"a later answer of a live query": func() string { return later(t, "query @live "+aliases("short", "html", 45), "short") },
			"a subscription":                 func() string { return later(t, "subscription { contentUpdates { "+page+" } }", "long") },
			"introspection": func() string {
				return s.get("{ __schema { types {"+numbered(45, " a%d: description")+" } } }", "").Body.String()
			},
			"a WebSocket": func() string {
				conn := dial(t, server.URL, nil, "graphql-transport-ws")
				say(t, conn, initSocket)
				_ = read(t, conn)
				say(t, conn, fmt.Sprintf(`{"id":"a","type":"subscribe","payload":{"query":%q}}`, long))
				return read(t, conn)
			},
		}
	}
	for name := range roads(t) {
		t.Run(name, func(t *testing.T) {
			ask := roads(t)[name]
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := ask()
			runtime.ReadMemStats(&after)
			if !strings.Contains(got, `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(got, `"limitName":"answer"`) || len(got) > 2000 {
				t.Errorf("answered %.500s", got)
			}
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 16<<20 {
				t.Errorf("the refusal allocated %d bytes", taken)
			}
		})
	}
}

package graph_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"parley/content"
	"parley/feed"
	"parley/graph"
)

// watched are the operations that readers without a token repeat: those of the goldens, and the roads that tell of changes.
func watched(t *testing.T, s *service) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	const sync = "revision next hasMore changes { revision op nodeId changedFields }"
	queries := map[string]string{
		"head":       "{ service { revision revisionAt } }",
		"no such":    fmt.Sprintf("{ talks(atRevision: %d) { totalCount } }", s.head(t)+1),
		"revisions":  "{ revisions(first: 50) { nodes { number at publicNote changes { op changedFields } } } }",
		"sync":       "{ contentChanges(first: 100) { " + sync + " } }",
		"updated":    "{ events(orderBy: { field: UPDATED_AT, direction: DESC }) { totalCount nodes { id revision updatedAt } } }",
		"by slug":    `{ source(slug: "phantom") { id } }`,
		"search":     `{ search(text: "lake") { totalCount nodes { node { id } } } }`,
		"last":       `{ talks { nodes { id lastChange { revision at } } } }`,
		"difference": "{ diff(from: { atRevision: 1 }, first: 100) { totalCount nodes { nodeId op changes { field before after } } } }",
	}
	for _, typ := range content.Types() {
		const entry = "{ revision at reason changes { field before after } }"
		queries["history of "+typ.Name] = fmt.Sprintf("{ %s { nodes { id revision updatedAt history(first: 50) { totalCount nodes %s } corrections { nodes %s } } } }", typ.Plural, entry, entry)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "query.graphql" {
				queries[path] = string(f.Data)
			}
			if f.Name == "variables.json" {
				queries[path] += "\x00" + string(f.Data)
			}
		}
	}
	return queries
}

// answers returns what all operations are answered, with the headers, and the feed of a talk.
func answers(t *testing.T, s *service, queries map[string]string) map[string]string {
	t.Helper()
	got := map[string]string{}
	for name, query := range queries {
		text, vars, _ := strings.Cut(query, "\x00")
		r := httptest.NewRequest(http.MethodGet, "/graphql?"+url.Values{"query": {text}, "variables": {vars}}.Encode(), http.NoBody)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		for _, h := range []string{"Date", "RateLimit", "RateLimit-Policy"} {
			w.Header().Del(h)
		}
		got[name] = fmt.Sprint(w.Code, w.Header(), w.Body)
	}
	r := httptest.NewRequest(http.MethodGet, "/feeds/talks/lake-talks.atom", http.NoBody)
	r.SetPathValue("file", "lake-talks.atom")
	w := httptest.NewRecorder()
	feed.New(feed.Config{Executor: s.Handler.(graph.Handler), Reader: s.store, Logger: slog.Default()}).ServeHTTP(w, r)
	got["feed"] = fmt.Sprint(w.Code, w.Header(), w.Body)
	return got
}

// TestHiddenWrites lets an editor write what readers do not see: withheld items, changes of them, and references of visible items to
// them. Nothing that readers are answered differs by a byte, in bodies, tags and other headers, with a response cache or without.
func TestHiddenWrites(t *testing.T) {
	for _, cache := range []int64{0, 1 << 20} {
		t.Run(fmt.Sprint("cache ", cache), func(t *testing.T) {
			s := newService(t)
			s.store.Trace(nil)
			var err error
			if s.Handler, err = graph.New(graph.Config{
				Reader: s.store, Log: s.store, Limits: generous(), ResponseCacheBytes: cache, Version: "test",
				Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
			}); err != nil {
				t.Fatal(err)
			}
			queries := watched(t, s)
			before := answers(t, s, queries)
			page, err := s.store.Changes(t.Context(), content.Changes{Size: 1})
			if err != nil {
				t.Fatal(err)
			}
			at, seed := page.Head, rand.Uint64()
			random := rand.New(rand.NewPCG(seed, 1))
			for n := range 12 {
				hideAtRandom(t, s, random, n)
			}
			if s.head(t) < at+20 {
				t.Fatalf("%d revisions after %d: too few to tell", s.head(t), at)
			}
			for name, want := range before {
				if got := answers(t, s, map[string]string{name: queries[name]})[name]; name != "feed" && got != want {
					t.Errorf("seed %d: %s tells of hidden writes: was\n%.3000s\nis\n%.3000s", seed, name, want, got)
				}
			}
			if got := answers(t, s, nil)["feed"]; got != before["feed"] {
				t.Errorf("seed %d: the feed was\n%s\nis\n%s", seed, before["feed"], got)
			}
			changes, err := s.store.Changes(t.Context(), content.Changes{After: at, Size: 100, Audience: content.Public})
			if err != nil || len(changes.Changes) > 0 || changes.Head != at {
				t.Errorf("seed %d: webhooks and streams are told %+v, %v", seed, changes, err)
			}
		})
	}
}

// hideAtRandom makes or changes withheld items of all types, and has visible items refer to one of them.
func hideAtRandom(t *testing.T, s *service, random *rand.Rand, n int) {
	t.Helper()
	slug := content.Slug(fmt.Sprint("phantom-", random.IntN(3)))
	phantom := func(name string) content.Ref { return content.Ref{Type: name, Key: content.NamedKey(name, slug)} }
	set := content.ChangeSet{Author: "Desk", Reason: "CORRECTION", Note: "A note."}
	for _, typ := range content.Types() {
		item := content.Item{Type: typ, Key: phantom(typ.Name).Key, Slug: slug, Values: map[string]any{}, Publication: &content.Publication{Status: content.PubWithheld}}
		for _, required := range []string{"title", "name", "holder"} {
			if typ.Field(required) != nil {
				item.Values[required] = fmt.Sprint("Lake phantom ", n)
			}
		}
		if typ.Name == "Event" || typ.Name == "Agreement" || typ.Name == "Position" {
			item.Values["talk"] = content.Ref{Type: "Talk", Key: content.NamedKey("Talk", "lake-talks")}
		}
		set.Items = append(set.Items, item)
	}
	if _, err := s.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	for _, typ := range content.Types() {
		var keys []content.Key
		err := s.store.Items(t.Context(), 0, typ, func(item content.Item) error {
			if item.Publication.Status == content.PubUsable && item.Publication.EmbargoedUntil.IsZero() {
				keys = append(keys, item.Key)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		key := keys[random.IntN(len(keys))]
		found, err := s.store.Find(t.Context(), typ, []content.Key{key})
		if err != nil {
			t.Fatal(err)
		}
		item := found[key]
		if !haunt(random, &item, phantom) {
			continue
		}
		if _, err := s.store.Apply(t.Context(), content.ChangeSet{Author: "Desk", Reason: "CORRECTION", Items: []content.Item{item}}); err != nil {
			t.Fatal(err)
		}
	}
}

// haunt adds a reference to a withheld item to a list of a visible one.
func haunt(random *rand.Rand, item *content.Item, phantom func(string) content.Ref) bool {
	var names []string
	for _, f := range item.Type.Fields {
		if f.Kind == content.RefList || f.Name == "citations" || f.Name == "participations" {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return false
	}
	f := item.Type.Field(names[random.IntN(len(names))])
	switch f.Kind {
	case content.RefList:
		list, _ := item.Values[f.Name].([]content.Ref)
		ref := phantom(f.To[0])
		if slices.Contains(list, ref) {
			list = slices.DeleteFunc(slices.Clone(list), func(r content.Ref) bool { return r == ref })
		} else {
			list = slices.Insert(slices.Clone(list), random.IntN(len(list)+1), ref)
		}
		item.Values[f.Name] = list
	default:
		list, _ := item.Values[f.Name].([]map[string]any)
		if len(list) == 0 && f.Name == "citations" {
			return false // readers see no item whose only source they do not see
		}
		element := map[string]any{"source": phantom("Source"), "quote": "Secret"}
		if f.Name == "participations" {
			element = map[string]any{"actor": phantom("Mediator"), "role": "HOST"}
		}
		item.Values[f.Name] = slices.Insert(slices.Clone(list), random.IntN(len(list)+1), element)
	}
	return true
}

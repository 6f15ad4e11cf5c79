package graph_test

import (
	"fmt"
	"log/slog"
	"maps"
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
			haunted := map[string]bool{}
			for n := range 12 {
				hideAtRandom(t, s, random, n, haunted)
			}
			for _, typ := range content.Types() {
				for _, path := range relations(typ) {
					unfit := strings.HasSuffix(path, "citations") || path == "process" // not every sample has one, or room for one
					if !haunted[typ.Name+"."+path] && !unfit {
						t.Errorf("seed %d: no visible item came to refer to a withheld one by %s.%s", seed, typ.Name, path)
					}
				}
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

// hideAtRandom makes or changes withheld items of all types, and has a visible item of each refer to one of them. It notes the relations.
func hideAtRandom(t *testing.T, s *service, random *rand.Rand, n int, haunted map[string]bool) {
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
		paths := relations(typ)
		path := paths[n%len(paths)]
		haunted[typ.Name+"."+path] = hauntOne(t, s, random, typ, path, phantom) || haunted[typ.Name+"."+path]
	}
}

// hauntOne has a visible item of a type, one of those that can, refer to a withheld one in the list or field of the given path, or
// no more. It returns false where no item can.
func hauntOne(t *testing.T, s *service, random *rand.Rand, typ *content.Type, path string, phantom func(string) content.Ref) bool {
	t.Helper()
	var visible []content.Item
	err := s.store.Items(t.Context(), 0, typ, func(item content.Item) error {
		if item.Publication.Status == content.PubUsable && item.Publication.EmbargoedUntil.IsZero() {
			visible = append(visible, item)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range random.Perm(len(visible)) {
		found, err := s.store.Find(t.Context(), typ, []content.Key{visible[i].Key})
		if err != nil {
			t.Fatal(err)
		}
		item := found[visible[i].Key]
		if !haunt(random, typ.Fields, item.Values, path, phantom) {
			continue
		}
		if _, err := s.store.Apply(t.Context(), content.ChangeSet{Author: "Desk", Reason: "CORRECTION", Items: []content.Item{item}}); err != nil {
			t.Fatal(typ.Name, path, err)
		}
		return true
	}
	return false
}

// relations are the paths of what a visible item of a type may refer to a withheld one in without a difference for readers: lists of
// references, lists of elements that go with what they refer to, single references that do not say where the item belongs, and
// those of rows.
func relations(typ *content.Type) (paths []string) {
	for i := range typ.Fields {
		f := &typ.Fields[i]
		isRef := func(f content.Field) bool { return f.Kind == content.SingleRef }
		alone := f.Name == "provisions" // a provision is seen without its issue
		if f.Kind == content.RefList || isRef(*f) && !slices.Contains(typ.Owners, f.Name) || !alone && slices.ContainsFunc(f.Fields, isRef) {
			paths = append(paths, f.Name)
		}
		if f.Kind != content.ChildRows {
			continue
		}
		for _, g := range f.Fields {
			if g.Name == "citations" || alone && isRef(g) {
				paths = append(paths, f.Name+"."+g.Name)
			}
		}
	}
	return paths
}

// haunt adds a reference to a withheld item to the list or field of a path in the values of a visible one, or takes it away where it
// is there. It returns false where readers would see a difference, or there is nothing to add it to.
func haunt(random *rand.Rand, fields []content.Field, values map[string]any, path string, phantom func(string) content.Ref) bool {
	name, rest, inRow := strings.Cut(path, ".")
	f := &fields[slices.IndexFunc(fields, func(f content.Field) bool { return f.Name == name })]
	switch {
	case inRow:
		rows, _ := values[name].([]map[string]any)
		rows = slices.Clone(rows)
		for _, n := range random.Perm(len(rows)) {
			row := maps.Clone(rows[n])
			if haunt(random, f.Fields, row, rest, phantom) {
				rows[n], values[name] = row, rows
				return true
			}
		}
		return false
	case f.Kind == content.SingleRef:
		ref := phantom(f.To[0])
		switch values[name] {
		case nil:
			values[name] = ref
		case ref:
			delete(values, name)
		default:
			return false
		}
	case f.Kind == content.RefList:
		list, _ := values[name].([]content.Ref)
		ref := phantom(f.To[0])
		values[name] = toggled(random, list, ref, func(r content.Ref) bool { return r == ref })
	default:
		list, _ := values[name].([]map[string]any)
		if len(list) == 0 && name == "citations" {
			return false // readers see no item or row whose only source they do not see
		}
		element := map[string]any{}
		var ref content.Field
		for _, g := range f.Fields {
			switch g.Kind {
			case content.SingleRef:
				ref = g
				element[g.Name] = phantom(g.To[random.IntN(len(g.To))])
			case content.Enum:
				element[g.Name] = g.Enum[0]
			}
		}
		values[name] = toggled(random, list, element, func(e map[string]any) bool { return e[ref.Name] == element[ref.Name] })
	}
	return true
}

// toggled returns a list with an element at a random place, or without it where it is there.
func toggled[E any](random *rand.Rand, list []E, e E, same func(E) bool) []E {
	if slices.ContainsFunc(list, same) {
		return slices.DeleteFunc(slices.Clone(list), same)
	}
	return slices.Insert(slices.Clone(list), random.IntN(len(list)+1), e)
}

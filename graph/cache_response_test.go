package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/bundle"
	"parley/content"
	"parley/store"
)

var (
	writesCount = flag.Int("writes", 150, "how many random writes kept answers are compared after")
	writesSeed  = flag.Uint64("writes-seed", 1, "the seed of their random numbers")
)

// counting is a reader that counts its reads.
type counting struct {
	*store.Store
	reads atomic.Int64
}

func (c *counting) Read(ctx context.Context, v content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	c.reads.Add(1)
	return c.Store.Read(ctx, v, sels)
}

// editorClient is a service that keeps answers beside one that does not, over a record that two processes write to.
type editorClient struct {
	keeping, plain http.Handler
	reader         *counting
	writers        []*store.Store
	items          []content.Item
}

func newKeeper(tb testing.TB) *editorClient {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "parley.db")
	k := &editorClient{}
	for range 2 {
		st, err := store.Open(tb.Context(), path)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = st.Close() })
		k.writers = append(k.writers, st)
	}
	set, err := bundle.Load(os.DirFS("testdata/content"))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := k.writers[1].Write(tb.Context(), set); err != nil {
		tb.Fatal(err)
	}
	k.items = set.Items
	k.reader = &counting{Store: k.writers[0]}
	for _, into := range []struct {
		h     *http.Handler
		bytes int64
	}{{&k.keeping, 8 << 20}, {&k.plain, 0}} {
		if *into.h, err = New(Config{Reader: k.reader, ResponseCacheBytes: into.bytes, Version: "test", Logger: slog.New(slog.NewTextHandler(tb.Output(), nil))}); err != nil {
			tb.Fatal(err)
		}
	}
	return k
}

func post(h http.Handler, query string, vars map[string]any) *httptest.ResponseRecorder {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": vars})
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// ask returns the answer of the service that keeps them, and whether it took no read.
func (k *editorClient) ask(query string, vars map[string]any) (string, bool) {
	before := k.reader.reads.Load()
	return post(k.keeping, query, vars).Body.String(), k.reader.reads.Load() == before
}

// put writes an item by one of the processes.
func (k *editorClient) put(t *testing.T, by int, typeName, slug string, change func(*content.Item)) {
	t.Helper()
	for _, item := range k.items {
		if item.Type.Name == typeName && item.Slug == content.Slug(slug) {
			item.Values = maps.Clone(item.Values)
			change(&item)
			if _, err := k.writers[by].Write(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{item}}); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no %s %q", typeName, slug)
}

// TestKeptAnswersAreExact asks, writes what changes the answer though nothing that is in it, and asks again.
func TestKeptAnswersAreExact(t *testing.T) {
	date := func(text string) content.FuzzyDate {
		d, err := content.ParseEDTF(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	set := func(field string, v any) func(*content.Item) {
		return func(item *content.Item) { item.Values[field] = v }
	}
	for name, c := range map[string]struct {
		query, typeName, slug string
		change                func(*content.Item)
		same                  bool
	}{
		"a mediator that is not in the answer gets a name that is":             {`{ mediators(first: 1) { nodes { name } } }`, "Mediator", "ferryland", set("name", "Aachen"), false},
		"an event is withheld: the total":                                      {`{ talk(slug: "lake-talks") { events { totalCount } } }`, "Event", "opening", func(item *content.Item) { item.Publication = &content.Publication{Status: content.PubWithheld} }, false},
		"what was not found is there":                                          {`{ source(slug: "new-post") { title } }`, "Source", "hill-post", func(item *content.Item) { item.Slug = "new-post" }, false},
		"what was found has another name":                                      {`{ source(slug: "hill-post") { slug title } }`, "Source", "hill-post", func(item *content.Item) { item.Slug = "other-post" }, false},
		"a date moves an event among the newest":                               {`{ talk(slug: "lake-talks") { events(first: 1, orderBy: {field: OCCURRED_ON, direction: DESC}) { nodes { slug } } } }`, "Event", "opening", set("occurredOn", date("2029-01-01")), false},
		"an event leaves a talk":                                               {`{ talk(slug: "lake-talks") { events { nodes { slug } } } }`, "Event", "opening", set("talk", nil), false},
		"a date moves the talk of an event among the talks":                    {`{ talks(first: 1, orderBy: {field: LATEST_EVENT_ON, direction: DESC}) { nodes { slug } } }`, "Event", "opening", set("occurredOn", date("2039-01-01")), true},
		"an item that has nothing to do with it changes":                       {`{ talk(slug: "lake-talks") { title events { nodes { title } } } }`, "Source", "hill-post", set("title", "Another"), true},
		"an issue, which the label of a position names, is renamed":            {`{ positions { nodes { label } } }`, "Issue", "water-share", set("title", "Shares of water"), false},
		"a mediator of an event, of which only the title is asked, is renamed": {`{ talk(slug: "lake-talks") { events { nodes { title } } } }`, "Mediator", "ferryland", set("name", "Aachen"), true},
	} {
		t.Run(name, func(t *testing.T) {
			for by := range 2 {
				k := newKeeper(t)
				before, _ := k.ask(c.query, nil)
				if again, kept := k.ask(c.query, nil); !kept || again != before {
					t.Fatalf("asked again: kept %v, %s", kept, again)
				}
				k.put(t, by, c.typeName, c.slug, c.change)
				after, _ := k.ask(c.query, nil)
				if want := post(k.plain, c.query, nil).Body.String(); after != want {
					t.Errorf("answered %s, now it is %s", after, want)
				}
				if (after == before) != c.same {
					t.Errorf("%s is now %s", before, after)
				}
			}
		})
	}
}

// TestUnrelatedWritesKeepAnswers holds that an answer outlives writes that do not touch it.
func TestUnrelatedWritesKeepAnswers(t *testing.T) {
	k := newKeeper(t)
	const query = `{ talk(slug: "lake-talks") { title events(first: 5) { totalCount nodes { title } } } }`
	k.ask(query, nil)
	k.put(t, 1, "Source", "hill-post", func(item *content.Item) { item.Values["title"] = "Another" })
	if _, kept := k.ask(query, nil); !kept {
		t.Error("the change of a source drops the answer about a talk")
	}
}

// TestAnswersThatAreNotKept asks for the cost and for a stream: both are made for each request, and neither is the answer to
// another.
func TestAnswersThatAreNotKept(t *testing.T) {
	k := newKeeper(t)
	const query = `{ talks { totalCount } }`
	server := httptest.NewServer(k.keeping)
	t.Cleanup(server.Close)
	ask := func(method string, header ...string) (body string, read bool) {
		before := k.reader.reads.Load()
		at, sent := server.URL, io.Reader(strings.NewReader(fmt.Sprintf(`{"query":%q}`, query)))
		if method == http.MethodGet {
			at, sent = at+"?"+url.Values{"query": {query}}.Encode(), http.NoBody
		}
		r, err := http.NewRequestWithContext(t.Context(), method, at, sent)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), k.reader.reads.Load() > before
	}
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		plain, _ := ask(method)
		for range 2 {
			if again, read := ask(method); again != plain || read || strings.Contains(again, "extensions") {
				t.Errorf("%s again: %s, read: %v", method, again, read)
			}
			if cost, read := ask(method, "X-Parley-Cost", "1"); !read || !strings.Contains(cost, `"extensions":{"cost":{`) {
				t.Errorf("%s with the cost: %s, read: %v", method, cost, read)
			}
			if stream, read := ask(method, "Accept", "text/event-stream"); !read || !strings.Contains(stream, "event: next\ndata: {") || !strings.HasSuffix(stream, "event: complete\ndata:\n\n") {
				t.Errorf("%s as a stream: %s, read: %v", method, stream, read)
			}
		}
	}
}

// TestKeptAnswersUnderRandomWrites compares kept answers with new ones after each of many random writes by two processes.
func TestKeptAnswersUnderRandomWrites(t *testing.T) {
	k := newKeeper(t)
	rng := rand.New(rand.NewPCG(*writesSeed, 1))
	s, _ := k.plain.(*server)
	type asked struct {
		query string
		vars  map[string]any
	}
	var queries []asked
	for seed := uint64(0); len(queries) < 60; seed++ {
		m := newMaker(s.schema, randomContent{items: k.items}, *writesSeed*1000+seed)
		q, vars := m.operation()
		if post(k.plain, q, vars).Code == http.StatusOK {
			queries = append(queries, asked{q, vars})
		}
	}
	kept, written := 0, 0
	for range *writesCount {
		item := k.items[rng.IntN(len(k.items))]
		set := content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{randomChange(rng, item, k.items)}}
		if rng.IntN(15) == 0 {
			set = content.ChangeSet{Author: "test", Reason: "UPDATE", Changes: []content.Change{{Op: content.Delete, Type: item.Type, Key: item.Key, Cascade: true, Path: "input"}}}
		}
		if _, err := k.writers[rng.IntN(2)].Apply(t.Context(), set); err == nil {
			written++
		}
		for range 12 {
			q := queries[rng.IntN(len(queries))]
			got, hit := k.ask(q.query, q.vars)
			if hit {
				kept++
			}
			if want := post(k.plain, q.query, q.vars).Body.String(); got != want {
				t.Fatalf("-writes-seed %d: after %d writes, the last of %s %q,\n%s\nis answered (kept: %v)\n%s\nand is\n%s", *writesSeed, written, item.Type.Name, item.Slug, q.query, hit, got, want)
			}
		}
	}
	t.Logf("%d writes, %d answers kept", written, kept)
	if written < *writesCount/3 || kept == 0 {
		t.Error("the comparison says little")
	}
}

// randomChange changes something about an item.
func randomChange(rng *rand.Rand, item content.Item, items []content.Item) content.Item {
	item.Values = maps.Clone(item.Values)
	some := func(typeName string) content.Ref {
		for {
			if other := items[rng.IntN(len(items))]; other.Type.Name == typeName {
				return content.Ref{Type: typeName, Key: other.Key}
			}
		}
	}
	switch rng.IntN(10) {
	case 0:
		item.Publication = &content.Publication{Status: content.PubWithheld}
		return item
	case 1, 2:
		item.Publication = &content.Publication{Status: content.PubUsable}
		return item
	case 3:
		item.Slug = content.Slug(fmt.Sprintf("%s-%d", item.Slug, rng.IntN(3)))
		return item
	}
	f := item.Type.Fields[rng.IntN(len(item.Type.Fields))]
	switch {
	case f.Kind == content.Enum:
		item.Values[f.Name] = f.Enum[rng.IntN(len(f.Enum))]
	case f.Kind == content.Text && f.Name != "locale" || f.Kind == content.RichText:
		item.Values[f.Name] = fmt.Sprintf("%c ceasefire %d", 'A'+rune(rng.IntN(26)), rng.IntN(100))
	case f.Kind == content.Date:
		item.Values[f.Name], _ = content.ParseEDTF(fmt.Sprintf("20%02d-%02d-%02d", 10+rng.IntN(20), 1+rng.IntN(12), 1+rng.IntN(28)))
	case f.Kind == content.SingleRef && len(f.To) == 1:
		item.Values[f.Name] = some(f.To[0])
	case f.Kind == content.RefList:
		item.Values[f.Name] = []content.Ref{some(f.To[0])}
	default:
		delete(item.Values, f.Name)
	}
	return item
}

// TestOneComputationAtATime asks the same many times at once.
func TestOneComputationAtATime(t *testing.T) {
	k := newKeeper(t)
	const query = `{ talks { nodes { title events { nodes { title mediators { name } } } } } }`
	want := post(k.plain, query, nil).Body.String()
	before := k.reader.reads.Load()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got, _ := k.ask(query, nil); got != want {
				t.Errorf("answered %s", got)
			}
		})
	}
	all.Wait()
	if reads := k.reader.reads.Load() - before; reads > 1 {
		t.Errorf("%d reads for 50 equal requests", reads)
	}
}

// BenchmarkKeptAnswer serves an answer that is kept.
func BenchmarkKeptAnswer(b *testing.B) {
	k := newKeeper(b)
	body := []byte(`{"query": "{ talks { nodes { title events { nodes { title mediators { name } } } } } }"}`)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		k.keeping.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body.String())
		}
	}
}

package graph_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// source is a source with a title; nobody but the staff sees one that is withheld.
func sourceOf(slug, title string, withheld bool) content.Item {
	item := content.Item{
		Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", content.Slug(slug)), Slug: content.Slug(slug),
		Values: map[string]any{"title": title}, Publication: &content.Publication{Status: content.PubUsable},
	}
	if withheld {
		item.Publication.Status = content.PubWithheld
	}
	return item
}

func sourceID(slug string) string {
	return string(content.NewID("Source", content.NamedKey("Source", content.Slug(slug))))
}

func revise(t *testing.T, st *store.Store, items ...content.Item) content.Revision {
	t.Helper()
	rev, err := st.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Items: items})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// changed is a page of changes as clients read it.
type changed struct {
	Changes []struct {
		Revision      int
		Op            string
		NodeID        string `json:"nodeId"`
		ContentType   string
		ChangedFields []string
		Node          *struct{ ID, Slug, Title string }
	}
	Next     string
	HasMore  bool
	Revision int
}

// said is a page in short: "7 CREATED title, UPDATED ..." with the revision first.
func (c changed) said() string {
	parts := []string{}
	for _, x := range c.Changes {
		text := x.Op + " " + x.NodeID
		if x.Node != nil {
			text = x.Op + " " + x.Node.Title
		}
		parts = append(parts, strings.TrimSpace(text+" "+strings.Join(x.ChangedFields, "+")))
	}
	return fmt.Sprintf("%d: %s", c.Revision, strings.Join(parts, ", "))
}

// events reads a stream of server-sent events.
type events struct {
	lines *bufio.Scanner
	end   context.CancelFunc
}

// listen opens a stream.
func listen(t *testing.T, at, query string, variables map[string]any, header ...string) *events {
	t.Helper()
	vars, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	at += "?" + url.Values{"query": {query}, "variables": {string(vars)}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	return &events{lines, cancel}
}

// next returns the next event: its name, its id and its data.
func (e *events) next(t *testing.T) (name, id, data string) {
	t.Helper()
	for e.lines.Scan() {
		line := e.lines.Text()
		if v, ok := strings.CutPrefix(line, "event: "); ok {
			name = v
		} else if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = v
		} else if v, ok := strings.CutPrefix(line, "data:"); ok {
			data = strings.TrimPrefix(v, " ")
		} else if line == "" && name != "" {
			return name, id, data
		}
	}
	return "closed", id, fmt.Sprint(e.lines.Err())
}

// page returns the next page of contentUpdates, which has its token for an id.
func (e *events) page(t *testing.T) changed {
	t.Helper()
	name, id, data := e.next(t)
	var m struct {
		Data struct{ ContentUpdates changed }
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil || name != "next" || id != m.Data.ContentUpdates.Next {
		t.Fatalf("%s %s %s, %v", name, id, data, err)
	}
	return m.Data.ContentUpdates
}

const listening = `subscription ($since: SyncToken, $types: [ContentType!], $talk: ID) {
	contentUpdates(since: $since, types: $types, talk: $talk) {
		revision next hasMore
		changes { revision op nodeId contentType changedFields node { id slug ... on Source { title } ... on Event { title } ... on Talk { title }
			... on Article { title } ... on Mediator { title: name } } }
	}
}`

// TestSubscription follows what happens to a source in the eyes of the public and of the staff.
func TestSubscription(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	public := listen(t, at, listening, nil)
	staff := listen(t, at, listening, nil, "Authorization", "Bearer parley_good")
	head := public.page(t)
	if len(head.Changes) > 0 || head.Next == "" {
		t.Fatalf("the first page is %+v", head)
	}
	staff.page(t)
	r := head.Revision
	for i, c := range []struct {
		item          content.Item
		public, staff string
	}{
		{sourceOf("wire", "One", false), "CREATED One", "CREATED One"},
		{sourceOf("wire", "Two", false), "UPDATED Two title", "UPDATED Two title"},
		{sourceOf("wire", "Two", true), "DELETED " + sourceID("wire"), "UPDATED Two pubStatus"},
		{sourceOf("wire", "Three", true), "", "UPDATED Three title"},
		{sourceOf("wire", "Four", false), "CREATED Four", "UPDATED Four pubStatus+title"},
	} {
		if rev := revise(t, st, c.item); int(rev) != r+i+1 {
			t.Fatalf("revision %d, want %d", rev, r+i+1)
		}
		for who, want := range map[*events]string{public: c.public, staff: c.staff} {
			if want == "" {
				continue
			}
			if got := who.page(t).said(); got != fmt.Sprintf("%d: %s", r+i+1, want) {
				t.Errorf("step %d: got %s, want %s", i, got, want)
			}
		}
	}
}

// TestResume drops the connection after each page, those in the middle of a revision of many changes too, and comes back
// with its token: nothing is lost, nothing comes twice, and the order is that of the record.
func TestResume(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	token := listen(t, at, listening, nil).page(t).Next
	var want []string
	for _, n := range []int{1, 250, 1, 100} {
		var items []content.Item
		var ids []string
		for i := range n {
			slug := fmt.Sprintf("import-%d-%d", len(want), i)
			items, ids = append(items, sourceOf(slug, slug, false)), append(ids, sourceID(slug))
		}
		revise(t, st, items...)
		slices.Sort(ids)
		want = append(want, ids...)
	}
	for _, resume := range []string{"header", "variable"} {
		var got []string
		from, sizes := token, []int{}
		for len(got) < len(want) {
			vars, header := map[string]any{"since": from}, []string{}
			if resume == "header" {
				vars, header = nil, []string{"Last-Event-ID", from}
			}
			e := listen(t, at, listening, vars, header...)
			page := e.page(t)
			e.end()
			for _, c := range page.Changes {
				got = append(got, c.NodeID)
			}
			sizes = append(sizes, len(page.Changes))
			if page.HasMore != (len(got) < len(want)) {
				t.Errorf("after %d of %d hasMore is %v", len(got), len(want), page.HasMore)
			}
			from = page.Next
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by %s (-want +got)\n%s", resume, diff)
		}
		if diff := cmp.Diff([]int{1, 100, 100, 50, 1, 100}, sizes); diff != "" {
			t.Errorf("pages by %s (-want +got)\n%s", resume, diff)
		}
	}
}

// TestSubscriptionFilter: types and talk choose, and so does where an event was moved to.
func TestSubscriptionFilter(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	talk := func(slug, parent string) content.Item {
		item := content.Item{Type: content.TypeNamed("Talk"), Key: content.NamedKey("Talk", content.Slug(slug)), Slug: content.Slug(slug), Values: map[string]any{"title": slug}}
		if parent != "" {
			item.Values["parent"] = content.Ref{Type: "Talk", Key: content.NamedKey("Talk", content.Slug(parent))}
		}
		return item
	}
	event := func(talk string) content.Item {
		return content.Item{
			Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "e"), Slug: "e",
			Values: map[string]any{"title": "e", "talk": content.Ref{Type: "Talk", Key: content.NamedKey("Talk", content.Slug(talk))}},
		}
	}
	revise(t, st, talk("whole", ""), talk("round", "whole"), talk("other", ""))
	whole := listen(t, at, listening, map[string]any{"talk": content.NewID("Talk", content.NamedKey("Talk", "whole"))})
	sources := listen(t, at, listening, map[string]any{"types": []string{"SOURCE", "ARTICLE"}})
	whole.page(t)
	r := sources.page(t).Revision
	revise(t, st, event("round"))
	revise(t, st, event("other"))
	revise(t, st, sourceOf("wire", "Wire", false))
	revise(t, st, event("whole"))
	id := content.NewID("Event", content.NamedKey("Event", "e"))
	for i, want := range []string{"CREATED e", "DELETED " + string(id), "", "CREATED e"} {
		if want == "" {
			continue
		}
		if got := whole.page(t).said(); got != fmt.Sprintf("%d: %s", r+i+1, want) {
			t.Errorf("of the talk %q, want %s", got, want)
		}
	}
	if got := sources.page(t).said(); got != fmt.Sprintf("%d: CREATED Wire", r+3) {
		t.Errorf("of sources %q", got)
	}
}

// TestWhatATalkLeadsTo follows the mediators, articles and sources that a talk leads to, live and resumed from each token: what
// another item brings in or takes away is told too.
func TestWhatATalkLeadsTo(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	ref := func(name, slug string) content.Ref {
		return content.Ref{Type: name, Key: content.NamedKey(name, content.Slug(slug))}
	}
	item := func(name, slug string, values map[string]any) content.Item {
		return content.Item{Type: content.TypeNamed(name), Key: ref(name, slug).Key, Slug: content.Slug(slug), Values: values}
	}
	host := func(slug string) []map[string]any {
		return []map[string]any{{"actor": ref("Mediator", slug), "role": "HOST"}}
	}
	cites := func(slug string) []map[string]any { return []map[string]any{{"source": ref("Source", slug)}} }
	withheld := item("Talk", "b-round", map[string]any{"title": "Round", "parent": ref("Talk", "a"), "participations": host("oman")})
	withheld.Publication = &content.Publication{Status: content.PubWithheld}
	revise(t, st, sourceOf("wire", "Wire", false), sourceOf("post", "Post", false),
		item("Mediator", "qatar", map[string]any{"name": "Qatar"}), item("Mediator", "oman", map[string]any{"name": "Oman"}),
		item("Talk", "a", map[string]any{"title": "A", "citations": cites("wire")}), item("Talk", "b", map[string]any{"title": "B"}))
	steps := []struct {
		items []content.Item
		want  string
	}{
		{[]content.Item{item("Mediator", "qatar", map[string]any{"name": "Qatar?"})}, ""}, // it mediates nowhere yet
		{[]content.Item{item("Talk", "a", map[string]any{"title": "A", "citations": cites("wire"), "participations": host("qatar")})}, "UPDATED A participations, CREATED Qatar?"},
		{[]content.Item{item("Mediator", "qatar", map[string]any{"name": "State of Qatar"})}, "UPDATED State of Qatar name"},
		{[]content.Item{sourceOf("wire", "The Wire", false), sourceOf("post", "The Post", false)}, "UPDATED The Wire title"},
		{[]content.Item{item("Article", "x", map[string]any{"title": "X", "talks": []content.Ref{ref("Talk", "a")}, "citations": cites("post")})}, "CREATED X, CREATED The Post"},
		{
			[]content.Item{item("Article", "x", map[string]any{"title": "X", "talks": []content.Ref{ref("Talk", "b")}, "citations": cites("post")})},
			"DELETED " + string(content.NewID("Article", ref("Article", "x").Key)) + ", DELETED " + sourceID("post"),
		},
		{
			[]content.Item{item("Event", "e", map[string]any{"title": "E", "talk": ref("Talk", "a"), "mediators": []content.Ref{ref("Mediator", "oman")}, "citations": cites("wire")})},
			"CREATED E, CREATED Oman",
		},
		{
			[]content.Item{item("Event", "e", map[string]any{"title": "E", "talk": ref("Talk", "b"), "mediators": []content.Ref{ref("Mediator", "oman")}, "citations": cites("wire")})},
			"DELETED " + string(content.NewID("Event", ref("Event", "e").Key)) + ", DELETED " + string(content.NewID("Mediator", ref("Mediator", "oman").Key)),
		},
		{[]content.Item{withheld}, ""}, // what a withheld round says of itself leads the public nowhere
		{[]content.Item{item("Mediator", "oman", map[string]any{"name": "Sultanate of Oman"})}, ""},
		{[]content.Item{item("Talk", "b", map[string]any{"title": "B", "parent": ref("Talk", "a")})}, "CREATED E, CREATED B, CREATED X, CREATED Sultanate of Oman, CREATED The Post"},
	}
	filter := map[string]any{"talk": content.NewID("Talk", ref("Talk", "a").Key)}
	live := listen(t, at, listening, filter)
	token := live.page(t).Next
	for _, step := range steps {
		rev := revise(t, st, step.items...)
		if step.want == "" {
			continue
		}
		want := fmt.Sprintf("%d: %s", rev, step.want)
		page := live.page(t)
		if got := page.said(); got != want {
			t.Errorf("live %q, want %q", got, want)
		}
		resumed := listen(t, at, listening, map[string]any{"talk": filter["talk"], "since": token})
		for {
			got := resumed.page(t)
			if len(got.Changes) == 0 { // revisions of other items
				continue
			}
			if got.said() != want {
				t.Errorf("resumed %q, want %q", got.said(), want)
			}
			break
		}
		token = page.Next
	}
}

// TestSyncTokens: a token is good for its own filter and reader, and nothing else is a token.
func TestSyncTokens(t *testing.T) {
	at, _, _ := livesUnder(t, graph.DefaultLive())
	s := listen(t, at, listening, map[string]any{"types": []string{"SOURCE"}})
	token := s.page(t).Next
	flipped := []byte(token)
	flipped[len(flipped)/2] ^= 1
	talk := content.NewID("Talk", content.NamedKey("Talk", "whole"))
	for _, c := range []struct {
		name, since string
		vars        map[string]any
		header      []string
		want        string
	}{
		{"its own", token, map[string]any{"types": []string{"SOURCE"}}, nil, ""},
		{"another order", token, map[string]any{"types": []string{"SOURCE", "SOURCE"}}, nil, ""},
		{"other types", token, map[string]any{"types": []string{"TALK"}}, nil, "another reader"},
		{"all types", token, nil, nil, "another reader"},
		{"another talk", token, map[string]any{"types": []string{"SOURCE"}, "talk": talk}, nil, "another reader"},
		{"another reader", token, map[string]any{"types": []string{"SOURCE"}}, []string{"Authorization", "Bearer parley_good"}, "another reader"},
		{"a damaged one", string(flipped), map[string]any{"types": []string{"SOURCE"}}, nil, "not a valid sync token"},
		{"half of one", token[:len(token)/2], map[string]any{"types": []string{"SOURCE"}}, nil, "not a valid sync token"},
		{"none", "", map[string]any{"types": []string{"SOURCE"}}, nil, "not a valid sync token"},
		{"no token at all", "Gaza", nil, nil, "not a valid sync token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			vars := map[string]any{"since": c.since}
			maps.Copy(vars, c.vars)
			ask := strings.Replace(strings.Replace(listening, "subscription", "query", 1), "contentUpdates(", "contentChanges(", 1)
			_, _, data := listen(t, at, ask, vars, c.header...).next(t)
			refused := strings.Contains(data, `"errors"`)
			if refused != (c.want != "") || !strings.Contains(data, c.want) || refused && (!strings.Contains(data, "BAD_USER_INPUT") || !strings.Contains(data, `"input":"since"`)) {
				t.Errorf("answered %s", data)
			}
			if c.want == "" {
				return
			}
			if name, _, data := listen(t, at, listening, vars, c.header...).next(t); name != "next" || !strings.Contains(data, c.want) {
				t.Errorf("the subscription is answered %s %s", name, data)
			}
		})
	}
}

// TestOtherProcess: what another process writes into the file is seen within a quarter of a second.
func TestOtherProcess(t *testing.T) {
	path := t.TempDir() + "/parley.db"
	at, other := livesAt(t, path)
	e := listen(t, at, listening, nil)
	e.page(t)
	for i := range 3 {
		revise(t, other, sourceOf("wire", strconv.Itoa(i), false))
		begin := time.Now()
		e.page(t)
		if took := time.Since(begin); took > 250*time.Millisecond {
			t.Errorf("it took %s", took)
		}
	}
}

// livesAt serves the file, and opens it once more as another process would.
func livesAt(t *testing.T, path string) (string, *store.Store) {
	t.Helper()
	stores := [2]*store.Store{}
	for i := range stores {
		st, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		stores[i] = st
	}
	return servedBy(t, graph.Config{Reader: stores[0], Log: stores[0]}), stores[1]
}

// counted counts what is asked of a log and a reader.
type countedReads struct {
	*store.Store
	changes, reads atomic.Int64
}

func (c *countedReads) Changes(ctx context.Context, q content.Changes) (content.ChangePage, error) {
	c.changes.Add(1)
	return c.Store.Changes(ctx, q)
}

func (c *countedReads) Read(ctx context.Context, v content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	c.reads.Add(1)
	return c.Store.Read(ctx, v, sels)
}

// TestSharedAnswers: what many ask the same is made once for a revision.
func TestSharedAnswers(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	c := &countedReads{Store: s.store}
	at := servedBy(t, graph.Config{Reader: c, Log: c})
	var all []*events
	for range 20 {
		all = append(all, listen(t, at, listening, nil))
	}
	for _, e := range all {
		e.page(t)
	}
	live := listen(t, at, `query @live { sources { totalCount } }`, nil)
	again := listen(t, at, `query @live { sources { totalCount } }`, nil)
	live.next(t)
	again.next(t)
	changes, reads := c.changes.Load(), c.reads.Load()
	const revisions = 5
	for i := range revisions {
		revise(t, s.store, sourceOf(fmt.Sprintf("new-%d", i), "New", false))
		for _, e := range all {
			e.page(t)
		}
		live.next(t)
		again.next(t)
	}
	if n := c.changes.Load() - changes; n != revisions {
		t.Errorf("%d pages were made for %d revisions", n, revisions)
	}
	if n := c.reads.Load() - reads; n != 2*revisions {
		t.Errorf("%d reads were made for %d pages and as many answers", n, revisions)
	}
}

// TestLiveQuery: an answer comes again when a revision changed it, and not when none did.
func TestLiveQuery(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	e := listen(t, at, `query @live { source(slug: "wire") { title } }`, nil)
	want := []string{`{"data":{"source":null}}`}
	revise(t, st, sourceOf("elsewhere", "Elsewhere", false))
	for _, title := range []string{"One", "Two", "Three"} {
		want = append(want, fmt.Sprintf(`{"data":{"source":{"title":"%s"}}}`, title))
	}
	for i, w := range want {
		if i > 0 {
			revise(t, st, sourceOf("wire", []string{"", "One", "Two", "Three"}[i], false))
		}
		if _, _, got := e.next(t); got != w {
			t.Errorf("got %s, want %s", got, w)
		}
		revise(t, st, sourceOf("elsewhere", fmt.Sprint("Elsewhere ", i), false))
	}
	if _, body := send(t, at, `query @live { source(slug: "wire") { title } }`); body != want[3] {
		t.Errorf("over plain JSON it is answered %s", body)
	}
}

// send posts a query for JSON.
func send(t *testing.T, at, query string) (int, string) {
	t.Helper()
	b, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	res := stream(t, http.MethodPost, at, string(b), "Accept", "application/json")
	var text strings.Builder
	if _, err := bufio.NewReader(res.Body).WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, text.String()
}

func TestSubscriptionRefusals(t *testing.T) {
	at, _, _ := livesUnder(t, graph.DefaultLive())
	if status, body := send(t, at, `subscription { contentUpdates { next } }`); status != http.StatusNotAcceptable || !strings.Contains(body, "text/event-stream") {
		t.Errorf("for JSON it is answered %d %s", status, body)
	}
	for query, want := range map[string]string{
		`subscription { a: contentUpdates { next } b: contentUpdates { next } }`: "must select exactly one root field",
		`subscription { contentUpdates @skip(if: true) { next } }`:               "must select exactly one root field",
		`subscription { contentUpdates { nowhere } }`:                            "GRAPHQL_VALIDATION_FAILED",
		`subscription { contentUpdates(talk: "x") { next } }`:                    "no id",
		`subscription { contentUpdates(locales: ["?"]) { next } }`:               "BAD_USER_INPUT",
	} {
		e := listen(t, at, query, nil)
		if name, _, data := e.next(t); name != "next" || !strings.Contains(data, want) {
			t.Errorf("%s is answered %s %s", query, name, data)
		}
		if name, _, _ := e.next(t); name != "complete" {
			t.Errorf("%s goes on with %s", query, name)
		}
	}
}

// TestShutdownOfStreams: a stream of a service that ends is cut off without complete, so that its client comes back.
func TestShutdownOfStreams(t *testing.T) {
	at, h, _ := livesUnder(t, graph.DefaultLive())
	e := listen(t, at, listening, nil)
	e.page(t)
	conn := dial(t, at, nil, "graphql-transport-ws")
	say(t, conn, initSocket)
	_ = read(t, conn)
	say(t, conn, `{"id":"s","type":"subscribe","payload":{"query":"subscription { contentUpdates { revision } }"}}`)
	if got := read(t, conn); !strings.Contains(got, `"type":"next"`) {
		t.Fatal(got)
	}
	done := make(chan error, 1)
	go func() { done <- h.Shutdown(t.Context()) }()
	if name, _, _ := e.next(t); name != "closed" {
		t.Errorf("the stream goes on with %s", name)
	}
	if got := read(t, conn); got != "1001 The service ends" {
		t.Errorf("the socket goes on with %s", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

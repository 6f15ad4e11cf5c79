package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/graph"
	"parley/store"
)

const syncing = `query ($since: SyncToken, $first: Int, $types: [ContentType!], $talk: ID) {
	contentChanges(since: $since, first: $first, types: $types, talk: $talk) {
		revision next hasMore
		changes { revision op nodeId contentType changedFields node { id slug revision ... on Source { title } ... on Event { title } ... on Talk { title }
			... on Article { title } ... on Issue { title } ... on Mediator { title: name } ... on Party { title: name } } }
	}
}`

// replica is a copy of the record that a client keeps.
type replica struct {
	name    string
	filter  map[string]any
	header  []string
	items   map[string]string // what each says, by id
	next    string
	pending bool // whether a page set is not at its end
}

// pull asks for a page and, unless the connection drops, lays it over the copy.
func (r *replica) pull(t *testing.T, at string, first int, drop bool) {
	t.Helper()
	vars := map[string]any{"first": first}
	maps.Copy(vars, r.filter)
	if r.next != "" {
		vars["since"] = r.next
	}
	_, _, data := listen(t, at, syncing, vars, r.header...).next(t)
	var m struct {
		Data struct{ ContentChanges changed }
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil || m.Data.ContentChanges.Next == "" {
		t.Fatalf("%s is answered %s, %v", r.name, data, err)
	}
	page := m.Data.ContentChanges
	if len(page.Changes) > first {
		t.Fatalf("%s got %d changes of %d", r.name, len(page.Changes), first)
	}
	if drop {
		return
	}
	for _, c := range page.Changes {
		_, known := r.items[c.NodeID]
		switch {
		case c.Op == "DELETED" && c.Node == nil:
			delete(r.items, c.NodeID)
		case c.Node == nil || c.Node.ID != c.NodeID:
			t.Fatalf("%s got %s of %s with the node %+v", r.name, c.Op, c.NodeID, c.Node)
		case c.Op == "CREATED" && known:
			t.Errorf("%s got CREATED of %s, which it has", r.name, c.NodeID)
			fallthrough
		default:
			r.items[c.NodeID] = c.Node.Title
		}
	}
	r.next, r.pending = page.Next, page.HasMore
}

// randomContent is content that changes at random.
type randomContent struct {
	*rand.Rand
	store *store.Store
}

// change makes a revision: items are made, changed, withheld, published, moved and deleted.
func (w *randomContent) change(t *testing.T) {
	t.Helper()
	set := content.ChangeSet{Author: "test", Reason: content.RevisionReason("UPDATE")}
	for range 1 + w.IntN(6) {
		item := w.item()
		if slices.Contains([]string{"Source", "Event", "Article"}, item.Type.Name) && !strings.HasPrefix(string(item.Slug), "cited") && w.IntN(5) == 0 {
			set.Changes = append(set.Changes, content.Change{Op: content.Delete, Type: item.Type, Key: item.Key})
			break
		}
		set.Items = append(set.Items, item)
	}
	_, err := w.store.Apply(t.Context(), set)
	problems, _ := errors.AsType[content.Problems](err)
	if unsourced := len(problems) > 0 && problems[0].Code == content.Conflict; err != nil && len(set.Changes) == 0 && !unsourced {
		t.Fatal(err) // what is not there is not deleted, and readers see no item without its source
	}
}

// pool makes the items that others refer to, which are never deleted.
func (w *randomContent) pool(t *testing.T) {
	t.Helper()
	set := content.ChangeSet{Author: "test", Reason: content.RevisionReason("UPDATE")}
	for n := range 4 {
		for _, name := range []string{"Talk", "Mediator", "Party", "Issue", "Source"} {
			ref, slug := w.pooled(name, n)
			field := map[bool]string{true: "name", false: "title"}[name == "Mediator" || name == "Party"]
			set.Items = append(set.Items, content.Item{Type: content.TypeNamed(name), Key: ref.Key, Slug: slug, Values: map[string]any{field: string(slug)}})
		}
	}
	if _, err := w.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// pooled names an item that is always there.
func (w *randomContent) pooled(name string, n int) (content.Ref, content.Slug) {
	slug := content.Slug(fmt.Sprint(map[string]string{"Source": "cited"}[name], strings.ToLower(strings.TrimPrefix(name, "Source")), "-", n))
	return content.Ref{Type: name, Key: content.NamedKey(name, slug)}, slug
}

// some refers to an item that is always there.
func (w *randomContent) some(name string) content.Ref {
	ref, _ := w.pooled(name, w.IntN(4))
	return ref
}

// refs refers to some of them, or to none.
func (w *randomContent) refs(name string) []content.Ref {
	if w.IntN(2) == 0 {
		return nil
	}
	return []content.Ref{w.some(name)}
}

// leading is an item that leads to others, or one that others lead to.
func (w *randomContent) leading(item content.Item) content.Item {
	cited := func() any { return []map[string]any{{"source": w.some("Source")}} }
	name := []string{"Article", "Mediator", "Party", "Issue", "Source", "Position", "Agreement"}[w.IntN(7)]
	n := w.IntN(4)
	ref, slug := w.pooled(name, n)
	item.Type, item.Key, item.Slug = content.TypeNamed(name), ref.Key, slug
	if w.IntN(2) == 0 {
		item.Values["citations"] = cited()
	}
	switch name {
	case "Article":
		item.Values["talks"] = w.refs("Talk")
	case "Mediator", "Party":
		item.Values["name"] = item.Values["title"]
		delete(item.Values, "title")
	case "Issue":
		if w.IntN(2) == 0 {
			item.Values["process"] = w.some("Talk")
		}
	case "Position":
		item.Values = map[string]any{"holder": "one", "issue": w.some("Issue"), "party": w.some("Party"), "talk": w.some("Talk"), "citations": cited()}
	case "Agreement":
		item.Values["talk"], item.Values["mediators"] = w.some("Talk"), w.refs("Mediator")
		item.Values["provisions"] = []map[string]any{{"issue": w.some("Issue"), "citations": cited()}}
		item.Values["proposedBy"] = []map[string]any{{"actor": w.some("Party")}}
	}
	return item
}

// item is a source, or one of a few talks and their events, or what these lead to.
func (w *randomContent) item() content.Item {
	n := w.IntN(12)
	item := content.Item{Publication: &content.Publication{Status: content.PubUsable}, Values: map[string]any{"title": strconv.Itoa(w.IntN(1000))}}
	if w.IntN(4) == 0 {
		item.Publication.Status = content.PubWithheld
	}
	talk := func(n int) content.Ref {
		return content.Ref{Type: "Talk", Key: content.NamedKey("Talk", content.Slug(fmt.Sprint("talk-", n)))}
	}
	name := "Source"
	switch w.IntN(6) {
	case 4, 5:
		return w.leading(item)
	case 0:
		name, n = "Talk", w.IntN(4)
		item.Values["issues"] = w.refs("Issue")
		if w.IntN(2) == 0 {
			item.Values["participations"] = []map[string]any{
				{"actor": w.some("Mediator"), "role": "HOST", "citations": []map[string]any{{"source": w.some("Source")}}},
			}
		}
		if n > 0 && w.IntN(2) == 0 {
			item.Values["parent"] = talk(w.IntN(n))
		}
	case 1, 2:
		name = "Event"
		item.Values["talk"] = talk(w.IntN(4))
		item.Values["mediators"], item.Values["issues"] = w.refs("Mediator"), w.refs("Issue")
		item.Values["citations"] = []map[string]any{{"source": w.some("Source")}}
		if w.IntN(2) == 0 {
			item.Values["participants"] = []map[string]any{{"actor": w.some("Party"), "eventRole": "SPEAKER"}}
		}
	}
	item.Type = content.TypeNamed(name)
	item.Slug = content.Slug(fmt.Sprintf("%s-%d", map[string]string{"Talk": "talk", "Event": "event", "Source": "source"}[name], n))
	item.Key = content.NamedKey(name, item.Slug)
	return item
}

// TestSyncIsAFullRead lets clients sync at random moments, with pages of random size, over connections that drop, while
// the record changes: in the end each has what a full read gives, for every filter and reader.
func TestSyncIsAFullRead(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			at, _, st := livesUnder(t, graph.DefaultLive())
			w := &randomContent{Rand: rand.New(rand.NewPCG(seed, 1)), store: st}
			w.pool(t)
			staff := []string{"Authorization", "Bearer parley_good"}
			talk := map[string]any{"talk": content.NewID("Talk", content.NamedKey("Talk", "talk-0"))}
			clients := []*replica{
				{name: "public"},
				{name: "staff", header: staff},
				{name: "sources", filter: map[string]any{"types": []string{"SOURCE"}}},
				{name: "of a talk", filter: talk},
				{name: "of a talk, staff", filter: talk, header: staff},
				{name: "mediators of a talk", filter: map[string]any{"talk": talk["talk"], "types": []string{"MEDIATOR", "SOURCE"}}},
				{name: "events of a talk", filter: map[string]any{"talk": talk["talk"], "types": []string{"EVENT"}}},
			}
			for _, c := range clients {
				c.items = map[string]string{}
			}
			for range 60 {
				w.change(t)
				c := clients[w.IntN(len(clients))]
				c.pull(t, at, 1+w.IntN(9), w.IntN(4) == 0)
			}
			for _, c := range clients {
				for c.pending = true; c.pending; {
					c.pull(t, at, 100, false)
				}
				if c.pull(t, at, 100, false); c.pending {
					t.Errorf("%s has more at the end", c.name)
				}
				full := &replica{name: "a full read", filter: c.filter, header: c.header, items: map[string]string{}, pending: true}
				for full.pending {
					full.pull(t, at, 7, false)
				}
				if diff := cmp.Diff(full.items, c.items); diff != "" {
					t.Errorf("%s (-a full read +what was synced)\n%s", c.name, diff)
				}
				compareWithLists(t, at, c)
			}
		})
	}
}

// compareWithLists holds a copy against what the ordinary lists give.
func compareWithLists(t *testing.T, at string, c *replica) {
	t.Helper()
	if c.filter != nil {
		return
	}
	_, _, data := listen(t, at, `{ sources(first: 100) { nodes { id title } } events(first: 100) { nodes { id title } } talks(first: 100) { nodes { id title } } }`, nil, c.header...).next(t)
	var m struct {
		Data map[string]struct{ Nodes []struct{ ID, Title string } }
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for _, list := range m.Data {
		for _, n := range list.Nodes {
			want[n.ID], got[n.ID] = n.Title, c.items[n.ID]
		}
	}
	for id, title := range c.items {
		if kind, _, err := content.ID(id).Split(); err == nil && (kind.Name == "Source" || kind.Name == "Event" || kind.Name == "Talk") {
			got[id] = title
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-the lists +what was synced)\n%s", c.name, diff)
	}
}

// TestFirstSync pages through everything at one revision, whatever is written meanwhile.
func TestFirstSync(t *testing.T) {
	at, _, st := livesUnder(t, graph.DefaultLive())
	for i := range 30 {
		revise(t, st, sourceOf(fmt.Sprint("s-", i), "before", false))
	}
	c := &replica{name: "new", filter: map[string]any{"types": []string{"SOURCE"}}, items: map[string]string{}}
	c.pull(t, at, 10, false)
	for i := range 30 {
		revise(t, st, sourceOf(fmt.Sprint("s-", i), "after", false))
	}
	revise(t, st, sourceOf("late", "late", false))
	before := 0
	for range 3 {
		c.pull(t, at, 10, false)
	}
	for _, title := range c.items {
		if title == "before" {
			before++
		}
	}
	if _, ok := c.items[sourceID("late")]; before != 30 || ok {
		t.Errorf("%d of 30 are as they were at the first page, %v", before, c.items)
	}
	for c.pending {
		c.pull(t, at, 100, false)
	}
	for id, title := range c.items {
		if title == "before" {
			t.Errorf("%s was never brought up to date", id)
		}
	}
}

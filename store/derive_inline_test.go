package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/bench/data"
	"parley/content"
	"parley/store/sqlgen"
)

// TestInlinedListsFollowTheirTables writes at random and compares, after each write, what stands in the rows of events
// and talks with what follows from the tables of pairs, what is read by way of memory with what is read without, and after
// a few what covering rows say of the events of talks, now and at an earlier revision, with what their rows say.
func TestInlinedListsFollowTheirTables(t *testing.T) {
	s := openTest(t)
	set := data.New(400).ChangeSet()
	if _, err := s.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	refs := map[string][]content.Ref{}
	for _, item := range set.Items {
		refs[item.Type.Name] = append(refs[item.Type.Name], content.Ref{Type: item.Type.Name, Key: item.Key})
	}
	some := func(typeName string) content.Ref { return refs[typeName][rng.IntN(len(refs[typeName]))] }
	events := slices.DeleteFunc(slices.Clone(set.Items), func(item content.Item) bool { return item.Type.Name != "Event" })
	often := events[len(events)-5:]
	for n := range 60 {
		item := set.Items[rng.IntN(len(set.Items))]
		if rng.IntN(2) == 0 {
			item = often[rng.IntN(len(often))]
		}
		item.Values = maps.Clone(item.Values)
		switch item.Type.Name {
		case "Event":
			item.Values["title"], item.Values["outlook"] = fmt.Sprintf("Title %d", rng.IntN(1000)), "MIXED"
			item.Values["mediators"] = []content.Ref{some("Mediator"), some("Mediator")}
			item.Values["issues"] = []content.Ref{some("Issue")}
			if rng.IntN(2) == 0 {
				item.Values["talk"] = some("Talk")
			}
		case "Talk":
			item.Values["participations"] = []map[string]any{{"actor": some("Mediator"), "role": "HOST"}, {"actor": some("Party"), "role": "NEGOTIATOR"}}
			item.Values["parent"] = refs["Talk"][0] // or none: talks make no circle
			if item.Key == refs["Talk"][0].Key || rng.IntN(2) == 0 {
				delete(item.Values, "parent")
			}
		case "Mediator", "Party":
			item.Values["name"] = fmt.Sprintf("Name %d", rng.IntN(1000))
		}
		if rng.IntN(4) == 0 {
			item.Publication = &content.Publication{Status: []content.PubStatus{content.PubWithheld, content.PubUsable}[rng.IntN(2)]}
		}
		if _, err := s.Apply(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{item}}); err != nil {
			t.Fatal(err)
		}
		for typeName := range sqlgen.Inlined() {
			inlinedNow(t, s, typeName)
			sameWithoutMemory(t, s, typeName)
		}
		if n%5 == 4 {
			sameWithoutCards(t, s, 0)
			sameWithoutCards(t, s, content.Revision(1+rng.IntN(n)))
		}
	}
	if err := s.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	for at := content.Revision(1); at < 60; at += 5 {
		sameWithoutCards(t, s, at)
	}
	checkRecord(t, s)
}

// inlinedNow compares the inlined columns with the statement that derives them.
func inlinedNow(t *testing.T, s *Store, typeName string) {
	t.Helper()
	for set := range strings.SplitSeq(strings.TrimPrefix(inlineLists(typeName), "UPDATE "+sqlgen.Snake(typeName)+" SET\n  "), ",\n  ") {
		column, expression, _ := strings.Cut(set, " = ")
		var wrong int
		text := "SELECT COUNT(*) FROM " + sqlgen.Snake(typeName) + " WHERE " + column + " IS NOT " + expression
		if err := s.readers.QueryRow(text).Scan(&wrong); err != nil || wrong > 0 {
			t.Fatalf("%d rows have another %s than follows, %v", wrong, column, err)
		}
	}
}

// sameWithoutMemory reads lists as they are inlined, and by their tables.
func sameWithoutMemory(t *testing.T, s *Store, typeName string) {
	t.Helper()
	sel := &content.Selection{Type: content.TypeNamed(typeName), Rows: true, Page: content.Page{Size: 100}, Fields: []string{"slug"}}
	for relation, child := range map[string]string{"mediators": "Mediator", "parties": "Party", "issues": "Issue"} {
		of := content.TypeNamed(child)
		sel.Children = append(sel.Children, &content.Selection{Key: relation, Relation: relation, Type: of, Rows: true, Fields: []string{of.Title(), "slug"}})
	}
	lists := func(v content.View) []map[content.Key][]string {
		res, _, err := s.Read(t.Context(), v, []*content.Selection{sel})
		if err != nil {
			t.Fatal(err)
		}
		var all []map[content.Key][]string
		for _, child := range res[0].Children {
			names := map[content.Key][]string{}
			for key, l := range child.Lists {
				for _, row := range l.Rows {
					names[key] = append(names[key], fmt.Sprint(row.Key, row.Values[:2]))
				}
			}
			all = append(all, names)
		}
		return all
	}
	if diff := cmp.Diff(lists(content.View{Locales: []content.Locale{"xx"}}), lists(content.View{})); diff != "" {
		t.Fatalf("%s (-by their tables +inlined):\n%s", typeName, diff)
	}
}

// TestInlinedListsOfManyActors holds that the mediators of an event are listed where the mediators of the record are more than are
// held in memory.
func TestInlinedListsOfManyActors(t *testing.T) {
	s := openTest(t)
	name := strings.Repeat("An envoy ", 30)
	var refs []content.Ref
	items := func(yield func(content.Item, error) bool) {
		for i := range maxCachedBytes/len(name) + 1 {
			slug := content.Slug(fmt.Sprint("envoy-", i))
			refs = append(refs, content.Ref{Type: "Mediator", Key: content.NamedKey("Mediator", slug)})
			if !yield(content.Item{Type: content.TypeNamed("Mediator"), Key: refs[i].Key, Slug: slug, Values: map[string]any{"name": name}}, nil) {
				return
			}
		}
		yield(content.Item{Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "visit"), Slug: "visit", Values: map[string]any{
			"title": "A visit", "mediators": refs[:2],
		}}, nil)
	}
	if _, err := s.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "IMPORT", Stream: items}); err != nil {
		t.Fatal(err)
	}
	sameWithoutMemory(t, s, "Event")
}

// TestTablesInMemoryAreBounded holds that no more than 16 tables are kept, and that one which is read again takes no other's place.
func TestTablesInMemoryAreBounded(t *testing.T) {
	var kept tableCache
	for i := range maxCachedTables {
		kept.put(strconv.Itoa(i), &cachedTable{})
	}
	again := &cachedTable{}
	if kept.put("0", again); len(kept.all) != maxCachedTables || kept.get("0") != again {
		t.Errorf("%d tables are kept after one was read again", len(kept.all))
	}
	if kept.put("another", again); len(kept.all) > maxCachedTables || kept.get("another") != again {
		t.Errorf("%d tables are kept", len(kept.all))
	}
}

// TestRebuild spoils derived rows and has them derived anew.
func TestRebuild(t *testing.T) {
	s := openTest(t)
	if _, err := s.Write(t.Context(), data.New(50).ChangeSet()); err != nil {
		t.Fatal(err)
	}
	places := func() (n int) {
		if err := s.readers.QueryRow("SELECT COUNT(*) FROM event_list").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	cards := func() []string { return rowsOf(t, s, "SELECT event_id, HEX(card) FROM event_list WHERE list = 1") }
	before, right := places(), cards()
	for _, text := range []string{
		"UPDATE event SET mediator_ids = '[1]'", "UPDATE talk SET issue_ids = NULL", "DELETE FROM event_list WHERE list = 1 AND event_id % 2 = 0",
		"UPDATE event_list SET card = x'00' WHERE list = 1",
	} {
		byHand(t, s, text)
	}
	if places() == before {
		t.Fatal("nothing is spoilt")
	}
	if err := s.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := places(); now != before {
		t.Errorf("%d places of events, %d before", now, before)
	}
	if diff := cmp.Diff(right, cards()); diff != "" {
		t.Errorf("cards (-before +rebuilt):\n%s", diff)
	}
	inlinedNow(t, s, "Event")
	inlinedNow(t, s, "Talk")
}

// TestEventsLeaveTheListsOfTalks spoils a list that a talk has inline: an event of the talk does not list it again, since no event
// changes it, and the talk itself does.
func TestEventsLeaveTheListsOfTalks(t *testing.T) {
	s := openTest(t)
	done := apply(t, s, create("Source", "source", map[string]any{"title": "A source"}), create("Talk", "talk", map[string]any{"title": "A talk"}))
	list := func() string { return strings.Join(rowsOf(t, s, "SELECT mediator_ids FROM talk"), " ") }
	right := list()
	byHand(t, s, "UPDATE talk SET mediator_ids = '[7]'")
	event := apply(t, s, create("Event", "event", map[string]any{
		"title": "An event", "occurredOn": edtf(t, "2023"), "talk": content.Target{Type: content.TypeNamed("Talk"), Key: done.Refs[1].Key}, "citations": cite(slugged("Source", "a-source")),
	})).Refs[0]
	apply(t, s, of(content.Update, event, map[string]any{"title": "Another"}))
	apply(t, s, of(content.Delete, event, nil))
	if got := list(); got != "[7]" {
		t.Errorf("the list is %s after events", got)
	}
	apply(t, s, of(content.Update, done.Refs[1], map[string]any{"title": "Another talk"}))
	if got := list(); got != right {
		t.Errorf("the list is %s after the talk itself, want %s", got, right)
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// openTest opens a new store in a folder of the test.
func openTest(tb testing.TB) *Store {
	tb.Helper()
	s, err := Open(context.Background(), filepath.Join(tb.TempDir(), "parley.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if t, ok := tb.(*testing.T); ok && !t.Failed() {
			checkRecord(t, s)
		}
		_ = s.Close()
	})
	return s
}

// create is a change that makes an item of a type under a local name.
func create(typeName, local string, values map[string]any) content.Change {
	return content.Change{Op: content.Create, Type: content.TypeNamed(typeName), ClientKey: local, Values: values, Path: "input." + local}
}

// of is a change of an item.
func of(op content.ChangeOp, ref content.Ref, values map[string]any) content.Change {
	return content.Change{Op: op, Type: content.TypeNamed(ref.Type), Key: ref.Key, Values: values, Path: "input"}
}

func local(typeName, name string) content.Target {
	return content.Target{Type: content.TypeNamed(typeName), ClientKey: name}
}

func slugged(typeName, slug string) content.Target {
	return content.Target{Type: content.TypeNamed(typeName), Slug: content.Slug(slug)}
}

// titled is a translation of a title.
func titled(locale, title string) map[string]any {
	return map[string]any{"locale": locale, "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": title}}}
}

func cite(target any) []map[string]any { return []map[string]any{{"source": target}} }

func apply(tb testing.TB, s *Store, list ...content.Change) content.ApplyResult {
	tb.Helper()
	done, err := s.Apply(context.Background(), content.ChangeSet{Author: "Nadia", Token: 7, Reason: "UPDATE", Changes: list})
	if err != nil {
		tb.Fatal(err)
	}
	return done
}

// problemsOf applies changes that are to be refused, and returns what is wrong with them as "path: code".
func problemsOf(t *testing.T, s *Store, list ...content.Change) []string {
	t.Helper()
	before, _ := s.Head(t.Context())
	_, err := s.Apply(t.Context(), content.ChangeSet{Author: "Nadia", Reason: "UPDATE", Changes: list})
	var problems content.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v; want problems", err)
	}
	if after, _ := s.Head(t.Context()); after != before {
		t.Errorf("a refusal made revision %d", after)
	}
	var out []string
	for _, p := range problems {
		out = append(out, p.Field+": "+string(p.Code))
	}
	return out
}

// count runs a statement that counts.
func count(tb testing.TB, s *Store, text string, args ...any) int {
	tb.Helper()
	var n int
	if err := s.readers.QueryRow(text, args...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// itemNow reads one whole item.
func itemNow(tb testing.TB, s *Store, t *content.Type, key content.Key) (item content.Item, err error) {
	tb.Helper()
	err = s.snapshot(tb.Context(), func(query queryFunc) error {
		item, err = readItem(tb.Context(), query, t, key)
		return err
	})
	return item, err
}

// sample makes a process with a round, an event, a source, and an actor in both capacities, all public.
func sample(tb testing.TB, s *Store) map[string]content.Ref {
	tb.Helper()
	names := []string{"process", "round", "source", "egypt", "issue", "event", "position"}
	done := apply(tb, s,
		create("Talk", "process", map[string]any{"title": "Cairo process"}),
		create("Talk", "round", map[string]any{
			"title": "First round", "parent": local("Talk", "process"), "issues": []content.Target{local("Issue", "issue")},
			"participations": []map[string]any{{"actor": local("Mediator", "egypt"), "role": "HOST", "note": "in Cairo"}},
		}),
		create("Source", "source", map[string]any{"title": "A report"}),
		create("Mediator", "egypt", map[string]any{"name": "Egypt", "externalIds": []map[string]any{{"scheme": "wikidata", "value": "Q79"}}}),
		create("Issue", "issue", map[string]any{"title": "Hostages"}),
		create("Event", "event", map[string]any{
			"title": "A statement", "talk": local("Talk", "round"), "mediators": []content.Target{local("Mediator", "egypt")},
			"citations": cite(local("Source", "source")), "occurredOn": edtf(tb, "2023-11"),
		}),
		create("Position", "position", map[string]any{"holder": "One side", "issue": local("Issue", "issue"), "citations": cite(local("Source", "source"))}),
	)
	refs := map[string]content.Ref{}
	var publish []content.Change
	for i, name := range names {
		refs[name] = done.Refs[i]
		publish = append(publish, of(content.Publish, done.Refs[i], nil))
	}
	apply(tb, s, publish...)
	return refs
}

func edtf(tb testing.TB, text string) content.FuzzyDate {
	tb.Helper()
	d, err := content.ParseEDTF(text)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestApplyMakesOneRevisionOfChangesThatReferToEachOther(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	if head, _ := s.Head(t.Context()); head != 2 {
		t.Fatalf("revision %d; want 2: one made all, one published all", head)
	}
	if refs["position"].Key != content.NamedKey("Position", "one-side-on-hostages") || refs["round"].Key != content.NamedKey("Talk", "first-round") {
		t.Error("slugs do not follow from what the items are called")
	}
	item, err := itemNow(t, s, content.TypeNamed("Event"), refs["event"].Key)
	if err != nil || !slices.Equal(item.Values["mediators"].([]content.Ref), []content.Ref{refs["egypt"]}) || item.Values["talk"] != refs["round"] {
		t.Errorf("the event leads to %v, %v", item.Values, err)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM event_list WHERE parent_id IN ($1, $2, $3, 0)", int64(refs["process"].Key), int64(refs["round"].Key), int64(refs["egypt"].Key)); n != 4 {
		t.Errorf("the event stands in %d timelines; want 4", n)
	}
}

func TestUpdateLeavesClearsAndSets(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	done := apply(t, s, of(content.Update, refs["round"], map[string]any{"summary": "How it went", "participations": nil}))
	item, err := itemNow(t, s, content.TypeNamed("Talk"), refs["round"].Key)
	if err != nil || item.Values["summary"] != "How it went" || item.Values["participations"] != nil || item.Values["title"] != "First round" || item.Values["parent"] != refs["process"] {
		t.Errorf("the round says %v, %v", item.Values, err)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM talk_participations_history WHERE to_rev = $1 AND note = 'in Cairo' AND id > 0", done.Revision); n != 1 {
		t.Errorf("the history has %d of the former participations; want 1", n)
	}
	if again := apply(t, s, of(content.Update, refs["round"], map[string]any{"summary": "How it went"})); again.Revision != done.Revision {
		t.Errorf("the same again made revision %d", again.Revision)
	}
	apply(t, s, of(content.Update, refs["round"], map[string]any{"issues": []content.Ref{}}))
	if n := count(t, s, "SELECT COUNT(*) FROM talk_history WHERE id = $1 AND summary = 'How it went'", int64(refs["round"].Key)); n != 1 {
		t.Error("a change of joined rows alone keeps no former row of the item")
	}
}

func TestConflictsTellWhatDiffers(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	apply(t, s, of(content.Update, refs["round"], map[string]any{"title": "Round one", "summary": "x"}))
	c := of(content.Update, refs["round"], map[string]any{"title": "Round 1"})
	c.IfRevision = 2
	_, err := s.Apply(t.Context(), content.ChangeSet{Changes: []content.Change{c}})
	var problems content.Problems
	if !errors.As(err, &problems) || problems[0].Code != content.Conflict || problems[0].Field != "input.ifRevision" ||
		fmt.Sprint(problems[0].Details) != "map[fields:[title summary] revision:3]" {
		t.Fatalf("got %v %+v", err, problems)
	}
	if c.IfRevision = 3; apply(t, s, c).Revision != 4 {
		t.Error("the current revision was refused")
	}
}

func TestIdempotencyKeys(t *testing.T) {
	s := openTest(t)
	set := content.ChangeSet{
		Author: "a", Token: 1, Reason: "UPDATE", Idempotency: content.Idempotency{Key: "k", Mutation: "createTalk", Input: "1"},
		Changes: []content.Change{create("Talk", "", map[string]any{"title": "T"})},
	}
	set.Changes[0].Slug = "t"
	first, err := s.Apply(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, s, create("Talk", "", map[string]any{"title": "Other"}))
	again, err := s.Apply(t.Context(), set)
	if err != nil || again.Revision != first.Revision || !again.Repeated || !slices.Equal(again.Refs, first.Refs) {
		t.Errorf("again: %+v, %v; want %+v", again, err, first)
	}
	set.Idempotency.Input = "2"
	if _, err := s.Apply(t.Context(), set); err == nil || !strings.Contains(err.Error(), "another input") {
		t.Errorf("another input: %v", err)
	}
	set.Token = 2
	if other, err := s.Apply(t.Context(), set); err == nil {
		t.Errorf("another token with the slug that is taken: %+v", other)
	}
}

func TestDeletingIsRefusedWithTheReferrers(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	for name, want := range map[string]string{"egypt": "participations", "source": "citations", "issue": "issues", "process": "parent"} {
		if got := problemsOf(t, s, of(content.Delete, refs[name], nil)); !slices.Equal(got, []string{"input.id: CONFLICT"}) {
			t.Errorf("%s: %v", name, got)
		}
		_, err := s.Apply(t.Context(), content.ChangeSet{Changes: []content.Change{of(content.Delete, refs[name], nil)}})
		if err == nil || !strings.Contains(err.Error(), "by "+want) {
			t.Errorf("%s: %v; want the referrers by %s", name, err, want)
		}
	}
	c := of(content.Delete, refs["process"], nil)
	c.Cascade = true
	done := apply(t, s, c)
	if want := []content.Ref{refs["process"], refs["round"], refs["event"]}; !slices.Equal(done.Deleted, want) {
		t.Errorf("deleted %v; want %v", done.Deleted, want)
	}
	for _, table := range []string{"talk", "event", "talk_tree", "event_list", "talk_participations", "talk_issues", "event_mediators"} {
		if n := count(t, s, "SELECT COUNT(*) FROM "+table); n != 0 {
			t.Errorf("%s has %d rows left", table, n)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM "+table+"_history WHERE to_rev = $1", done.Revision); n == 0 {
			t.Errorf("%s keeps nothing of what was deleted", table)
		}
	}
	if n := count(t, s, "SELECT COUNT(*) FROM search_text WHERE type IN ('Talk', 'Event')"); n != 0 {
		t.Error("deleted texts are still searched")
	}
}

func TestAnActorHasCapacities(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	c := create("Party", "", map[string]any{"country": "EG"})
	as := content.Target{Type: content.TypeNamed("Mediator"), Key: refs["egypt"].Key}
	c.ExistingActor = &as
	party := apply(t, s, c).Refs[0]
	if party != (content.Ref{Type: "Party", Key: refs["egypt"].Key}) {
		t.Fatalf("the party is %v", party)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM change WHERE revision = 3 AND (type = 'Party' AND op = 'CREATED' OR type = 'Mediator' AND op = 'UPDATED')"); n != 2 {
		t.Errorf("%d entries of the log; want both nodes", n)
	}
	apply(t, s, of(content.Update, party, map[string]any{"name": "Egypt (Arab Republic)"}))
	if n := count(t, s, "SELECT COUNT(*) FROM change WHERE revision = 4 AND op = 'UPDATED'"); n != 2 {
		t.Errorf("%d nodes changed by one name; want 2", n)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM search_text WHERE title = 'Egypt (Arab Republic)'"); n != 2 {
		t.Errorf("found in %d capacities; want 2", n)
	}
	apply(t, s, of(content.Delete, party, nil))
	if n := count(t, s, "SELECT COUNT(*) FROM actor"); n != 1 {
		t.Error("the mediator went with the party")
	}
	if got := problemsOf(t, s, create("Mediator", "", map[string]any{"name": "x", "externalIds": []map[string]any{{"scheme": "wikidata", "value": "Q79"}}})); !slices.Equal(got, []string{"input..externalIds.0: CONFLICT"}) {
		t.Errorf("an identifier that is taken: %v", got)
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	got := problemsOf(t, s,
		create("Event", "a", map[string]any{"talk": slugged("Talk", "nowhere"), "mediators": []content.Target{slugged("Mediator", "egypt"), slugged("Mediator", "nobody")}}),
		of(content.Update, refs["process"], map[string]any{"parent": refs["round"], "talkStatus": "WOBBLY"}),
		of(content.Update, content.Ref{Type: "Talk", Key: 5}, nil),
		of(content.Update, refs["event"], map[string]any{"citations": nil}),
		create("Issue", "b", map[string]any{"title": "B", "slug": "x", "process": local("Talk", "lost")}),
		create("Talk", "c", map[string]any{"title": "", "issues": make([]content.Ref, 51)}),
		of(content.Update, refs["round"], map[string]any{"translations": []map[string]any{titled("ar", "جولة"), titled("ar", "جولة")}}),
	)
	want := []string{
		"input.a.talk: NOT_FOUND", "input.a.mediators.1: NOT_FOUND", "input.a.title: BAD_USER_INPUT",
		"input.talkStatus: BAD_USER_INPUT", "input.parent: BAD_USER_INPUT", "input.id: NOT_FOUND", "input.citations: BAD_USER_INPUT",
		"input.b.process: NOT_FOUND", "input.c.title: BAD_USER_INPUT", "input.translations.1.locale: BAD_USER_INPUT",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTalksAreFourLevelsDeep(t *testing.T) {
	s := openTest(t)
	list := []content.Change{create("Talk", "0", map[string]any{"title": "0"})}
	for i := 1; i < 4; i++ {
		list = append(list, create("Talk", strconv.Itoa(i), map[string]any{"title": strconv.Itoa(i), "parent": local("Talk", strconv.Itoa(i-1))}))
	}
	refs := apply(t, s, list...).Refs
	if got := problemsOf(t, s, create("Talk", "5", map[string]any{"title": "5", "parent": refs[3]})); !slices.Equal(got, []string{"input.5.parent: BAD_USER_INPUT"}) {
		t.Errorf("a fifth level: %v", got)
	}
	other := apply(t, s, create("Talk", "top", map[string]any{"title": "top"})).Refs[0]
	if got := problemsOf(t, s, of(content.Update, refs[0], map[string]any{"parent": other})); !slices.Equal(got, []string{"input.parent: BAD_USER_INPUT"}) {
		t.Errorf("four levels beneath a fifth: %v", got)
	}
	done := apply(t, s, of(content.Update, refs[2], map[string]any{"parent": other}))
	if n := count(t, s, "SELECT COUNT(*) FROM talk_tree WHERE ancestor = $1", int64(other.Key)); n != 3 {
		t.Errorf("beneath the new parent stand %d talks; want 3 with itself", n)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM talk_tree_history WHERE to_rev = $1 AND ancestor = $2", done.Revision, int64(refs[0].Key)); n != 2 {
		t.Errorf("the former place keeps %d pairs; want 2", n)
	}
}

func TestPublicationIsARevision(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	c := of(content.Withdraw, refs["process"], nil)
	c.Cascade = true
	done := apply(t, s, c)
	if want := []content.Ref{refs["process"], refs["round"], refs["event"]}; !slices.Equal(done.PublicationChanged, want) {
		t.Errorf("withdrew %v; want %v", done.PublicationChanged, want)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM talk WHERE visible = 1") + count(t, s, "SELECT COUNT(*) FROM event_list") + count(t, s, "SELECT COUNT(*) FROM search_text WHERE visible = 1 AND type IN ('Talk', 'Event')"); n != 0 {
		t.Errorf("%d rows are still public", n)
	}
	if again := apply(t, s, c); again.Revision != done.Revision {
		t.Error("withdrawing twice made two revisions")
	}
	now := time.UnixMilli(s.now().UnixMilli()).UTC()
	p := of(content.Publish, refs["event"], nil)
	p.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: now.Add(time.Hour)}
	apply(t, s, p)
	if n := count(t, s, "SELECT COUNT(*) FROM event WHERE visible = 1"); n != 0 {
		t.Error("an embargo did not hold")
	}
	next, err := s.NextEmbargo(t.Context())
	if err != nil || !next.Equal(now.Add(time.Hour)) {
		t.Errorf("the next embargo lifts at %v, %v", next, err)
	}
	head, _ := s.Head(t.Context())
	if rev, err := s.LiftEmbargoes(t.Context()); err != nil || rev != head {
		t.Errorf("lifted too early: %d, %v", rev, err)
	}
	s.now = func() time.Time { return now.Add(time.Hour) }
	if rev, err := s.LiftEmbargoes(t.Context()); err != nil || rev != head+1 {
		t.Errorf("lifting made revision %d, %v; want %d", rev, err, head+1)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM event WHERE visible = 1 AND embargoed_until IS NULL"); n != 1 {
		t.Error("the embargo did not lift")
	}
	s.now = time.Now
}

func TestFormerSlugsAndRevert(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	c := of(content.Update, refs["round"], map[string]any{"title": "The opening"})
	c.Slug = "opening"
	apply(t, s, c)
	done := apply(t, s, create("Talk", "x", map[string]any{"title": "Second", "parent": slugged("Talk", "first-round")}))
	if item, _ := itemNow(t, s, content.TypeNamed("Talk"), done.Refs[0].Key); item.Values["parent"] != refs["round"] {
		t.Errorf("a former slug leads to %v", item.Values["parent"])
	}
	other := apply(t, s, create("Talk", "y", map[string]any{"title": "First round"})).Refs[0]
	if other.Key == refs["round"].Key {
		t.Fatal("an item got the key of another that had its slug before")
	}
	renamed, takes := of(content.Update, other, nil), create("Talk", "z", map[string]any{"title": "Another"})
	renamed.Slug, takes.Slug = "second-round", "first-round" // which the other had, in the same call
	if item, _ := itemNow(t, s, content.TypeNamed("Talk"), other.Key); item.Slug != takes.Slug {
		t.Fatalf("the other is %q", item.Slug)
	}
	if z := apply(t, s, renamed, takes).Refs[1]; z.Key == other.Key {
		t.Error("an item took the place of the one that had its slug")
	}
	if item, _ := itemNow(t, s, content.TypeNamed("Talk"), other.Key); item.Values["title"] != "First round" || item.Slug != renamed.Slug {
		t.Errorf("the renamed item is %v %q", item.Values["title"], item.Slug)
	}
	r := of(content.Revert, refs["round"], nil)
	r.To = 2
	apply(t, s, r)
	if item, _ := itemNow(t, s, content.TypeNamed("Talk"), refs["round"].Key); item.Values["title"] != "First round" || item.Slug != "opening" {
		t.Errorf("reverted to %v %q", item.Values["title"], item.Slug)
	}
	apply(t, s, of(content.Delete, refs["position"], nil))
	r = of(content.Revert, refs["position"], nil)
	r.To = 2
	apply(t, s, r)
	if item, err := itemNow(t, s, content.TypeNamed("Position"), refs["position"].Key); err != nil || item.Publication.Status != content.PubWithheld {
		t.Errorf("what was deleted came back as %+v, %v", item.Publication, err)
	}
}

func TestRedactionLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	refs := sample(t, s)
	const name = "Zebulon"
	apply(t, s, of(content.Update, refs["round"], map[string]any{
		"title": "Round of Zebulon", "summary": "ZEBULON spoke", "body": "and zebulon left",
		"participations": []map[string]any{{"actor": refs["egypt"], "note": "with Zebulon"}},
		"translations":   []map[string]any{{"locale": "fr", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": "Zebulon parle"}}}},
	}))
	apply(t, s, of(content.Update, refs["round"], map[string]any{"title": "Another title"}))
	c := of(content.Redact, refs["round"], nil)
	c.Text = name
	done := apply(t, s, c)
	if done.Revision != 5 {
		t.Fatalf("revision %d; want 5", done.Revision)
	}
	for _, text := range []string{
		"SELECT title || COALESCE(summary, '') || COALESCE(body, '') || COALESCE(translations, '') AS v FROM talk UNION ALL SELECT title || COALESCE(summary, '') || COALESCE(body, '') || COALESCE(translations, '') FROM talk_history",
		"SELECT note AS v FROM talk_participations UNION ALL SELECT note FROM talk_participations_history",
		"SELECT text AS v FROM naming UNION ALL SELECT text FROM naming_history",
		"SELECT title || summary || body || other AS v FROM search_text UNION ALL SELECT title || summary || body || other FROM search_former",
	} {
		if n := count(t, s, "SELECT COUNT(*) FROM ("+text+") WHERE INSTR(LOWER(v), 'zebulon') > 0"); n != 0 {
			t.Errorf("the name is still in %d rows of %s", n, text)
		}
	}
	for _, index := range []string{"search_index", "search_former_index"} {
		if n := count(t, s, "SELECT COUNT(*) FROM "+index+" WHERE "+index+" MATCH 'zebulon'"); n != 0 {
			t.Errorf("%s still finds the name", index)
		}
	}
	if n := count(t, s, "SELECT COUNT(*) FROM search_former_index WHERE search_former_index MATCH 'another'"); n == 0 {
		t.Error("what was not blanked is not found in the past any more")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"Zebulon", "ZEBULON", "zebulon", "ebu"} {
		if inFile(t, path, word) {
			t.Errorf("the file still holds %q", word)
		}
	}
}

// inFile reports whether the bytes of a word stand in a file.
func inFile(t *testing.T, path, word string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(b, []byte(word))
}

// TestPublishedSources holds the time at which a source is published together with what cites it: with it, or earlier where it waits
// for an earlier time.
func TestPublishedSources(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	early, late := now.Add(time.Hour), now.Add(2*time.Hour)
	for name, c := range map[string]struct{ own, item, want time.Time }{
		"at once":                 {late, time.Time{}, time.Time{}},
		"earlier than the event":  {early, late, early},
		"later than the event":    {late, early, early},
		"without a time":          {time.Time{}, late, late},
		"at the time of an event": {early, early, early},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			source := create("Source", "source", map[string]any{"title": "A report"})
			if !c.own.IsZero() {
				source.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: c.own}
			}
			done := apply(t, s, source, create("Event", "event", map[string]any{"title": "A statement", "citations": cite(local("Source", "source"))}))
			publish := of(content.Publish, done.Refs[1], nil)
			publish.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: c.item}
			_, err := s.Apply(t.Context(), content.ChangeSet{Author: "Nadia", Reason: "PUBLICATION", Changes: []content.Change{publish}, IncludeSources: true})
			if err != nil {
				t.Fatal(err)
			}
			item, err := itemNow(t, s, content.TypeNamed("Source"), done.Refs[0].Key)
			if err != nil || item.Publication.Status != content.PubUsable || !item.Publication.EmbargoedUntil.Equal(c.want) {
				t.Errorf("the source is published as %+v, %v; want it at %v", item.Publication, err, c.want)
			}
		})
	}
}

// TestQuotationsAreFound holds that a search finds an item by the words that it quotes, in its own citations and in those of an element,
// and no longer once it does not quote them.
func TestQuotationsAreFound(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	quote := func(words string) []map[string]any {
		return []map[string]any{{"source": refs["source"], "quote": words}}
	}
	found := func(word string) int {
		sel := &content.Selection{Type: content.SearchHit(), Search: &content.Search{Query: word}, Page: content.Page{Size: 10}, Rows: true}
		res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
		if err != nil {
			t.Fatal(err)
		}
		return len(res[0].Lists[0].Rows)
	}
	part := map[string]any{"title": "First", "citations": quote("Xylophone music was heard")}
	accord := apply(t, s, of(content.Update, refs["event"], map[string]any{"citations": quote("A zeppelin was seen")}),
		create("Agreement", "accord", map[string]any{"title": "An accord", "citations": cite(refs["source"]), "provisions": []map[string]any{part}})).Refs[1]
	apply(t, s, of(content.Publish, accord, nil))
	for _, word := range []string{"zeppelin", "xylophone"} {
		if n := found(word); n != 1 {
			t.Errorf("%d items are found by the quoted word %s", n, word)
		}
	}
	delete(part, "citations")
	apply(t, s, of(content.Update, refs["event"], map[string]any{"citations": quote("A balloon was seen")}),
		of(content.Update, accord, map[string]any{"provisions": []map[string]any{part}}))
	for word, want := range map[string]int{"zeppelin": 0, "xylophone": 0, "balloon": 1} {
		if n := found(word); n != want {
			t.Errorf("%d items are found by the quoted word %s; want %d", n, word, want)
		}
	}
}

// TestActorsThatAreGone refuses to give a second capacity to an actor that the same call deletes, and names the field that says so.
func TestActorsThatAreGone(t *testing.T) {
	s := openTest(t)
	qatar := apply(t, s, create("Mediator", "qatar", map[string]any{"name": "Qatar"})).Refs[0]
	party := create("Party", "p", map[string]any{"name": "Qatar"})
	party.ExistingActor = &content.Target{Type: content.TypeNamed("Mediator"), Key: qatar.Key, Path: "input.changes.1.createParty.asMediator"}
	if got := problemsOf(t, s, of(content.Delete, qatar, nil), party); !slices.Contains(got, "input.changes.1.createParty.asMediator: NOT_FOUND") {
		t.Errorf("the problems are %q", got)
	}
}

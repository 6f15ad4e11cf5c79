package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// undoes undoes a revision and returns what became of its items, one a line.
func undoes(t *testing.T, s *Store, rev content.Revision) []string {
	t.Helper()
	done, err := s.Apply(t.Context(), content.ChangeSet{Author: "Nadia", Reason: "UPDATE", Undo: rev})
	if err != nil {
		t.Fatal(err)
	}
	return undoLines(done)
}

func undoLines(done content.ApplyResult) []string {
	var lines []string
	for _, u := range done.Undone {
		lines = append(lines, fmt.Sprint(u.Op, " ", strings.ToLower(u.Ref.Type), "/", u.Slug))
	}
	for _, k := range done.Kept {
		lines = append(lines, fmt.Sprint("kept ", strings.ToLower(k.Ref.Type), "/", k.Slug, " ", k.Reason, ": ", k.Message))
	}
	slices.Sort(lines)
	return lines
}

// wholeRecord is all that the record says at a revision, by item.
func wholeRecord(t *testing.T, s *Store, at content.Revision) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, typ := range content.Types() {
		err := s.Items(t.Context(), at, typ, func(item content.Item) error {
			all[fmt.Sprint(typ.Name, item.Key)] = fmt.Sprint(item.Slug, *item.Publication, item.Values)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestUndoGivesTheRecordBack undoes random revisions, and the undoing too: the record says what it said before, and then what
// it said after.
func TestUndoGivesTheRecordBack(t *testing.T) {
	for seed := range uint64(4) {
		s := openTest(t)
		r := &randomChanges{Rand: rand.New(rand.NewPCG(seed, 9))}
		undone := 0
		for range 60 {
			var list []content.Change
			for j := range 1 + r.IntN(4) {
				if c := r.change(fmt.Sprint("l", j)); c.Op != content.Redact {
					list = append(list, c)
				}
			}
			before, _ := s.Head(t.Context())
			done, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: list})
			if err != nil || done.Revision == before {
				continue
			}
			r.learn(done)
			for range 2 {
				head, _ := s.Head(t.Context())
				want := map[string]string{}
				if head > 1 {
					want = wholeRecord(t, s, head-1)
				}
				lines := undoes(t, s, head)
				if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "kept") }) {
					t.Fatalf("seed %d: the newest revision is not undone whole: %q", seed, lines)
				}
				if diff := cmp.Diff(want, wholeRecord(t, s, head+1)); diff != "" {
					t.Fatalf("seed %d: after revision %d was undone (-before it, +now), %q:\n%s", seed, head, lines, diff)
				}
			}
			undone++
		}
		if undone < 10 {
			t.Errorf("only %d revisions were undone", undone)
		}
	}
}

// TestUndoKeeps undoes a revision of which some items cannot be as they were: each is listed with the reason, and the others
// are undone.
func TestUndoKeeps(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	party := apply(t, s, create("Party", "p", map[string]any{"name": "P", "actorKind": "OTHER"}), create("Issue", "i", map[string]any{"title": "I", "parties": []content.Target{local("Party", "p")}}),
		content.Change{Op: content.Create, Type: content.TypeNamed("Source"), Slug: "old", Values: map[string]any{"title": "Renamed"}, Path: "input"})
	issue, source := party.Refs[1], party.Refs[2]
	n := apply(t, s,
		create("Talk", "talk", map[string]any{"title": "Kept talk"}),
		create("Event", "event", map[string]any{"title": "Kept event", "talk": local("Talk", "talk")}),
		create("Source", "src", map[string]any{"title": "Gone source"}),
		of(content.Update, refs["round"], map[string]any{"title": "Round one"}),
		of(content.Update, issue, map[string]any{"parties": nil}),
		content.Change{Op: content.Update, Type: sourceType(), Key: source.Key, Slug: "new", Path: "input"},
	)
	apply(t, s, of(content.Update, n.Refs[1], map[string]any{"title": "Kept event, edited"}),
		content.Change{Op: content.Create, Type: sourceType(), Slug: "old", Values: map[string]any{"title": "Has the slug now"}, Path: "input"},
		of(content.Delete, party.Refs[0], nil))
	head, _ := s.Head(t.Context())
	want := []string{
		"CREATED source/gone-source",
		"UPDATED talk/first-round",
		"kept event/kept-event CHANGED_SINCE: it has changed since, at revision 5",
		"kept issue/i NOT_REVERTED: there is no party " + string(content.NewID("Party", party.Refs[0].Key)),
		`kept source/new NOT_REVERTED: the slug "old" is taken: `,
		`kept talk/kept-talk REFERRED_TO: it is referenced by event "kept-event" by talk`,
	}
	dry, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Undo: 4, DryRun: true})
	if now, _ := s.Head(t.Context()); err != nil || now != head || dry.Revision != head {
		t.Errorf("a dry run made revision %d: %v", now, err)
	}
	for what, got := range map[string][]string{"a dry run": undoLines(dry), "the undoing": undoes(t, s, 4)} {
		for i := range got {
			if before, _, found := strings.Cut(got[i], `taken: source_`); found {
				got[i] = before + "taken: "
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if now, err := itemNow(t, s, content.TypeNamed("Talk"), refs["round"].Key); err != nil || now.Values["title"] != "First round" {
		t.Errorf("the round is %v, %v", now.Values["title"], err)
	}
	for _, test := range []struct {
		set  content.ChangeSet
		want string
	}{
		{content.ChangeSet{Undo: 99}, "there is no revision 99"},
		{content.ChangeSet{Undo: 4, IfRevision: 1}, "the record has changed since revision 1"},
		{content.ChangeSet{Undo: 2, Role: content.Editor}, "deletes 0 items and publishes or withdraws 6: this needs role PUBLISHER, the token has role EDITOR"},
		{content.ChangeSet{Undo: 6, Role: content.Editor}, ""},
		{content.ChangeSet{Undo: 7, Role: content.Editor}, "deletes 1 items and publishes or withdraws 0: this needs role PUBLISHER"},
	} {
		_, err := s.Apply(t.Context(), test.set)
		if test.want == "" && err == nil {
			continue
		}
		if err == nil || test.want == "" || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v; want %q", test.set, err, test.want)
		}
	}
	apply(t, s, of(content.Update, refs["source"], map[string]any{"title": "Secret"}), content.Change{Op: content.Redact, Type: sourceType(), Key: refs["source"].Key, Text: "Secret", Path: "input"})
	redacted, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "REDACTION", Changes: []content.Change{{Op: content.Redact, Type: sourceType(), Key: refs["source"].Key, Text: "report", Path: "input"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), content.ChangeSet{Undo: redacted.Revision}); err == nil || !strings.Contains(err.Error(), "is a redaction") {
		t.Errorf("a redaction was undone: %v", err)
	}
}

func sourceType() *content.Type { return content.TypeNamed("Source") }

// TestUndoOfALargeImport undoes an import of thousands of items into a record that holds others, in a time that grows with
// their number only.
func TestUndoOfALargeImport(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	head, _ := s.Head(t.Context())
	before := wholeRecord(t, s, head)
	items := func(yield func(content.Item, error) bool) {
		for i := range 2500 {
			slug := content.Slug(fmt.Sprintf("imported-%d", i))
			item := content.Item{Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", slug), Slug: slug, Values: map[string]any{
				"title": "Imported", "locale": "en", "talk": refs["round"], "citations": []map[string]any{{"source": refs["source"]}},
			}}
			if i%5 == 0 {
				item = content.Item{Type: sourceType(), Key: content.NamedKey("Source", slug), Slug: slug, Values: map[string]any{"title": "Imported", "locale": "en"}}
			}
			if !yield(item, nil) {
				return
			}
		}
	}
	done, err := s.Apply(t.Context(), content.ChangeSet{Author: "import", Reason: "IMPORT", Stream: items})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	lines := undoes(t, s, done.Revision)
	if len(lines) != 2500 || lines[0] != "CREATED event/imported-1" {
		t.Errorf("%d items were undone, the first %q", len(lines), lines[:min(1, len(lines))])
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if diff := cmp.Diff(before, wholeRecord(t, s, done.Revision+1)); diff != "" {
		t.Errorf("after the import was undone (-before +now):\n%s", diff)
	}
}

package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"parley/content"
)

// plainSentence fails where an error has text of the SQL engine in it.
func plainSentence(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	for _, word := range []string{"constraint", "SQL", "UNIQUE", "NULL", "FOREIGN", "(2067)", "(1555)", "(787)", "external_id", "talk."} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("%s: the text of the engine reaches users: %s", what, err)
		}
	}
	if _, ok := errors.AsType[*content.Error](err); !ok {
		t.Errorf("%s: %s is INTERNAL for a client", what, err)
	}
}

// TestConstraintsAreSentences provokes each kind of constraint that the schema has.
func TestConstraintsAreSentences(t *testing.T) {
	s := openTest(t)
	sample(t, s)
	for what, text := range map[string]string{
		"unique":        "UPDATE talk SET slug = 'first-round'",
		"primary key":   "INSERT INTO talk_tree (ancestor, descendant, depth, from_rev) SELECT ancestor, descendant, depth, from_rev FROM talk_tree",
		"rowid":         "INSERT INTO mediator (id, from_rev) SELECT id, from_rev FROM mediator",
		"unique index":  "INSERT INTO external_id SELECT type, scheme, value, match_kind, 1, from_rev FROM external_id",
		"foreign key":   "UPDATE talk SET parent_id = 12345",
		"not null":      "UPDATE talk SET title = NULL",
		"check":         "INSERT INTO token (name, role, handle, digest, created, expires) VALUES ('x', 'KING', 1, x'00', 1, 1)",
		"type of value": "UPDATE talk SET latest_event = 'soon'",
	} {
		err := s.queue.do(t.Context(), func(ctx context.Context, w *writer) error {
			if err := w.begin(ctx, content.ChangeSet{Author: "a", Reason: "UPDATE"}); err != nil {
				return err
			}
			_, err := w.exec(ctx, text)
			return err
		})
		plainSentence(t, what, err)
	}
}

// TestItemsOfFilesAreRefusedInSentences writes items, as an import does, that a constraint would refuse, in a list and in a
// stream, and holds that nothing is written and the other item is named.
func TestItemsOfFilesAreRefusedInSentences(t *testing.T) {
	talk := func(slug, title string, values map[string]any) content.Item {
		if values == nil {
			values = map[string]any{}
		}
		values["title"], values["locale"] = title, "en"
		return content.Item{Type: content.TypeNamed("Talk"), Key: content.NamedKey("Talk", content.Slug(slug)), Slug: content.Slug(slug), Values: values}
	}
	renamed := func(item content.Item, slug content.Slug) content.Item {
		item.Slug = slug
		return item
	}
	identified := func(value string) map[string]any {
		return map[string]any{"externalIds": []map[string]any{{"scheme": "pa-x", "value": value}}}
	}
	for what, test := range map[string]struct {
		items []content.Item
		want  string
	}{
		"two items of one slug":             {[]content.Item{talk("a", "A", nil), renamed(talk("b", "B", nil), "a")}, `the slug "a" is taken`},
		"a slug of the record":              {[]content.Item{renamed(talk("b", "B", nil), "cairo-process")}, `the slug "cairo-process" is taken`},
		"two items of one identifier":       {[]content.Item{talk("a", "A", identified("1")), talk("b", "B", identified("1"))}, `"1" of pa-x`},
		"an identifier of the record":       {[]content.Item{talk("a", "A", identified("7"))}, `talk "a" and talk "known" have the same identifier, "7" of pa-x`},
		"no title":                          {[]content.Item{talk("a", "", nil)}, "title is missing"},
		"a reference that leads nowhere":    {[]content.Item{talk("a", "A", map[string]any{"parent": content.Ref{Type: "Talk", Key: 12345}})}, "an item references talk_"},
		"a list that leads nowhere":         {[]content.Item{talk("a", "A", map[string]any{"issues": []content.Ref{{Type: "Issue", Key: 12345}}})}, "an item references issue_"},
		"a participation that is not there": {[]content.Item{talk("a", "A", map[string]any{"issues": []content.Ref{{Type: "Issue", Key: 99}}})}, "an item references issue_"},
	} {
		s := openTest(t)
		sample(t, s)
		if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Items: []content.Item{talk("known", "Known", identified("7"))}}); err != nil {
			t.Fatal(err)
		}
		for form, set := range map[string]content.ChangeSet{
			"list": {Author: "a", Items: test.items},
			"stream": {Author: "a", Stream: func(yield func(content.Item, error) bool) {
				for _, item := range test.items {
					if !yield(item, nil) {
						return
					}
				}
			}},
		} {
			before, _ := s.Head(t.Context())
			_, err := s.Apply(t.Context(), set)
			plainSentence(t, what+" in a "+form, err)
			if err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s in a %s: got %s; want %s", what, form, err, test.want)
			}
			if after, _ := s.Head(t.Context()); after != before {
				t.Errorf("%s in a %s: revision %d was made", what, form, after)
			}
		}
	}
}

// TestIdentifiersMoveInOneRevision: an identifier goes from one item to another in one revision, whichever is written first,
// and any number of items have one that is not EXACT.
func TestIdentifiersMoveInOneRevision(t *testing.T) {
	s := openTest(t)
	id := func(value, kind string) []map[string]any {
		return []map[string]any{{"scheme": "pa-x", "value": value, "matchKind": kind}}
	}
	made := apply(t, s,
		create("Talk", "a", map[string]any{"title": "A", "externalIds": id("1", "EXACT")}),
		create("Talk", "b", map[string]any{"title": "B", "externalIds": id("2", "EXACT")}),
		create("Talk", "c", map[string]any{"title": "C", "externalIds": id("1", "PART_OF")}),
		create("Talk", "d", map[string]any{"title": "D", "externalIds": id("1", "PART_OF")}),
		create("Mediator", "m", map[string]any{"name": "M", "externalIds": id("9", "EXACT")}),
	)
	a, b, c := made.Refs[0], made.Refs[1], made.Refs[2]
	apply(t, s, of(content.Update, a, map[string]any{"externalIds": id("2", "EXACT")}), of(content.Update, b, map[string]any{"externalIds": id("1", "EXACT")}))
	found, err := s.Identifiers(t.Context(), content.TypeNamed("Talk"))
	if err != nil || len(found) != 2 || found[content.ExternalID{Scheme: "pa-x", Value: "1"}] != b.Key || found[content.ExternalID{Scheme: "pa-x", Value: "2"}] != a.Key {
		t.Errorf("after the items swapped their identifiers: %v, %v", found, err)
	}
	if got := problemsOf(t, s, of(content.Update, c, map[string]any{"externalIds": id("1", "EXACT")})); len(got) != 1 || got[0] != "input.externalIds.0: CONFLICT" {
		t.Errorf("an identifier that another item has: %v", got)
	}
	apply(t, s, of(content.Update, c, map[string]any{"externalIds": id("1", "EXACT")}), of(content.Delete, b, nil))
	one := content.Target{Type: content.TypeNamed("Talk"), External: &content.ExternalID{Scheme: "pa-x", Value: "1"}}
	done := apply(t, s, create("Event", "e", map[string]any{"title": "E", "talk": one}))
	if item, err := itemNow(t, s, content.TypeNamed("Event"), done.Refs[0].Key); err != nil || item.Values["talk"] != c {
		t.Errorf("a reference by an identifier leads to %v, %v; want %v", item.Values["talk"], err, c)
	}
	// A party and a mediator are not two items, and no two actors have the same identifier, whatever they are.
	if got := problemsOf(t, s, create("Party", "p", map[string]any{"name": "P", "externalIds": id("9", "EXACT")})); len(got) != 1 || got[0] != "input.p.externalIds.0: CONFLICT" {
		t.Errorf("an identifier of an actor in the other capacity: %v", got)
	}
	apply(t, s, content.Change{Op: content.Create, Type: content.TypeNamed("Party"), ExistingActor: &content.Target{Type: content.TypeNamed("Mediator"), Key: made.Refs[4].Key}, Path: "input"})
}

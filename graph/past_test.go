package graph_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"parley/bundle"
	"parley/content"
)

// revised are the revisions of a case: testdata/content with the files of the folder 1, then with those of the folder 2
// besides or instead, and so on. N/REVISION holds the reason of a revision and what readers are told about it.
func revised(t *testing.T, a *txtar.Archive) []content.ChangeSet {
	t.Helper()
	folders, last := map[int][]txtar.File{}, 0
	for _, f := range a.Files {
		if folder, name, ok := strings.Cut(f.Name, "/"); ok {
			n, err := strconv.Atoi(folder)
			if err != nil {
				t.Fatal(err)
			}
			folders[n], last = append(folders[n], txtar.File{Name: name, Data: f.Data}), max(last, n)
		}
	}
	base, err := filepath.Glob("testdata/content/*/*")
	if err != nil || len(base) == 0 {
		t.Fatalf("testdata/content has %d files, %v", len(base), err)
	}
	files := fstest.MapFS{}
	for _, path := range base {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(filepath.ToSlash(path), "testdata/content/")] = &fstest.MapFile{Data: b}
	}
	var sets []content.ChangeSet
	for n := 1; n <= last; n++ {
		reason, note := "UPDATE", ""
		for _, f := range folders[n] {
			if f.Name == "REVISION" {
				reason, note, _ = strings.Cut(strings.TrimSpace(string(f.Data)), " ")
				continue
			}
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		set, err := bundle.Load(maps.Clone(files))
		if err != nil {
			t.Fatal(err)
		}
		set.Author, set.Reason, set.Note = "Desk", content.RevisionReason(reason), note
		sets = append(sets, set)
	}
	return sets
}

// apply makes a revision of one change.
func (s *service) apply(t *testing.T, c content.Change) {
	t.Helper()
	set := content.ChangeSet{Author: "Desk", Reason: "UPDATE", Changes: []content.Change{c}, IncludeCiting: c.Op == content.Withdraw}
	if _, err := s.store.Apply(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// TestFormerSlugs asks for items by slugs that they had: one that has the slug now comes first, and what the public does
// not see has none.
func TestFormerSlugs(t *testing.T) {
	s := newService(t)
	source := func(slug content.Slug) content.Change {
		return content.Change{Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", slug)}
	}
	wants := func(query, want string) {
		t.Helper()
		if got, _ := s.ask(t, query, ""); got != `{"data":`+want+`}` {
			t.Errorf("%s is answered %s, want %s", query, got, want)
		}
	}
	rename := source("hill-post")
	rename.Op, rename.Slug = content.Update, "hilltop-post"
	s.apply(t, rename)
	const former = `{ source(slug: "hill-post") { slug title } }`
	wants(former, `{"source":{"slug":"hilltop-post","title":"The Hill Post"}}`)
	wants(`{ source(slug: "hilltop-post", atRevision: 1) { slug } }`, `{"source":null}`)
	wants(`{ source(slug: "hill-post", atRevision: 2) { slug } }`, `{"source":{"slug":"hilltop-post"}}`)

	take := source("lake-herald")
	take.Op, take.Slug = content.Update, "hill-post"
	s.apply(t, take)
	wants(former, `{"source":{"slug":"hill-post","title":"The Lake Herald"}}`)
	wants(`{ source(slug: "hill-post", atRevision: 2) { slug } }`, `{"source":{"slug":"hilltop-post"}}`)

	hide := source("lake-herald")
	hide.Op = content.Withdraw
	s.apply(t, hide)
	wants(former, `{"source":{"slug":"hilltop-post","title":"The Hill Post"}}`)
	hide = source("hill-post")
	hide.Op = content.Withdraw
	s.apply(t, hide)
	wants(former, `{"source":null}`)
}

// TestHistoryTellsWhoToHoldersOfTokens holds that names of authors, and what is not public, are for readers with a token.
func TestHistoryTellsWhoToHoldersOfTokens(t *testing.T) {
	s := newService(t)
	hide := content.Change{Op: content.Withdraw, Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "hope")}
	s.apply(t, hide)
	hide.Op = content.Publish
	s.apply(t, hide)
	token := s.token(t, content.Viewer)
	const query = `{ event(slug: "hope") { history { totalCount nodes { revision by changes { field } } } } }`
	public, _ := s.ask(t, query, "")
	if strings.Contains(public, "Desk") || !strings.Contains(public, `"totalCount":2`) || strings.Contains(public, "pubStatus\"}]},") {
		t.Errorf("the public is told %s", public)
	}
	staff := s.get(query, token).Body.String()
	if !strings.Contains(staff, `"by":"Desk"`) || !strings.Contains(staff, `"totalCount":3`) || !strings.Contains(staff, `[{"field":"pubStatus"}]`) {
		t.Errorf("a viewer is told %s", staff)
	}
}

// TestHistoryCostsAFewStatements holds that the history of a page of items is read for all of them at once.
func TestHistoryCostsAFewStatements(t *testing.T) {
	s := newService(t)
	for _, slug := range []content.Slug{"opening", "hope", "walk-out"} {
		s.apply(t, content.Change{
			Op: content.Update, Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", slug),
			Values: map[string]any{"title": "Another title", "mediators": []content.Ref{}},
		})
	}
	_, one := s.ask(t, `{ events(first: 1) { nodes { history { totalCount nodes { changes { field } } } } } }`, "")
	_, many := s.ask(t, `{ events(first: 100) { nodes { history { totalCount nodes { changes { field } } } } } }`, "")
	if len(many) > 8 || len(many) > len(one)+3 || !slices.ContainsFunc(many, func(text string) bool { return strings.Contains(text, "event_mediators_history") }) {
		t.Errorf("the history of one event takes %d statements, that of all %d:\n%s", len(one), len(many), strings.Join(many, ";\n"))
	}
}

// TestRedactedValuesAreInNoHistory holds that a name that was blanked is told by no view of the past.
func TestRedactedValuesAreInNoHistory(t *testing.T) {
	s := newService(t)
	change := content.Change{Op: content.Update, Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "hope"), Values: map[string]any{"summary": "The envoy Leaker said so."}}
	s.apply(t, change)
	change.Values = map[string]any{"summary": "An envoy said so."}
	s.apply(t, change)
	change.Op, change.Values, change.Text = content.Redact, nil, "Leaker"
	s.apply(t, change)
	for _, query := range []string{
		`{ event(slug: "hope") { history { nodes { changes { field before after } } } } }`,
		`{ event(slug: "hope", atRevision: 2) { summary { text } history { nodes { changes { before after } } } } }`,
		`{ diff(from: { atRevision: 1 }, to: { atRevision: 2 }) { nodes { changes { before after } } } }`,
	} {
		if answer, _ := s.ask(t, query, ""); strings.Contains(answer, "Leaker") || !strings.Contains(answer, "envoy") {
			t.Errorf("%s is answered %s", query, answer)
		}
	}
	if answer, _ := s.ask(t, `{ search(query: "leaker", atRevision: 2) { totalCount } }`, ""); answer != `{"data":{"search":{"totalCount":0}}}` {
		t.Errorf("the search of the past is answered %s", answer)
	}
}

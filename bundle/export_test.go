package bundle_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/content"
	"parley/store"
)

// open makes an empty store.
func open(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// put writes items as one revision.
func put(t *testing.T, st *store.Store, items []content.Item) content.Revision {
	t.Helper()
	rev, err := st.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "IMPORT", Items: items})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// undated is a record whose items do not say which revision made them.
type undated struct{ bundle.Contents }

// Items hands the items of a type to a function.
func (u undated) Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error {
	return u.Contents.Items(ctx, at, t, func(item content.Item) error {
		item.Revision = 0
		return each(item)
	})
}

// putTwice writes items, and the sources and talks once more, so that items are of different revisions.
func putTwice(t *testing.T, st *store.Store, items []content.Item) {
	t.Helper()
	put(t, st, items)
	var again []content.Item
	for _, item := range items {
		if item.Type.Name == "Talk" || item.Type.Name == "Source" {
			item.Values = maps.Clone(item.Values)
			item.Values["title"] = item.Values["title"].(string) + " again"
			again = append(again, item)
		}
	}
	put(t, st, again)
}

// contents are the items of a record in an order of their own.
func contents(t *testing.T, st bundle.Contents) []content.Item {
	t.Helper()
	var all []content.Item
	for _, typ := range content.Types() {
		if err := st.Items(t.Context(), 0, typ, func(item content.Item) error { all = append(all, item); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// equal holds that two records say the same.
func equal(t *testing.T, want, got []content.Item) {
	t.Helper()
	order := func(a, b content.Item) int {
		return cmp.Or(strings.Compare(a.Type.Name, b.Type.Name), strings.Compare(string(a.Slug), string(b.Slug)))
	}
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if len(want) != len(got) {
		t.Errorf("%d items came back of %d", len(got), len(want))
		return
	}
	for i := range want {
		if want[i].Key != got[i].Key {
			t.Errorf("%s/%s came back as %s", want[i].Type.Name, want[i].Slug, content.NewID(got[i].Type.Name, got[i].Key))
		}
		for _, d := range content.Differences(want[i], got[i]) {
			t.Errorf("%s/%s: %s was\n%#v, and came back as\n%#v", want[i].Type.Name, want[i].Slug, d.Field, d.Before, d.After)
		}
	}
}

// sameRevisions holds that files say which revision made each item.
func sameRevisions(t *testing.T, want, got []content.Item) {
	t.Helper()
	revisions := map[content.Ref]content.Revision{}
	for _, item := range want {
		revisions[content.Ref{Type: item.Type.Name, Key: item.Key}] = item.Revision
	}
	for _, item := range got {
		if rev := revisions[content.Ref{Type: item.Type.Name, Key: item.Key}]; rev == 0 || item.Revision != rev {
			t.Errorf("%s/%s is of revision %d, its file says %d", item.Type.Name, item.Slug, rev, item.Revision)
		}
	}
}

// snapshot is what the files of a folder hold.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestExportedText holds the form in which texts of several lines are written, at the top and within lists.
func TestExportedText(t *testing.T) {
	st, dir := open(t), t.TempDir()
	put(t, st, []content.Item{
		{Type: content.TypeNamed("Party"), Key: content.NamedKey("Party", "shore"), Slug: "shore", Values: map[string]any{"name": "Shore", "locale": "en"}},
		{Type: content.TypeNamed("Talk"), Key: content.NamedKey("Talk", "lake"), Slug: "lake", Values: map[string]any{
			"title": "Lake", "summary": "First.\n\n  Second.", "locale": "en",
			"participations": []map[string]any{{"actor": content.Ref{Type: "Party", Key: content.NamedKey("Party", "shore")}, "role": "HOST", "note": "One\nand two."}},
		}},
	})
	if _, err := bundle.WriteDir(t.Context(), dir, undated{st}, 0, false, nil); err != nil {
		t.Fatal(err)
	}
	const want = "title: Lake\nsummary: |-\n  First.\n\n    Second.\n" +
		"participations:\n  - actor: party/shore\n    role: HOST\n    note: |-\n      One\n      and two.\n"
	if d := gocmp.Diff(want, snapshot(t, dir)["/talks/lake.yaml"]); d != "" {
		t.Error(d)
	}
}

// TestShow holds how a difference is told to people: with the slugs of what is referred to, and long texts from where they differ.
func TestShow(t *testing.T) {
	talk := content.TypeNamed("Talk")
	ref := func(slug content.Slug) content.Ref {
		return content.Ref{Type: "Talk", Key: content.NamedKey("Talk", slug)}
	}
	slugs := func(r content.Ref) content.Slug {
		if r == ref("lake") {
			return "lake"
		}
		return "river"
	}
	for _, c := range []struct {
		field         string
		before, after any
		was, now      string
	}{
		{"parent", ref("lake"), ref("river"), `"lake"`, `"river"`},
		{"parent", nil, ref("river"), "nothing", `"river"`},
		{"title", "A", "B", `"A"`, `"B"`},
	} {
		if was, now := bundle.Show(talk.Field(c.field), c.before, c.after, slugs); was != c.was || now != c.now {
			t.Errorf("%s is shown as %s -> %s; want %s -> %s", c.field, was, now, c.was, c.now)
		}
	}
}

// TestRoundTrip holds that random content, exported and imported into an empty store, is the same, and that exporting
// that gives the same bytes.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(8) {
		first := open(t)
		putTwice(t, first, newRandom(t, seed).all())
		dir, again := t.TempDir(), t.TempDir()
		if _, err := bundle.WriteDir(t.Context(), dir, first, 0, false, nil); err != nil {
			t.Fatal(err)
		}
		set, err := bundle.LoadDir(dir)
		if err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, snapshot(t, dir))
		}
		second := open(t)
		sameRevisions(t, contents(t, first), set.Items)
		put(t, second, set.Items)
		equal(t, contents(t, first), contents(t, second))
		for to, from := range map[string]bundle.Contents{dir: undated{first}, again: undated{second}} { // which are of other revisions
			if _, err := bundle.WriteDir(t.Context(), to, from, 0, false, nil); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range snapshot(t, dir) {
			if other := snapshot(t, again)[name]; other != text {
				t.Errorf("%s is written as\n%s\nand then as\n%s", name, text, other)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestExportLeavesOtherContentAlone holds what becomes of files that no item has.
func TestExportLeavesOtherContentAlone(t *testing.T) {
	st := open(t)
	set, err := bundle.Load(builtin.FS())
	if err != nil {
		t.Fatal(err)
	}
	put(t, st, set.Items)
	dir := t.TempDir()
	write := func(prune bool) (bundle.Export, error) {
		return bundle.WriteDir(context.WithoutCancel(t.Context()), dir, st, 0, prune, nil)
	}
	if done, err := write(false); err != nil || done.Items != len(set.Items) || done.Changed != len(set.Items) {
		t.Fatalf("%+v, %v; want %d items", done, err, len(set.Items))
	}
	if done, err := write(false); err != nil || done.Changed != 0 {
		t.Errorf("the second time %+v, %v; want no changes", done, err)
	}
	for name, text := range map[string]string{"talks/own.yaml": "title: Own\n", "README.md": "Ours.", "talks/gaza-ceasefire-talks.md": "damaged"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := snapshot(t, dir)
	if _, err := write(false); err == nil || !strings.Contains(err.Error(), filepath.Join("talks", "own.yaml")) {
		t.Errorf("a file that no item has: %v", err)
	}
	if after := snapshot(t, dir); after["/talks/own.yaml"] != before["/talks/own.yaml"] || after["/talks/gaza-ceasefire-talks.md"] != "damaged" {
		t.Error("the refusal touched files")
	}
	if done, err := write(true); err != nil || done.Changed != 1 || done.Removed != 1 {
		t.Errorf("with prune %+v, %v", done, err)
	}
	if _, ok := snapshot(t, dir)["/README.md"]; !ok {
		t.Error("README.md is gone")
	}
	if _, err := bundle.LoadDir(dir); err != nil {
		t.Error(err)
	}
}

// readAll gathers what Read gives.
func readAll(t *testing.T, s bundle.Source) []content.Item {
	t.Helper()
	var items []content.Item
	for item, err := range bundle.Read(s) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	return items
}

// TestSheetsRoundTrip holds that random content, written as sheets or as lines and read into an empty store, is the
// same, and that writing that gives the same bytes.
func TestSheetsRoundTrip(t *testing.T) {
	for seed := range uint64(5) {
		first := open(t)
		putTwice(t, first, newRandom(t, 100+seed).all())
		for _, format := range []string{"csv", "jsonl"} {
			dir, again := t.TempDir(), t.TempDir()
			paths := writeFiles(t, first, dir, format)
			second := open(t)
			items := readAll(t, bundle.Source{Paths: paths})
			sameRevisions(t, contents(t, first), items)
			put(t, second, items)
			equal(t, contents(t, first), contents(t, second))
			noFormulas(t, paths)
			writeFiles(t, undated{first}, dir, format)
			writeFiles(t, undated{second}, again, format)
			if a, b := snapshot(t, dir), snapshot(t, again); !maps.Equal(a, b) {
				t.Errorf("%s differs:\n%v\n%v", format, a, b)
			}
			if t.Failed() {
				t.Fatalf("seed %d as %s:\n%v", seed, format, snapshot(t, dir))
			}
		}
	}
}

// noFormulas holds that a spreadsheet takes no cell of sheets for a formula.
func noFormulas(t *testing.T, paths []string) {
	t.Helper()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		for _, cell := range slices.Concat(rows...) {
			if filepath.Ext(path) == ".csv" && (err != nil || cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))) {
				t.Errorf("%s: %q, %v", path, cell, err)
			}
		}
	}
}

// writeFiles writes a record as sheets, one a type, or as one file of lines.
func writeFiles(t *testing.T, from bundle.Contents, dir, format string) []string {
	t.Helper()
	create := func(name string, write func(io.Writer) error) string {
		f, err := os.Create(filepath.Join(dir, name))
		if err == nil {
			err = errors.Join(write(f), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	if format == "jsonl" {
		return []string{create("all.jsonl", func(w io.Writer) error { return bundle.WriteLines(t.Context(), w, from, 0, nil) })}
	}
	var paths []string
	for _, typ := range content.Types() {
		paths = append(paths, create(typ.Plural+".csv", func(w io.Writer) error { return bundle.WriteSheet(t.Context(), w, from, 0, typ, nil) }))
	}
	return paths
}

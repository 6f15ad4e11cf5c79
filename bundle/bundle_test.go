package bundle_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parley/bundle"
	"parley/content"
)

// archive makes a bundle of a txtar archive.
func archive(text string) fs.FS {
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return files
}

// TestBroken loads each bundle of testdata/broken, whose comments are the problems that are wanted.
func TestBroken(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bundles: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, err := bundle.Load(archive(string(text))); err != nil {
				got = err.Error()
			}
			want := strings.TrimSpace(string(txtar.Parse(text).Comment))
			if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("(-want +got)\n%s\ngot:\n%s", d, got)
			}
		})
	}
}

func TestForms(t *testing.T) {
	set, err := bundle.Load(archive(`
-- README.md --
What this is.
-- talks/lake.md --
---
title: Lake talks
startedOn: {edtf: 2021-05, verbatim: last spring}
---

The **body**.

---

More of it.
-- talks/first-round.yml --
title: First round
parent: lake
talkStatus: ~
-- issues/i.yaml --
- slug: water
  title: Water
-- parties/p.yaml --
- {slug: east, name: East, aliases: [E], citations: &c [{source: the-herald-of-the-lake}]}
-- mediators/east.yaml --
name: East
citations: [{source: the-herald-of-the-lake}]
-- positions/p.yaml --
- {issue: water, party: east, citations: &c [{source: the-herald-of-the-lake, locator: p. 1}]}
- {issue: water, holder: One side, citations: *c}
-- sources/s.yaml --
- title: "The Herald: of the Lake!"
- title: "بحيرة"
`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]content.Item{}
	var names []string
	for _, item := range set.Items {
		name := item.Type.Name + " " + string(item.Slug)
		got[name], names = item, append(names, name)
	}
	want := []string{
		"Talk first-round", "Talk lake", "Mediator east", "Party east", "Issue water", "Position east-on-water", "Position one-side-on-water",
		"Source the-herald-of-the-lake", "Source x218a1c5c9552",
	}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if v := got["Talk lake"].Values["body"]; v != "The **body**.\n\n---\n\nMore of it." {
		t.Errorf("the body is %q", v)
	}
	if _, ok := got["Talk first-round"].Values["talkStatus"]; ok {
		t.Error("null is a value")
	}
	if v := got["Position east-on-water"].Values["holder"]; v != "East" {
		t.Errorf("the holder is %q", v)
	}
	if v, _ := got["Mediator east"].Values["aliases"].([]string); len(v) != 1 {
		t.Errorf("the mediator has the aliases %q, want those of the party", v)
	}
	for _, item := range set.Items {
		if item.Key != content.NamedKey(item.Type.Name, item.Slug) {
			t.Errorf("%s has the key %d", item.Slug, item.Key)
		}
	}
}

func TestLineEnds(t *testing.T) {
	set, err := bundle.Load(fstest.MapFS{
		"talks/a.yaml": {Data: []byte("\ufefftitle: A\r\nbody: |\r\n  one\r\n  two\r\n")},
		"talks/b.md":   {Data: []byte("---\r\ntitle: B\r\n---\r\none\r\ntwo\r\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range set.Items {
		if item.Values["body"] != "one\ntwo" {
			t.Errorf("the body of %s is %q", item.Slug, item.Values["body"])
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(outside, "secret.yaml"): "- {slug: secret, title: Secret}\n",
		filepath.Join(dir, "..data.yaml"):     "- {slug: inside, title: Inside}\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "talks"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := func(to, name string) {
		if err := os.Symlink(to, filepath.Join(dir, "talks", name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	link("../..data.yaml", "inside.yaml")
	set, err := bundle.LoadDir(dir)
	if err != nil || len(set.Items) != 1 {
		t.Errorf("%d items, %v; want the one inside", len(set.Items), err)
	}
	if _, err := bundle.Load(os.DirFS(dir)); err == nil || err.Error() != "talks/inside.yaml: this is a symbolic link: put the file itself here" {
		t.Errorf("Load follows a link: %v", err)
	}
	link(filepath.Join(outside, "secret.yaml"), "out.yaml")
	link("nowhere.yaml", "nowhere.yaml")
	want := strings.ReplaceAll(`talks/nowhere.yaml: this symbolic link leads out of the bundle, or to a missing file: put the file itself here
talks/out.yaml: this symbolic link leads out of the bundle, or to a missing file: put the file itself here`, "talks/", filepath.ToSlash(dir)+"/talks/")
	if _, err := bundle.LoadDir(dir); err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// TestBounds holds that what would exhaust the parser is refused, and quickly.
func TestBounds(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("a: &a [x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		next := string(rune('b' + i))
		laughs.WriteString(next + ": &" + next + " [" + strings.Repeat("*"+string(rune('a'+i))+", ", 9) + "]\n")
	}
	for name, c := range map[string]struct{ text, want string }{
		"flow":      {strings.Repeat("[", 1<<20), "talks/t.yaml:1:101: this is nested too deep: at most 100 levels are allowed"},
		"block":     {strings.Repeat("- ", 1<<20), "talks/t.yaml:1:201: this is nested too deep: at most 100 levels are allowed"},
		"keys":      {strings.Repeat("a: 1\n", 1<<17), "talks/t.yaml:1001:2: this mapping has too many keys: at most 1000 are allowed"},
		"documents": {strings.Repeat("---\na: 1\n", 1<<17), "talks/t.yaml:21:1: a file holds one YAML document"},
		"large":     {strings.Repeat("#", 10<<20+1), "talks/t.yaml: the file is larger than 10 MiB: split it"},
		"loop":      {"title: &a [*a]\n", "title takes a single value"},
		"laughs":    {laughs.String() + "title: *j\nslug: a\n", "title takes a single value"},
		"aliases":   {"- &a {title: A, slug: a, citations: &c [" + strings.Repeat("{source: s},", 20) + "]}\n" + strings.Repeat("- *a\n", 1<<15), "aliases expand to more than 1000000 values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bundle.Load(fstest.MapFS{"talks/t.yaml": {Data: []byte(c.text)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				got := ""
				if err != nil {
					got = err.Error()
				}
				t.Errorf("got:\n%.500s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		files := fstest.MapFS{}
		for _, file := range txtar.Parse(text).Files {
			if fs.ValidPath(file.Name) {
				files[file.Name] = &fstest.MapFile{Data: file.Data}
			}
		}
		set, err := bundle.Load(files)
		if err != nil {
			return
		}
		for _, item := range set.Items {
			if !item.Slug.Valid() {
				t.Errorf("%q was loaded, which is no slug", item.Slug)
			}
		}
	})
}

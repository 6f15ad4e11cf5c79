package store

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/content"
)

// dates lets cmp compare the dates of items.
var dates = cmp.Comparer(func(a, b content.FuzzyDate) bool { return a.EDTF() == b.EDTF() && a.Verbatim() == b.Verbatim() })

// TestItemsAreWhole holds that what is written of the built-in content comes back whole: every value of every item.
func TestItemsAreWhole(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	set, err := bundle.Load(builtin.FS())
	if err != nil {
		t.Fatal(err)
	}
	set.Author, set.Reason = "test", "IMPORT"
	if _, err := s.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	type name struct {
		typ  string
		slug content.Slug
	}
	read := map[name]content.Item{}
	for _, typ := range content.Types() {
		last := content.Slug("")
		err := s.Items(t.Context(), 0, typ, func(item content.Item) error {
			if item.Slug <= last {
				t.Errorf("%s comes after %s", item.Slug, last)
			}
			last = item.Slug
			read[name{typ.Name, item.Slug}] = item
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(read) != len(set.Items) {
		t.Errorf("%d items are read, %d were written", len(read), len(set.Items))
	}
	for _, want := range set.Items {
		got := read[name{want.Type.Name, want.Slug}]
		for i := range want.Type.Fields {
			f := &want.Type.Fields[i]
			v := want.Values[f.Name]
			if f.Kind == content.Enum && v == nil {
				v = f.Default()
			}
			if d := cmp.Diff(v, got.Values[f.Name], dates); d != "" {
				t.Errorf("%s/%s %s (-written +read)\n%s", want.Type.Name, want.Slug, f.Name, d)
			}
		}
		if got.Publication == nil || got.Publication.Status != "USABLE" {
			t.Errorf("%s/%s is published as %v", want.Type.Name, want.Slug, got.Publication)
		}
		found, err := s.Find(t.Context(), want.Type, []content.Key{want.Key, 1})
		if err != nil || len(found) != 1 || !cmp.Equal(found[want.Key].Values, got.Values, dates) {
			t.Errorf("%s/%s is found as %v, %v", want.Type.Name, want.Slug, found, err)
		}
	}
}

// TestItemsOfThePast holds that items are read as they were at a revision, however many pages they fill.
func TestItemsOfThePast(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var first, second content.ChangeSet
	for i := range pageOfItems + 20 {
		slug := "talk-" + string(rune('a'+i%26)) + "-" + string(rune('a'+i/26))
		first.Items = append(first.Items, talk(slug, "Before", ""))
		second.Items = append(second.Items, talk(slug, "After", ""))
	}
	second.Items = append(second.Items, talk("late", "Late", ""))
	for _, set := range []content.ChangeSet{first, second} {
		set.Author, set.Reason = "test", "IMPORT"
		if _, err := s.Write(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	for at, want := range map[content.Revision]string{1: "Before", 2: "After"} {
		n := 0
		err := s.Items(t.Context(), at, content.TypeNamed("Talk"), func(item content.Item) error {
			n++
			if item.Slug != "late" && item.Values["title"] != want {
				t.Fatalf("at revision %d %s is called %v", at, item.Slug, item.Values["title"])
			}
			return nil
		})
		if err != nil || n != pageOfItems+20+int(at)-1 {
			t.Errorf("%d items at revision %d, %v", n, at, err)
		}
	}
	stop := errors.New("stop")
	if err := s.Items(t.Context(), 0, content.TypeNamed("Talk"), func(content.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("ended with %v", err)
	}
	if _, err := itemNow(t, s, content.TypeNamed("Talk"), 1); !errors.Is(err, content.ErrNotFound) {
		t.Errorf("what is not there is read with %v", err)
	}
}

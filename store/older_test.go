package store

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestOlderDatabases migrates the databases of older programs: testdata/NNNN.db.gz was written by the last parley that had
// migrations up to NNNN, as testdata/README.md says. Each has two items of each type with values of enumerations, a text and a
// language tag as that program stored them, and a token where it knew tokens; the second revision withdraws an event and a source,
// which is the only one of an article.
func TestOlderDatabases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no databases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "parley.db")
			unpack(t, file, path)
			if _, err := OpenToRead(t.Context(), path); err == nil || !strings.Contains(err.Error(), "run parley migrate") {
				t.Errorf("opened to read: %v", err)
			}
			tokens := filepath.Base(file) >= "0003"
			if tokens {
				if list, err := openedAs(t, path, readingOlders, nil).Tokens(t.Context()); err != nil || len(list) != 1 || list[0].Name != "Nadia" {
					t.Errorf("tokens before: %v, %v", list, err)
				}
			}
			s := openedAs(t, path, migrating, nil)
			underived := 2
			if filepath.Base(file) >= "0021" {
				underived = 0
			}
			if done := s.Opened(); done.From == 0 || done.From >= done.To || done.Underived != underived {
				t.Errorf("opening did %+v", done)
			}
			if list, err := s.Tokens(t.Context()); err != nil || len(list) == 1 != tokens {
				t.Errorf("tokens after: %v, %v", list, err)
			}
			withholds := filepath.Base(file) >= "0002" // the first program published all
			for at, title := range map[content.Revision]string{0: "A meeting", 1: "The meeting"} {
				sel := &content.Selection{Type: content.TypeNamed("Event"), Rows: true, Total: true, At: at, Page: content.Page{Size: 10}, Fields: []string{"title"}}
				res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
				if err != nil {
					t.Fatal(err)
				}
				if l := res[0].Lists[0]; withholds && len(l.Rows) != 1 || l.Rows[len(l.Rows)-1].Values[0] != title {
					t.Errorf("at revision %d the public sees %v", at, l.Rows)
				}
			}
			checkRecord(t, s)
			repaired(t, s)
			foundQuotations(t, s, withholds)
		})
	}
}

// repaired wants all values of enumerations in the case of the schema, in one revision by parley, and those that are no value of
// theirs as they were.
func repaired(t *testing.T, s *Store) {
	t.Helper()
	if head, err := s.Head(t.Context()); err != nil || head != 3 {
		t.Errorf("the newest revision is %d: %v", head, err)
	}
	var reasons string
	if err := s.readers.QueryRowContext(t.Context(), "SELECT group_concat(reason, ' ' ORDER BY number) FROM revision").Scan(&reasons); err != nil || reasons != "IMPORT CORRECTION EDITORIAL" {
		t.Errorf("the reasons are %s: %v", reasons, err)
	}
	for _, typ := range content.Types() {
		n := 0
		err := s.Items(t.Context(), 0, typ, func(item content.Item) error {
			n++
			if canonical, differs := content.Canonical(item); differs {
				t.Errorf("%s is %v, not %v", item.Slug, item.Values, canonical.Values)
			}
			return nil
		})
		if err != nil || n != 2 {
			t.Errorf("%d %s: %v", n, typ.Plural, err)
		}
	}
	got := map[string]any{}
	for typ, fields := range map[string][]string{"Agreement": {"purposes", "related", "agreementKind"}, "Event": {"outlook", "participants"}, "Talk": {"talkStatus", "locale"}} {
		err := s.Items(t.Context(), 0, content.TypeNamed(typ), func(item content.Item) error {
			for _, name := range fields {
				got[string(item.Slug)+" "+name] = item.Values[name]
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]any{
		"pact purposes": []string{"PEACE_PROCESS", "CEASEFIRE"}, "first-pact agreementKind": "no such kind", "meeting outlook": "OPTIMISTIC", "round talkStatus": "ONGOING", "round locale": "he",
	} {
		if !cmp.Equal(got[name], want) {
			t.Errorf("%s: %v, not %v", name, got[name], want)
		}
	}
	if text := fmt.Sprint(got); !strings.Contains(text, "relationKind:AMENDS") || !strings.Contains(text, "eventRole:SPEAKER") {
		t.Errorf("values in lists: %s", text)
	}
}

// foundQuotations searches for words that only quotations have: readers find those of the source that they see.
func foundQuotations(t *testing.T, s *Store, withholds bool) {
	t.Helper()
	for _, c := range []struct {
		words string
		at    content.Revision
		who   content.Audience
		want  string
	}{
		{"half", 0, content.Public, "pact"},
		{"last", 0, content.Public, "meeting"},
		{"last", 1, content.Public, ""},
		{"met", 1, content.Public, "meeting"},
		{"quagga", 0, content.Public, ""},
		{"quagga", 1, content.Public, ""},
		{"quagga", 0, content.Staff, "secret"},
		{"quagga", 1, content.Staff, "report"},
		{"hosts", 0, content.Staff, ""}, // of a participation
	} {
		sel := &content.Selection{Type: content.SearchHit(), At: c.at, Rows: true, Search: &content.Search{Query: c.words}, Page: content.Page{Size: 100}}
		res, _, err := s.Read(t.Context(), content.View{Audience: c.who}, []*content.Selection{sel})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, row := range res[0].Lists[0].Rows {
			ref, _ := row.Values[0].(content.Ref)
			item, err := s.Find(t.Context(), content.TypeNamed(ref.Type), []content.Key{ref.Key})
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, string(item[ref.Key].Slug))
		}
		if c.want == "" && len(found) > 0 && (withholds || c.words != "quagga") || c.want != "" && !slices.Contains(found, c.want) {
			t.Errorf("%q at %d as %v is found in %v, not in %q", c.words, c.at, c.who, found, c.want)
		}
	}
}

// unpack writes a file that is packed with gzip.
func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

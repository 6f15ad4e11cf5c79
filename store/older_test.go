package store

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
)

// TestOlderDatabases migrates the database of an older program: testdata/NNNN.db.gz was written by the last parley that had
// migrations up to NNNN. It has two talks, two events, of which the second revision withdraws one, and a token.
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
			if list, err := openedAs(t, path, readingOlders, nil).Tokens(t.Context()); err != nil || len(list) != 1 || list[0].Name != "Nadia" {
				t.Errorf("tokens before: %v, %v", list, err)
			}
			s := openedAs(t, path, migrating, nil)
			if done := s.Opened(); done.From == 0 || done.From >= done.To || done.Underived != 2 {
				t.Errorf("opening did %+v", done)
			}
			for _, at := range []content.Revision{0, 1} {
				sel := &content.Selection{Type: content.TypeNamed("Event"), Rows: true, Total: true, At: at, Page: content.Page{Size: 10}, Fields: []string{"title"}}
				res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
				if err != nil {
					t.Fatal(err)
				}
				if l := res[0].Lists[0]; len(l.Rows) != 1 || l.Rows[0].Values[0] != "A meeting" {
					t.Errorf("at revision %d the public sees %v", at, l.Rows)
				}
			}
			checkRecord(t, s)
		})
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

package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// damagedStore opens a database of which the function changed the bytes of the file.
func damagedStore(t *testing.T, change func(s *Store, file []byte) (damaged []byte)) *Store {
	t.Helper()
	db := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	revise(t, s, "Marker of a title")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(db, change(s, file), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestDamagedText overwrites a title in the file: it is not served, and from then on the store is not ready.
func TestDamagedText(t *testing.T) {
	s := damagedStore(t, func(_ *Store, file []byte) []byte {
		if !bytes.Contains(file, []byte("Marker")) {
			t.Fatal("the title is not in the file")
		}
		return bytes.ReplaceAll(file, []byte("Marker"), []byte("Mar\xff\xfer"))
	})
	if _, err := s.Ready(t.Context()); err != nil {
		t.Fatalf("before anything was read: %v", err)
	}
	sel := &content.Selection{Key: "talks", Type: content.TypeNamed("Talk"), Rows: true, Fields: []string{"title"}, Page: content.Page{Size: 10}}
	if _, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel}); !unavailable(err) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("read with %v", err)
	}
	if _, err := s.Ready(t.Context()); !unavailable(err) {
		t.Errorf("ready with %v", err)
	}
	if what, _ := s.Damage(); !strings.Contains(what, "UTF-8") {
		t.Errorf("the damage is %q", what)
	}
}

// TestCheckFile overwrites a page of a table that nobody has read, and leaves another file as it is.
func TestCheckFile(t *testing.T) {
	sound := damagedStore(t, func(_ *Store, file []byte) []byte { return file })
	if problems, err := sound.CheckFile(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("a sound file: %v, %v", problems, err)
	}
	if what, checked := sound.Damage(); what != "" || !checked {
		t.Errorf("a sound file is damaged: %q, checked: %t", what, checked)
	}
	s := damagedStore(t, func(s *Store, file []byte) []byte {
		const size = 4096
		from := (articlePage(t, s.path) - 1) * size
		for i := from; i < from+size; i++ {
			file[i] = 0xa5
		}
		return file
	})
	if _, checked := s.Damage(); checked {
		t.Error("a file that was not looked at counts as checked")
	}
	if problems, err := s.CheckFile(t.Context()); err == nil && len(problems) == 0 {
		t.Error("nothing was found")
	}
	if _, err := s.Ready(t.Context()); !unavailable(err) {
		t.Errorf("ready with %v", err)
	}
}

// articlePage is the number of the page with the root of the table article in a file that nobody uses.
func articlePage(t *testing.T, path string) (page int) {
	t.Helper()
	s, err := OpenToRead(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.readers.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'article'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return page
}

// TestDamagedValues holds that lists and places that are no JSON are errors, and not taken for empty ones.
func TestDamagedValues(t *testing.T) {
	citations, place := content.TypeNamed("Event").Field("citations"), content.TypeNamed("Event").Field("place")
	for _, text := range []string{`[{"source"`, `{}`, `"x"`} {
		if list, err := decodeValues(citations.Fields, []byte(text)); err == nil {
			t.Errorf("%s is the list %v", text, list)
		}
	}
	for _, text := range []string{`{"name"`, `[]`, `"x"`} {
		if got, err := decodePlace(place, []byte(text)); err == nil {
			t.Errorf("%s is the place %v", text, got)
		}
	}
}

// TestDamagedTextsBesideContent has a byte that no text has in what is read beside the content: it is not served, and from then on the
// store is not ready.
func TestDamagedTextsBesideContent(t *testing.T) {
	const broken = "CAST(x'68fffe69' AS TEXT)"
	once := content.ChangeSet{Author: "a", Reason: "UPDATE", Token: 1, Idempotency: content.Idempotency{Key: "once", Mutation: "createTalk", Input: "{}"}, Changes: []content.Change{create("Talk", "once", map[string]any{"title": "Once"})}}
	for _, c := range []struct {
		name, damage string
		read         func(*Store) error
	}{
		{"the name of a token", "UPDATE token SET name = " + broken, func(s *Store) error {
			_, err := s.Tokens(t.Context())
			return err
		}},
		{"the note of a webhook", "UPDATE webhook SET note = " + broken, func(s *Store) error {
			_, err := s.Webhooks(t.Context())
			return err
		}},
		{"the end of an embargo", "UPDATE talk SET visible = 0, pub_status = 'USABLE', embargoed_until = " + broken, func(s *Store) error {
			_, err := s.NextEmbargo(t.Context())
			return err
		}},
		{"the outcome of a mutation", "UPDATE revision SET outcome = " + broken, func(s *Store) error {
			_, err := s.Apply(t.Context(), once)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openedAs(t, filepath.Join(t.TempDir(), "parley.db"), migrating, nil)
			if _, err := s.CreateToken(t.Context(), "desk", content.Editor, time.Time{}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.AddWebhook(t.Context(), content.Webhook{URL: "https://a.example/", Secret: "secret"}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Apply(t.Context(), once); err != nil {
				t.Fatal(err)
			}
			if err := c.read(s); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			byHand(t, s, c.damage)
			if err := c.read(s); !unavailable(err) {
				t.Errorf("read with %v", err)
			}
			if _, err := s.Ready(t.Context()); !unavailable(err) {
				t.Errorf("ready with %v", err)
			}
		})
	}
}

package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// openedAs opens a database as a program with those migrations does, and closes it at the end of the test.
func openedAs(t *testing.T, path string, a access, list []migration) *Store {
	t.Helper()
	s, err := openAs(t.Context(), path, a, list)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// newerSteps are the migrations of a program that is newer by one.
func newerSteps(t *testing.T) []migration {
	t.Helper()
	list, err := steps()
	if err != nil {
		t.Fatal(err)
	}
	return append(slices.Clip(list), migration{"9999_newer.sql", "ALTER TABLE talk ADD COLUMN newer TEXT", "sum"})
}

func unavailable(err error) bool {
	known, ok := errors.AsType[*content.Error](err)
	return ok && known.Code == content.Unavailable
}

// TestTwoSchemas migrates a database while an older program uses it: the older one neither writes nor reads any more, and
// says why.
func TestTwoSchemas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	older := openedAs(t, path, migrating, nil)
	refs := sample(t, older)
	token, err := older.CreateToken(t.Context(), "Nadia", "EDITOR", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := older.Ready(t.Context()); err != nil {
		t.Errorf("not ready before: %v", err)
	}
	newer := openedAs(t, path, migrating, newerSteps(t))
	list, _ := steps()
	if got := newer.Opened(); got != (Opened{From: len(list), To: len(list) + 1}) || !strings.Contains(got.String(), "brought from version") {
		t.Errorf("the newer program did %+v: %s", got, got)
	}
	all := &content.Selection{Type: content.TypeNamed("Talk"), Rows: true, Page: content.Page{Size: 10}, Fields: []string{"title"}}
	for what, do := range map[string]func() error{
		"a change": func() error {
			_, err := older.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{of(content.Withdraw, refs["event"], nil)}})
			return err
		},
		"an item": func() error {
			_, err := older.Write(t.Context(), content.ChangeSet{Items: []content.Item{talk("x", "X", "")}})
			return err
		},
		"a token":  func() error { _, err := older.CreateToken(t.Context(), "Omar", "EDITOR", time.Time{}); return err },
		"rebuild":  func() error { return older.Rebuild(t.Context()) },
		"embargo":  func() error { _, err := older.LiftEmbargoes(t.Context()); return err },
		"the head": func() error { _, err := older.Head(t.Context()); return err },
		"a read": func() error {
			_, _, err := older.Read(t.Context(), content.View{}, []*content.Selection{all})
			return err
		},
		"changes": func() error { _, err := older.Changes(t.Context(), content.Changes{}); return err },
		"ready":   func() error { _, err := older.Ready(t.Context()); return err },
	} {
		if err := do(); !unavailable(err) || !strings.Contains(err.Error(), "a newer parley has migrated the database") {
			t.Errorf("%s by the older program: %v; want UNAVAILABLE that names the newer program", what, err)
		}
	}
	apply(t, newer, of(content.Withdraw, refs["event"], nil))
	if _, err := newer.Authenticate(t.Context(), token); err != nil {
		t.Error(err)
	}
	if _, err := newer.Ready(t.Context()); err != nil {
		t.Errorf("the newer program is not ready: %v", err)
	}
	checkRecord(t, newer)
}

// TestProgramsWithoutACheckCannotWrite makes a revision as programs did that do not look at the version of the schema.
func TestProgramsWithoutACheckCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	openedAs(t, path, migrating, nil)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.Exec("INSERT INTO revision (number, at, author, reason, note) VALUES (1, 1, 'a', 'UPDATE', '')")
	if err == nil || !strings.Contains(err.Error(), "newer parley") {
		t.Errorf("a revision without a schema: %v", err)
	}
}

// TestOlderSchemaStaysAsItIs opens a database of an older program to read and to write a little: neither migrates it.
func TestOlderSchemaStaysAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateToken(t.Context(), "Nadia", "EDITOR", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []access{reading, writing} {
		s, err := openAs(t.Context(), path, a, newerSteps(t))
		if err == nil || !strings.Contains(err.Error(), "run parley migrate") {
			t.Errorf("access %d: %v, %v; want an error that names parley migrate", a, s, err)
		}
	}
	list, err := openedAs(t, path, readingOlders, newerSteps(t)).Tokens(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("tokens of an older schema: %v, %v", list, err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed (%v)", err)
	}
	reader := openedAs(t, path, reading, nil)
	if _, err := reader.CreateToken(t.Context(), "Omar", "EDITOR", time.Time{}); !errors.Is(err, errReadOnly) {
		t.Errorf("a write to what was opened to be read: %v", err)
	}
}

// TestDerivedDataOfOlderProgramsIsRebuilt withdraws an event as programs did that did not know which events are hidden.
func TestDerivedDataOfOlderProgramsIsRebuilt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	refs := sample(t, s)
	first, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	apply(t, s, of(content.Withdraw, refs["event"], nil))
	byHand(t, s, "DELETE FROM event_hidden; DELETE FROM event_card_history; UPDATE event_history SET mediator_ids = NULL, party_ids = NULL, issue_ids = NULL;"+
		"UPDATE revision SET schema = NULL WHERE number > "+fmt.Sprint(first))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenToRead(t.Context(), path); err == nil || !strings.Contains(err.Error(), "run parley migrate") {
		t.Errorf("derived data is missing, and the file opens to be read: %v", err)
	}
	s = openedAs(t, path, migrating, nil)
	if done := s.Opened(); done.Underived != 1 || !strings.Contains(done.String(), "derived data was rebuilt") {
		t.Errorf("opening did %+v", done)
	}
	events := &content.Selection{Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Total: true, Page: content.Page{Size: 10}, Fields: []string{"title"}}
	process := &content.Selection{Type: content.TypeNamed("Talk"), Keys: []content.Key{refs["process"].Key}, Rows: true, At: first, Children: []*content.Selection{events}}
	res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{process})
	if err != nil {
		t.Fatal(err)
	}
	if l := res[0].Children[0].Lists[refs["process"].Key]; l.Total != 0 || len(l.Rows) != 0 {
		t.Errorf("an event that is withdrawn is public at revision %d: %v", first, l.Rows)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM event_history WHERE mediator_ids IS NULL"); n != 0 {
		t.Errorf("%d former events have no lists", n)
	}
	checkRecord(t, s)
	if again := openedAs(t, path, migrating, nil).Opened(); again.Underived != 0 {
		t.Errorf("opening once more did %+v", again)
	}
}

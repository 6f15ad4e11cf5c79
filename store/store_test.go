package store

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
)

func talk(slug, title, parent string) content.Item {
	item := content.Item{
		Type: content.TypeNamed("Talk"), Key: content.NamedKey("Talk", content.Slug(slug)), Slug: content.Slug(slug),
		Values: map[string]any{"title": title},
	}
	if parent != "" {
		item.Values["parent"] = content.Ref{Type: "Talk", Key: content.NamedKey("Talk", content.Slug(parent))}
	}
	return item
}

func TestWriteMakesOneRevisionOfWhatDiffers(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	set := content.ChangeSet{Author: "a", Reason: "IMPORT", Items: []content.Item{talk("round", "Round", "whole"), talk("whole", "Whole", "")}}
	for range 2 {
		if rev, err := s.Write(t.Context(), set); err != nil || rev != 1 {
			t.Fatalf("revision %d, %v; want 1: the same again makes none", rev, err)
		}
	}
	set.Items = []content.Item{talk("whole", "The whole", "")}
	if rev, err := s.Write(t.Context(), set); err != nil || rev != 2 {
		t.Fatalf("revision %d, %v; want 2", rev, err)
	}
	var former string
	if err := s.readers.QueryRow("SELECT title FROM talk_history WHERE to_rev = 2").Scan(&former); err != nil || former != "Whole" {
		t.Fatalf("the history has %q, %v; want the former title", former, err)
	}
	set.Items = []content.Item{talk("third", "Third", ""), talk("lost", "Lost", "nowhere")}
	if _, err := s.Write(t.Context(), set); err == nil {
		t.Fatal("a dangling parent was accepted")
	}
	if head, err := s.Head(t.Context()); err != nil || head != 2 {
		t.Fatalf("after a refusal the newest revision is %d, %v; want 2", head, err)
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	byHand(t, s, "PRAGMA user_version = 99")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path); err == nil {
		_ = s.Close()
		t.Fatal("a newer schema was accepted")
	}
}

func TestOpenRefusesAnotherMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	byHand(t, s, "UPDATE migration SET checksum = 'other' WHERE number = 1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), path)
	if err == nil {
		_ = s.Close()
		t.Fatal("a schema made by another migration was accepted")
	}
	if !strings.Contains(err.Error(), "0001_content.sql") {
		t.Errorf("the error does not name the migration: %v", err)
	}
}

// TestLibcIsTheOneThatSQLiteNames holds the C library at the version that the driver was made and tried with.
func TestLibcIsTheOneThatSQLiteNames(t *testing.T) {
	list := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-m"}, args...)...).Output()
		if err != nil {
			t.Fatalf("go list -m %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("-f", "{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	have := "modernc.org/libc " + list("-f", "{{.Version}}", "modernc.org/libc")
	if !strings.Contains(string(mod), have+"\n") {
		t.Errorf("go.mod has %s, which is not what modernc.org/sqlite asks for", have)
	}
}

func TestOpenLeavesOtherProgramsFilesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE cats (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path); err == nil {
		_ = s.Close()
		t.Fatal("another program's database was accepted")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was touched (%v)", err)
	}
}

// TestOpenTakesAnotherJournalMode opens files as the shell of SQLite may leave them, with VACUUM INTO for one.
func TestOpenTakesAnotherJournalMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	for range 5 {
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "PRAGMA journal_mode = DELETE"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// byHand runs a statement that no change set makes.
func byHand(t *testing.T, s *Store, text string) {
	t.Helper()
	if err := s.queue.do(t.Context(), func(ctx context.Context, w *writer) error { return w.execOnce(ctx, text) }); err != nil {
		t.Fatal(err)
	}
}

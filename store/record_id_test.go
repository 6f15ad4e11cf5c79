package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
)

// TestRecordID holds when a record keeps its id, and when it gets another one.
func TestRecordID(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	// open opens a database, writes a revision where a title is given, closes it and returns the id of its record.
	open := func(name, title string) string {
		t.Helper()
		s, err := Open(t.Context(), at(name))
		if err != nil {
			t.Fatal(err)
		}
		if title != "" {
			revise(t, s, title)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return s.Record()
	}
	copied := func(from, to string) {
		t.Helper()
		b, err := os.ReadFile(at(from))
		if err == nil {
			err = os.WriteFile(at(to), b, 0o600) // over the file that is there
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	id := open("parley.db", "One")
	if id == "" || id == open("other.db", "One") {
		t.Errorf("two new databases have the ids %q and %q", id, open("other.db", ""))
	}
	copied("parley.db", "one.db")
	if got := open("parley.db", "Two"); got != id {
		t.Errorf("the id was %q and is %q in a database that was opened again", id, got)
	}
	if got := open("one.db", ""); got == id {
		t.Error("a copy that may be written has the id of its original")
	}
	if _, err := Backup(t.Context(), at("parley.db"), at("backup.db")); err != nil {
		t.Fatal(err)
	}
	r, err := OpenToRead(t.Context(), at("backup.db"))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Record(); got != id {
		t.Errorf("a backup has the id %q, its record %q", got, id)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	copied("backup.db", "parley.db")
	if got := open("parley.db", "Three"); got != id {
		t.Error("a backup that is as new as the database, copied over it, changed the id")
	}
	copied("backup.db", "parley.db") // which loses revision 3
	older := open("parley.db", "Another third")
	if older == id {
		t.Error("an older backup that was copied over the database kept the id")
	}
	if _, err := Restore(t.Context(), at("backup.db"), at("parley.db"), true); err != nil {
		t.Fatal(err)
	}
	restored := open("parley.db", "")
	if restored == id || restored == older || restored != open("parley.db", "") {
		t.Errorf("the ids are %q, %q before and %q after a restore", id, older, restored)
	}
	if err := os.Remove(at("parley.db-record")); err != nil {
		t.Fatal(err)
	}
	if got := open("parley.db", ""); got == restored {
		t.Error("without its record file a database kept the id")
	}
}

// TestLostTail takes the file of a database without its write-ahead log, which has the last revision, as after the log was deleted.
func TestLostTail(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	revise(t, s, "One")
	without, err := os.ReadFile(db)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(db, without, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	if head, err := again.Head(t.Context()); err != nil || head != 0 {
		t.Fatalf("revision %d, %v: the test lost nothing", head, err)
	}
	if again.Record() == s.Record() {
		t.Error("a record that lost its end kept its id")
	}
}

// TestReplacedFile moves files away under an open store: nothing is written any more, and it is not ready. What can be read goes on.
func TestReplacedFile(t *testing.T) {
	for _, ending := range []string{"", "-wal", "-shm"} {
		for _, moved := range []bool{false, true} {
			db := filepath.Join(t.TempDir(), "parley.db")
			s, err := Open(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			revise(t, s, "One")
			if _, err := s.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			if moved {
				err = os.WriteFile(db+".new", []byte("another"), 0o600)
				err = errors.Join(err, os.Rename(db+".new", db+ending))
			} else {
				err = os.Remove(db + ending)
			}
			if err != nil {
				t.Fatal(err)
			}
			set := content.ChangeSet{Author: "a", Reason: "UPDATE", Items: []content.Item{talk("whole", "Two", "")}}
			if _, err := s.Write(t.Context(), set); !unavailable(err) || !strings.Contains(err.Error(), "parley.db"+ending+" was deleted or replaced") {
				t.Errorf("%q, moved over: %t: written with %v", ending, moved, err)
			}
			if _, err := s.Ready(t.Context()); !unavailable(err) {
				t.Errorf("%q, moved over: %t: ready with %v", ending, moved, err)
			}
			if head, err := s.Head(t.Context()); err != nil || head != 1 {
				t.Errorf("%q, moved over: %t: revision %d, %v", ending, moved, head, err)
			}
		}
	}
}

// TestInUse restores and backs up over a database that somebody has open, also where its file was moved away.
func TestInUse(t *testing.T) {
	dir := t.TempDir()
	db, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "backup.db")
	s, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	revise(t, s, "One")
	if _, err := Backup(t.Context(), db, file); err != nil {
		t.Fatal(err)
	}
	refused := func(what string) {
		t.Helper()
		if _, err := Restore(t.Context(), file, db, true); err == nil || !strings.Contains(err.Error(), "is in use") {
			t.Errorf("%s, a restore ends with %v", what, err)
		}
		if _, err := Backup(t.Context(), file, db); err == nil {
			t.Errorf("%s, a backup was written over the database", what)
		}
	}
	refused("with a server")
	if err := os.Rename(db, filepath.Join(dir, "away.db")); err != nil {
		t.Fatal(err)
	}
	refused("with a server whose file was moved away")
	if err := errors.Join(os.Rename(filepath.Join(dir, "away.db"), db), s.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := OpenToRead(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	refused("with a reader")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, db, true); err != nil {
		t.Errorf("once nobody uses it: %v", err)
	}
}

// TestTruncatedFile makes the file of a store that does not map it shorter, as cp over it does: reads fail and the program goes on.
func TestTruncatedFile(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		revise(t, s, strings.Repeat("Whole ", 1000))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), db, NoMmap); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var mapped int64 = -1
	if err := s.readers.QueryRow("PRAGMA mmap_size").Scan(&mapped); err != nil || mapped != 0 {
		t.Errorf("%d bytes are mapped, %v", mapped, err)
	}
	if err := os.Truncate(db, 8192); err != nil {
		t.Fatal(err)
	}
	sel := &content.Selection{Key: "talks", Type: content.TypeNamed("Talk"), Rows: true, Fields: []string{"title", "summary"}, Page: content.Page{Size: 10}}
	if _, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel}); err == nil {
		t.Error("a file without its pages was read")
	}
}

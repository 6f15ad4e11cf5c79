package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/content"
)

// revise writes one revision.
func revise(t *testing.T, s *Store, title string) {
	t.Helper()
	set := content.ChangeSet{Author: "a", Reason: "UPDATE", Items: []content.Item{talk("whole", title, ""), talk("second", title, "")}}
	if _, err := s.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// TestBackupBesideWrites copies a database again and again while revisions are written: every copy is sound, holds one
// revision whole, and is its owner's alone.
func TestBackupBesideWrites(t *testing.T) {
	dir := t.TempDir()
	db, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "copy.db")
	s, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	revise(t, s, "First")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			revise(t, s, strings.Repeat("x", i%50+1)) //nolint:contextcheck // the writer goes on until it is told to stop //nolint:contextcheck // it ends with the test
		}
	})
	last := content.Revision(0)
	for range 20 {
		rev, err := Backup(t.Context(), db, file)
		if err != nil || rev < max(1, last) {
			t.Fatalf("revision %d after %d, %v", rev, last, err)
		}
		last = rev
		restored := filepath.Join(t.TempDir(), "restored.db")
		if got, err := Restore(t.Context(), file, restored, false); err != nil || got != rev {
			t.Fatalf("revision %d is restored, %v; want %d", got, err, rev)
		}
		r, err := Open(t.Context(), restored)
		if err != nil {
			t.Fatal(err)
		}
		var titles int
		if err := r.readers.QueryRow("SELECT COUNT(DISTINCT title) FROM talk").Scan(&titles); err != nil || titles != 1 {
			t.Errorf("%d titles, %v: half a revision is in the copy", titles, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("%v are left over", left)
	}
}

// TestBackupAndRestoreRefuse holds what is refused, and that nothing is touched then.
func TestBackupAndRestoreRefuse(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	open := func(name string) *Store {
		t.Helper()
		s, err := Open(t.Context(), at(name))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open("parley.db")
	revise(t, s, "Whole")
	if _, err := Backup(t.Context(), at("parley.db"), at("good.db")); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(at("good.db"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(good)
	for i := len(damaged) / 4; i < len(damaged)*3/4; i++ {
		damaged[i] = 0xa5
	}
	for name, text := range map[string][]byte{"letter.txt": []byte("Dear all, this is no database."), "short.db": good[:len(good)/2], "damaged.db": damaged} {
		if err := os.WriteFile(at(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	newer := open("newer.db")
	t.Cleanup(func() { _ = newer.Close() })
	byHand(t, newer, "PRAGMA user_version = 99")
	for name, c := range map[string]struct {
		run  func() (content.Revision, error)
		want string
	}{
		"over the database":    {func() (content.Revision, error) { return Backup(t.Context(), at("parley.db"), at("parley.db")) }, "is the database itself"},
		"over another file":    {func() (content.Revision, error) { return Backup(t.Context(), at("parley.db"), at("letter.txt")) }, "is not a backup"},
		"of nothing":           {func() (content.Revision, error) { return Backup(t.Context(), at("none.db"), at("x.db")) }, "no such file"},
		"without force":        {func() (content.Revision, error) { return Restore(t.Context(), at("good.db"), at("parley.db"), false) }, "--force"},
		"while it is in use":   {func() (content.Revision, error) { return Restore(t.Context(), at("good.db"), at("parley.db"), true) }, "stop the server"},
		"of a letter":          {func() (content.Revision, error) { return Restore(t.Context(), at("letter.txt"), at("x.db"), false) }, "not a database"},
		"of half a file":       {func() (content.Revision, error) { return Restore(t.Context(), at("short.db"), at("x.db"), false) }, ""},
		"of a damaged file":    {func() (content.Revision, error) { return Restore(t.Context(), at("damaged.db"), at("x.db"), false) }, ""},
		"of a newer file":      {func() (content.Revision, error) { return Restore(t.Context(), at("newer.db"), at("x.db"), false) }, "use a newer parley"},
		"of the database":      {func() (content.Revision, error) { return Restore(t.Context(), at("parley.db"), at("parley.db"), true) }, "is the database itself"},
		"of what is not there": {func() (content.Revision, error) { return Restore(t.Context(), at("none.db"), at("x.db"), false) }, "no such file"},
	} {
		if _, err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := os.Stat(at("x.db")); err == nil {
		t.Error("a refusal left a file")
	}
	if left, _ := filepath.Glob(at(".*")); len(left) > 0 {
		t.Errorf("%v are left over", left)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rev, err := Restore(t.Context(), at("good.db"), at("parley.db"), true); err != nil || rev != 1 {
		t.Errorf("by force: revision %d, %v", rev, err)
	}
	if rev, err := Restore(t.Context(), at("good.db"), at("damaged.db"), true); err != nil || rev != 1 {
		t.Errorf("over a damaged file: revision %d, %v", rev, err)
	}
}

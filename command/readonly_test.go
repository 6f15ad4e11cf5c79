package command_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/internal/parleytest"
)

// lock makes a folder one that nobody can write to: by its mode or, for root, whom modes do not stop, by a mount.
func lock(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
		return
	}
	for _, args := range [][]string{{"--bind", dir, dir}, {"-o", "remount,ro,bind", dir}} {
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			t.Skipf("SKIPPED: root needs a read-only mount, which this machine does not allow: %s", out)
		}
		if args[0] == "--bind" {
			t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
		}
	}
}

// contents are the names and sizes of the files of a folder.
func contents(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// said runs a command and returns its exit code and all that it printed.
func said(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	cmd := parleytest.Command(t, dir, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String()
}

// TestReadOnlyMedia reads a database in a folder that cannot be written: a backup, a medium, another user's files.
func TestReadOnlyMedia(t *testing.T) {
	dir := t.TempDir()
	medium := filepath.Join(dir, "medium")
	if err := os.Mkdir(medium, 0o755); err != nil {
		t.Fatal(err)
	}
	_, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", filepath.Join(medium, "parley.db"))
	stop()
	if code, text := said(t, dir, "token", "create", "--role", "viewer", "--name", "Nadia", "--db", "medium/parley.db"); code != 0 {
		t.Fatal(text)
	}
	lock(t, medium)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"token", "list", "--db", "medium/parley.db"}, "Nadia"},
		{[]string{"webhook", "list", "--db", "medium/parley.db"}, "NUMBER"},
		{[]string{"export", "all.jsonl", "--db", "medium/parley.db"}, ""},
		{[]string{"import", "--dry-run", "all.jsonl", "--db", "medium/parley.db"}, "nothing was written"},
		{[]string{"backup", "backups/nightly/parley.db", "--db", "medium/parley.db"}, "verified"},
		{[]string{"restore", "medium/parley.db", "--db", "restored.db"}, "restored restored.db: revision 1"},
		{[]string{"check", "--db", "medium/parley.db"}, "no problems"},
	} {
		code, text := said(t, dir, c.args...)
		if code != 0 || !strings.Contains(text, c.want) {
			t.Errorf("%v: exit %d and %q; want %q", c.args, code, text, c.want)
		}
	}
	for _, c := range [][]string{
		{"serve", "--addr", "127.0.0.1:0", "--db", "medium/parley.db"},
		{"token", "create", "--role", "viewer", "--name", "Omar", "--db", "medium/parley.db"},
		{"migrate", "--db", "medium/parley.db"},
		{"import", "all.jsonl", "--db", "medium/parley.db"},
	} {
		code, text := said(t, dir, c...)
		if code != 1 || !strings.Contains(text, "is not writable") || strings.Contains(text, "(14)") || strings.Contains(text, "not an error") {
			t.Errorf("%v: exit %d and %q", c, code, text)
		}
	}
	if got := contents(t, medium); got != "parley.db parley.db-record" {
		t.Errorf("beside the database there is %s", got)
	}

	cmd, url, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "medium/parley.db", "--read-only")
	if got := parleytest.Ask(t, url, "{ talks { totalCount } service { revision } }"); got != `{"data":{"talks":{"totalCount":4},"service":{"revision":1}}}` {
		t.Errorf("a server that only reads answers %s", got)
	}
	if status, body := parleytest.Fetch(t, url, "/readyz"); status != 200 || body != "ok\n" {
		t.Errorf("/readyz answers %d %q", status, body)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestReadOnlyLog reads a database that was copied with its write-ahead log to a medium that cannot be written: with the
// log's index it is read, without it the message says what to do.
func TestReadOnlyLog(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "parley.db")
	url := parleytest.Start(t, "--db", db)
	if parleytest.Ask(t, url, "{ talks { totalCount } }") == "" {
		t.Fatal("no answer")
	}
	for _, c := range []struct {
		name  string
		files []string
		code  int
		want  string
	}{
		{"whole", []string{"", "-wal", "-shm"}, 0, "NUMBER"},
		{"no-index", []string{"", "-wal"}, 1, "it has a write-ahead log (parley.db-wal, "},
	} {
		medium := filepath.Join(dir, c.name)
		if err := os.Mkdir(medium, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, suffix := range c.files {
			b, err := os.ReadFile(db + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(medium, "parley.db"+suffix), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		lock(t, medium)
		if code, text := said(t, dir, "token", "list", "--db", c.name+"/parley.db"); code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%s: exit %d and %q; want %d and %q", c.name, code, text, c.code, c.want)
		}
	}
}

// TestFailedRestoreLeavesNothing restores what is no backup: nothing is left beside it, nor where the database was to be.
func TestFailedRestoreLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	_, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", filepath.Join(dir, "newer.db"))
	stop()
	parleytest.Edit(t, filepath.Join(dir, "newer.db"), "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)")
	parleytest.Write(t, filepath.Join(dir, "letter.txt"), "Dear all, this is no database, and it is long enough to be taken for one.\n")
	before := contents(t, dir)
	for _, source := range []string{"newer.db", "letter.txt", "nowhere.db"} {
		code, text := said(t, dir, "restore", source, "--db", "restored.db")
		if code != 1 || strings.Contains(text, "(14)") || strings.Contains(text, "(26)") || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: exit %d and %q", source, code, text)
		}
	}
	if after := contents(t, dir); after != before {
		t.Errorf("the folder has %s; want %s", after, before)
	}
}

//go:build unix

package command_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/internal/parleytest"
)

// TestFilesAreForTheirOwner makes every file that parley makes, with a umask that takes nothing away: all are 0600, and all
// folders 0700. The log and its index are looked at while a server has them open.
func TestFilesAreForTheirOwner(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "talks.csv"), "slug,title,startedOn\ngood,Good,2024\nbad,Bad,never\n")
	parleytest.Write(t, filepath.Join(dir, "all", "talks", "t.yaml"), "- {slug: draft, title: Draft, pubStatus: WITHHELD}\n")
	given := map[string]bool{}
	each(t, dir, func(path string, _ fs.FileInfo) { given[path] = true })
	defer syscall.Umask(syscall.Umask(0))

	for _, args := range []string{
		"import --quiet --skip-invalid --refused . all talks.csv",
		"token create --name nadia --role viewer",
		"export --unpublished made/bundle", "export --unpublished --format csv made/sheets", "export --unpublished --flat made/flat",
		"export --unpublished all.jsonl", "export made.csv --type talks", "export published",
		"backup new/folder/copy.db", "backup new/folder/copy.db", "restore new/folder/copy.db --db restored.db", "fmt made/bundle",
	} {
		if _, said, code := parleytest.Run(t, dir, strings.Fields(args)...); code != 0 {
			t.Fatalf("%s: %s", args, said)
		}
	}
	server, _, _ := parleytest.StartProcess(t, dir, "serve", "--addr", "127.0.0.1:0")
	defer func() { _, _ = server.Process.Signal(os.Interrupt), server.Wait() }()

	var files, folders []string
	each(t, dir, func(path string, info fs.FileInfo) {
		name, _ := filepath.Rel(dir, path)
		want := fs.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
			folders = append(folders, name)
		} else {
			files = append(files, name)
		}
		if got := info.Mode().Perm(); !given[path] && got != want {
			t.Errorf("%s has mode %#o, not %#o", name, got, want)
		}
	})
	all := strings.Join(append(files, folders...), " ")
	for _, name := range []string{
		"parley.db", "parley.db-wal", "parley.db-shm", "talks.refused.csv", "made/bundle/talks/draft.yaml", "made/sheets/talks.csv", "made/flat/talks_participations.csv",
		"all.jsonl", "published/talks", "new/folder/copy.db", "restored.db",
	} {
		if !strings.Contains(all, name) {
			t.Errorf("%s is not among the files: %s", name, all)
		}
	}
}

// each calls a function for all that is in a folder.
func each(t *testing.T, dir string, each func(path string, info fs.FileInfo)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err == nil {
			each(path, info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

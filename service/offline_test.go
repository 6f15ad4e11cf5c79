package service_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestOffline compiles the example of an offline copy and syncs with it: twice, after a change, and after the database was restored to
// before it and written again, so that it has a revision of the same number.
func TestOffline(t *testing.T) {
	tsc := "../examples/offline/node_modules/typescript/bin/tsc"
	if _, err := os.Stat(tsc); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("TypeScript is not installed: run npm ci in examples/offline (%v)", err)
		}
		t.Skip("NOT TRIED: TypeScript is not installed; run npm ci in examples/offline")
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "node", tsc, "--project", "../examples/offline", "--outDir", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	parleytest.Write(t, filepath.Join(dir, "package.json"), `{"type": "module"}`)
	server, at, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	stop := func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}
	t.Cleanup(func() { stop() })
	command := func(args ...string) {
		t.Helper()
		if out, err := parleytest.Command(t, dir, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	run := func(what string) string {
		out, err := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "main.js"), what, filepath.Join(dir, "copy.json"), at).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := run("sync"); !strings.Contains(got, "the copy has ") {
		t.Errorf("the first sync says %q", got)
	}
	if got := run("sync"); got != "" {
		t.Errorf("with nothing new it says %q", got)
	}
	if got := run("show"); !strings.Contains(got, "Talk: Gaza ceasefire talks\n") {
		t.Errorf("the copy is %s", got)
	}
	parleytest.Write(t, filepath.Join(dir, "more", "sources", "wire.yaml"), "- {slug: wire, title: A new wire}\n")
	command("backup", "--db", "parley.db", "backup.db")
	command("import", "--db", "parley.db", "more")
	if got := run("sync"); !strings.HasPrefix(got, "1 changes") {
		t.Errorf("after a change it says %q", got)
	}
	if got := run("show"); !strings.Contains(got, "Source: A new wire\n") {
		t.Errorf("the copy is %s", got)
	}
	stop()
	command("restore", "--db", "parley.db", "--force", "backup.db")
	parleytest.Write(t, filepath.Join(dir, "other", "sources", "paper.yaml"), "- {slug: paper, title: Another paper}\n")
	command("import", "--db", "parley.db", "other")
	server, at, _ = parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	if got := run("sync"); !strings.HasPrefix(got, "the record is another one") {
		t.Errorf("after a restore it says %q", got)
	}
	if got := run("show"); strings.Contains(got, "A new wire") || !strings.Contains(got, "Source: Another paper\n") || !strings.Contains(got, "Talk: Gaza ceasefire talks\n") {
		t.Errorf("after a restore the copy is %s", got)
	}
	if got := run("sync"); got != "" {
		t.Errorf("with nothing new after a restore it says %q", got)
	}
}

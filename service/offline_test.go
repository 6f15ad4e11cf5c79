package service_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestOffline compiles the example of an offline copy and syncs with it, twice and after a change.
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
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
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
	if out, err := parleytest.Command(t, dir, "import", "--db", "parley.db", "more").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := run("sync"); !strings.HasPrefix(got, "1 changes") {
		t.Errorf("after a change it says %q", got)
	}
	if got := run("show"); !strings.Contains(got, "Source: A new wire\n") {
		t.Errorf("the copy is %s", got)
	}
}

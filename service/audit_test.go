package service_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// audited skips where an npm package of web/audit is missing, and fails in CI.
func audited(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("../web/audit/node_modules", name)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: run npm ci in web/audit (%v)", name, err)
		}
		t.Skipf("NOT TRIED: %s is not installed; run npm ci in web/audit", name)
	}
}

// TestAudits runs the audits of the npm package graphql-http, MUST, SHOULD and MAY, against the whole server.
func TestAudits(t *testing.T) {
	audited(t, "graphql-http")
	out, err := exec.CommandContext(t.Context(), "node", "../web/audit/audit.mjs", parleytest.Start(t)).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(string(out)))
}

// TestClients runs the npm clients graphql-ws and graphql-sse against the whole server.
func TestClients(t *testing.T) {
	audited(t, "graphql-ws")
	audited(t, "graphql-sse")
	dir := t.TempDir()
	server, at, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	token, err := parleytest.Command(t, dir, "token", "create", "--role", "publisher", "--name", "desk").Output()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "../web/audit/clients.mjs", at, strings.TrimSpace(string(token))).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(string(out)))
}

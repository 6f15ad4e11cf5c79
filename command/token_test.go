package command_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestTokenCommand makes, lists and takes back a token beside a server that runs on the same file.
func TestTokenCommand(t *testing.T) {
	dir := t.TempDir()
	said, err := parleytest.Command(t, dir, "token", "list").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "there is no database parley.db") {
		t.Errorf("without a database it says %q, %v", said, err)
	}
	cmd, url, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	out, err := parleytest.Command(t, dir, "token", "create", "--role", "editor", "--name", "desk", "--expires", "12h").Output()
	token := strings.TrimSpace(string(out))
	if err != nil || !regexp.MustCompile(`^parley_[a-z2-7]{39}$`).MatchString(token) {
		t.Fatalf("made %q, %v", out, err)
	}
	const me = `{"query": "{ service { me { role name } } }"}`
	if res, text := parleytest.Send(t, "POST", url, me, "Content-Type", "application/json", "Authorization", "Bearer "+token); res.StatusCode != http.StatusOK || text != `{"data":{"service":{"me":{"role":"EDITOR","name":"desk"}}}}` {
		t.Errorf("the holder is answered %d %s", res.StatusCode, text)
	}
	if out, err := parleytest.Command(t, dir, "token", "revoke", "desk").Output(); err != nil || string(out) != "revoked token 1, desk, role editor\n" {
		t.Errorf("revoke says %q, %v", out, err)
	}
	if res, text := parleytest.Send(t, "POST", url, me, "Content-Type", "application/json", "Authorization", "Bearer "+token); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked token is answered %d %s", res.StatusCode, text)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	out, err = parleytest.Command(t, dir, "token", "list").Output()
	if lines := strings.Split(string(out), "\n"); err != nil || len(lines) != 3 || !strings.HasPrefix(lines[1], "1       desk  editor ") {
		t.Errorf("list says %q, %v", out, err)
	}
}

package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTokenCommand makes, lists and takes back a token beside a server that runs on the same file.
func TestTokenCommand(t *testing.T) {
	dir := t.TempDir()
	said, err := parley(t, dir, "token", "list").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "there is no database parley.db") {
		t.Errorf("without a database it says %q, %v", said, err)
	}
	cmd, url, _ := startParley(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	out, err := parley(t, dir, "token", "create", "--role", "editor", "--name", "desk", "--expires", "12h").Output()
	token := strings.TrimSpace(string(out))
	if err != nil || !regexp.MustCompile(`^parley_[a-z2-7]{39}$`).MatchString(token) {
		t.Fatalf("made %q, %v", out, err)
	}
	const me = `{"query": "{ service { me { role name } } }"}`
	if res, text := send(t, "POST", url, me, "Content-Type", "application/json", "Authorization", "Bearer "+token); res.StatusCode != http.StatusOK || text != `{"data":{"service":{"me":{"role":"EDITOR","name":"desk"}}}}` {
		t.Errorf("the holder is answered %d %s", res.StatusCode, text)
	}
	if out, err := parley(t, dir, "token", "revoke", "desk").Output(); err != nil || string(out) != "revoked token 1, desk, role editor\n" {
		t.Errorf("revoke says %q, %v", out, err)
	}
	if res, text := send(t, "POST", url, me, "Content-Type", "application/json", "Authorization", "Bearer "+token); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked token is answered %d %s", res.StatusCode, text)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	out, err = parley(t, dir, "token", "list").Output()
	if lines := strings.Split(string(out), "\n"); err != nil || len(lines) != 3 || !strings.HasPrefix(lines[1], "1       desk  editor ") {
		t.Errorf("list says %q, %v", out, err)
	}
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 3, 3, 12, 0, 0, 5, time.UTC)
	for text, want := range map[string]string{
		"90d": "2026-06-01T12:00:00Z", "12h": "2026-03-04T00:00:00Z", "never": "0001-01-01T00:00:00Z", "2026-03-03": "2026-03-04T00:00:00Z",
		"2026-03-03T14:30:00+01:00": "2026-03-03T13:30:00Z", "1d": "2026-03-04T12:00:00Z",
	} {
		if got, err := expiry(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s ends %s, %v, want %s", text, got, err, want)
		}
	}
	for _, wrong := range []string{"", "90", "d", "0d", "-1d", "2026-03-02", "2026-02-30", "99999999d", "soon", "0h"} {
		if got, err := expiry(wrong, now); err == nil || !strings.Contains(err.Error(), "--expires") {
			t.Errorf("%q ends %s, %v", wrong, got, err)
		}
	}
}

// TestErrorsPage: each code of an error leads to its heading on the page that explains them.
func TestErrorsPage(t *testing.T) {
	at := start(t)
	_, page := send(t, "GET", strings.TrimSuffix(at, "/graphql")+"/docs/errors", "")
	for _, code := range []string{
		"BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "NOT_FOUND", "CONFLICT", "UNAUTHENTICATED",
		"FORBIDDEN", "LIMIT_EXCEEDED", "PERSISTED_QUERY_NOT_FOUND", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE", "INTERNAL",
	} {
		if !strings.Contains(page, `id="`+strings.ToLower(code)+`">`+code+"<") {
			t.Errorf("the page has no heading %s", code)
		}
	}
	if got := ask(t, at, "{ nowhere }"); !strings.Contains(got, `"docs":"/docs/errors#graphql_validation_failed"`) {
		t.Errorf("an error leads nowhere: %s", got)
	}
}

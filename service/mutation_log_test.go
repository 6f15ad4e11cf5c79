package service_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/internal/parleytest"
)

// TestMutationsInTheLog holds that the line of a mutation names the token, never its text, the revisions that it made and how long it
// took as a number; that of one which the service cannot carry out is a warning.
func TestMutationsInTheLog(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	token := parleytest.Token(t, db, content.Editor)
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--db", db)
	mutate := func(at, slug string) *http.Response {
		body := fmt.Sprintf(`{"query":"mutation { createSource(input: { title: \"Wire\", slug: %q }) { source { id } } }"}`, slug)
		res, text := parleytest.Send(t, "POST", at, strings.ReplaceAll(body, `slug: "`+slug+`"`, `slug: \"`+slug+`\"`), "Content-Type", "application/json", "Authorization", "Bearer "+token)
		if strings.Contains(text, "BAD_REQUEST") {
			t.Fatal(text)
		}
		return res
	}
	mutate(at, "wire")
	line := l.with(t, "request")[0]
	if line["token"] != "nadia" || line["kind"] != "mutation" || line["level"] != "INFO" || !cmp.Equal(line["made"], []any{2.0}) {
		t.Errorf("the line of a mutation is %v", line)
	}
	took, _ := line["took"].(float64) // nanoseconds
	if ms, ok := line["took_ms"].(float64); !ok || ms <= 0 || ms < took/1e6-0.001 || ms > took/1e6+0.001 {
		t.Errorf("took_ms is %v where took is %v", line["took_ms"], took)
	}
	if strings.Contains(l.text.String(), token) {
		t.Errorf("the log has the token: %s", l.text.String())
	}

	var reading lines
	res := mutate(parleytest.StartLogging(t, reading.log(), "--db", db, "--read-only"), "other")
	line = reading.with(t, "request")[0]
	if res.StatusCode != http.StatusServiceUnavailable || line["status"] != 503.0 || line["level"] != "WARN" || line["codes"] != "UNAVAILABLE" || line["made"] != nil {
		t.Errorf("a write that cannot be made is answered %d, and its line is %v", res.StatusCode, line)
	}
}

// TestSlowLogOfMutations holds that a slow mutation is logged with the statements of its write and their plans, and not with their operands.
func TestSlowLogOfMutations(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	token := parleytest.Token(t, db, content.Editor)
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--db", db, "--slow", "1ns")
	const body = `{"query":"mutation { createSource(input: { title: \"Confidential\" }) { source { id } } }"}`
	header := []string{"Content-Type", "application/json", "Authorization", "Bearer " + token}
	_, text := parleytest.Send(t, http.MethodPost, at, body, header...)
	if strings.Contains(text, "errors") {
		t.Fatal(text)
	}
	line := fmt.Sprint(l.with(t, "slow operation")[0]["ran"])
	for _, want := range []string{"INSERT INTO source ", "INSERT INTO revision", "SELECT id FROM source WHERE slug = $1", "SEARCH source USING"} {
		if !strings.Contains(line, want) {
			t.Errorf("the statements of a mutation are logged without %q: %s", want, line)
		}
	}
	if strings.Contains(line, "onfidential") {
		t.Errorf("the log has the operands: %s", line)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/store"
)

// TestReadme asks the queries that stand in README.md and wants the answers that stand beneath them. Mutations run in their
// order on a record of their own, which nothing else changes, and what is asked of the past is asked there.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	at := start(t)
	desk := newDesk(t)
	pairs := regexp.MustCompile("(?s)```graphql\n(.*?)```\n\n```json\n(.*?)```").FindAllSubmatch(text, -1)
	past := regexp.MustCompile(`atRevision|history|diff|tombstone`) // of what the mutations wrote
	if len(pairs) < 4 {
		t.Fatalf("README.md has %d queries with their answers", len(pairs))
	}
	for _, pair := range pairs {
		query := string(pair[1])
		var want bytes.Buffer
		if err := json.Compact(&want, pair[2]); err != nil {
			t.Errorf("%v in %s", err, pair[2])
		}
		answer := func() string { return ask(t, at, query) }
		switch {
		case strings.HasPrefix(query, "mutation"):
			answer = func() string { return desk.ask(t, query) }
		case past.MatchString(query):
			answer = func() string { return ask(t, desk.at, query) }
		}
		if got := answer(); got != want.String() {
			t.Errorf("%s\nanswered %s\nwant     %s", strings.TrimSpace(query), got, want.String())
		}
	}
}

// desk is a server with the built-in content, and a token to write it.
type desk struct{ at, token string }

func newDesk(t *testing.T) desk {
	t.Helper()
	db := filepath.Join(t.TempDir(), "parley.db")
	d := desk{at: start(t, "--db", db)}
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if d.token, err = st.CreateToken(t.Context(), "desk", content.Publisher, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// ask posts an operation and returns the answer.
func (d desk) ask(t *testing.T, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	_, text := send(t, "POST", d.at, string(body), "Content-Type", "application/json", "Authorization", "Bearer "+d.token)
	return text
}

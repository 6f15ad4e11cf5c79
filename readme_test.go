package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme asks the queries that stand in README.md and wants the answers that stand beneath them.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	at := start(t)
	pairs := regexp.MustCompile("(?s)```graphql\n(.*?)```\n\n```json\n(.*?)```").FindAllSubmatch(text, -1)
	if len(pairs) < 4 {
		t.Fatalf("README.md has %d queries with their answers", len(pairs))
	}
	for _, pair := range pairs {
		query := string(pair[1])
		var want bytes.Buffer
		if err := json.Compact(&want, pair[2]); err != nil {
			t.Errorf("%v in %s", err, pair[2])
		}
		if got := ask(t, at, query); got != want.String() {
			t.Errorf("%s\nanswered %s\nwant     %s", strings.TrimSpace(query), got, want.String())
		}
	}
}

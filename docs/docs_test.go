package docs_test

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
	"parley/internal/parleytest"
	"parley/store"
)

// example is a query of a page with the answer beneath it.
type example struct{ query, answer string }

var (
	examplePattern   = regexp.MustCompile("(?s)```graphql\n([^`]*)```\n\n```json\n([^`]*)```")
	continuesPattern = regexp.MustCompile(`<!-- continues (\S+) -->`)
)

// examples returns the queries of a page that have an answer, in their order.
func examples(t *testing.T, page string) []example {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	for _, m := range examplePattern.FindAllSubmatch(text, -1) {
		var answer bytes.Buffer
		if err := json.Compact(&answer, m[2]); err != nil {
			t.Errorf("%s: %v in %s", page, err, m[2])
		}
		list = append(list, example{string(m[1]), answer.String()})
	}
	return list
}

// TestDocs runs the queries of README.md and docs/ in their order, against a server with the built-in content for each
// page, and compares the answers. Mutations carry a token, queries do not. A page that says "continues PAGE" in a comment
// starts from the record that the mutations of PAGE leave.
func TestDocs(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, page := range append(pages, "../README.md") {
		list := examples(t, page)
		total += len(list)
		if len(list) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			desk := newDesk(t)
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			if m := continuesPattern.FindSubmatch(text); m != nil {
				for _, e := range examples(t, filepath.Join(filepath.Dir(page), string(m[1]))) {
					if e.isMutation() {
						desk.ask(t, e.query)
					}
				}
			}
			for _, e := range list {
				answer := func() string { return parleytest.Ask(t, desk.at, e.query) }
				if e.isMutation() {
					answer = func() string { return desk.ask(t, e.query) }
				}
				if got := answer(); got != e.answer {
					t.Errorf("%s\nanswered %s\nwant     %s", strings.TrimSpace(e.query), got, e.answer)
				}
			}
		})
	}
	if total < 15 {
		t.Errorf("README.md and docs/ have %d queries with answers", total)
	}
}

func (e example) isMutation() bool { return strings.HasPrefix(e.query, "mutation") }

// TestDocsLinks follows the links between the documents: each file exists, and so does each heading.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob("decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(append(pages, decisions...), "../README.md", "../ARCHITECTURE.md", "../CONTRIBUTING.md", "../SECURITY.md", "../bundle/README.md", "../deploy/README.md")
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], ":") {
				continue // another host
			}
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
			}
			linked, err := os.ReadFile(target)
			if stat, statErr := os.Stat(target); err != nil && (statErr != nil || !stat.IsDir()) {
				t.Errorf("%s links to %s, which does not exist", page, m[1])
				continue
			}
			if m[2] != "" && !headings(string(linked))[m[2]] {
				t.Errorf("%s links to %s#%s: no heading has that name", page, m[1], m[2])
			}
		}
	}
}

// headings returns the anchors of a Markdown page as GitHub makes them.
func headings(text string) map[string]bool {
	anchors := map[string]bool{}
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			anchor := strings.ToLower(strings.TrimSpace(title))
			anchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(anchor, "")
			anchors[strings.ReplaceAll(anchor, " ", "-")] = true
		}
	}
	return anchors
}

// desk is a server with the built-in content, and a token to write it.
type desk struct{ at, token string }

func newDesk(t *testing.T) desk {
	t.Helper()
	db := filepath.Join(t.TempDir(), "parley.db")
	d := desk{at: parleytest.Start(t, "--db", db)}
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
	_, text := parleytest.Send(t, "POST", d.at, string(body), "Content-Type", "application/json", "Authorization", "Bearer "+d.token)
	return text
}

// TestErrorsPage: each code of an error leads to its heading on the page that explains them.
func TestErrorsPage(t *testing.T) {
	at := parleytest.Start(t)
	_, page := parleytest.Send(t, "GET", strings.TrimSuffix(at, "/graphql")+"/docs/errors", "")
	for _, code := range []string{
		"BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "NOT_FOUND", "CONFLICT", "UNAUTHENTICATED",
		"FORBIDDEN", "LIMIT_EXCEEDED", "PERSISTED_QUERY_NOT_FOUND", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE", "INTERNAL",
	} {
		if !strings.Contains(page, `id="`+strings.ToLower(code)+`">`+code+"<") {
			t.Errorf("the page has no heading %s", code)
		}
	}
	if got := parleytest.Ask(t, at, "{ nowhere }"); !strings.Contains(got, `"docs":"/docs/errors#graphql_validation_failed"`) {
		t.Errorf("an error leads nowhere: %s", got)
	}
}

package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents returns the Markdown pages that describe the repository, as paths from its root.
func documents(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "bundle/README.md", "deploy/README.md"}
	for _, pattern := range []string{"../docs/*.md", "../docs/decisions/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			pages = append(pages, strings.TrimPrefix(page, "../"))
		}
	}
	return pages
}

// sources returns the folders and files of the repository, as paths from its root; installed packages are left out.
func sources(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == ".git") {
			return filepath.SkipDir
		}
		paths = append(paths, strings.TrimPrefix(filepath.ToSlash(path), "../"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

var (
	codePattern = regexp.MustCompile("`([^`\n]+)`")
	pathPattern = regexp.MustCompile(`[\w.*/-]+`)
	goFile      = regexp.MustCompile(`[\w/*]+\.go\b`)

	packageComment = regexp.MustCompile(`(?:^|\n)(?://.*\n)+package `)
)

// TestDocsPaths requires each path that a document names in code, and each Go file that the comment of a package names, to
// exist. A path begins with a folder of the root, or the name of a Go file; it may leave out leading folders (plan/filter.go), and may hold *.
// The comment of a package names files of its folder or of a folder beneath it, or whole paths.
func TestDocsPaths(t *testing.T) {
	paths := sources(t)
	exists := func(name, under string) bool {
		return slices.ContainsFunc(paths, func(path string) bool {
			if !strings.HasPrefix(path, under) {
				return false
			}
			for rest, more := path, true; more; _, rest, more = strings.Cut(rest, "/") {
				if ok, err := filepath.Match(name, rest); err == nil && ok {
					return true
				}
			}
			return false
		})
	}
	isPath := func(word string) bool {
		folder, _, cut := strings.Cut(word, "/")
		return strings.HasSuffix(word, ".go") || cut && !strings.Contains(folder, ".") && slices.Contains(paths, folder)
	}
	for _, page := range documents(t) {
		text, err := os.ReadFile("../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codePattern.FindAllStringSubmatch(string(text), -1) {
			for _, word := range pathPattern.FindAllString(code[1], -1) {
				word = strings.TrimRight(word, "./")
				if page == "docs/recipes.md" || strings.HasPrefix(word, "backups/") || word == "graph/gen/.stamp" {
					continue // recipes add files, and operators and generators make these
				}
				if isPath(word) && !exists(word, "") {
					t.Errorf("%s names %s, which does not exist", page, word)
				}
			}
		}
	}
	for _, path := range paths {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile("../" + path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range goFile.FindAllString(packageComment.FindString(string(text)), -1) {
			if !exists(word, strings.TrimSuffix(path, filepath.Base(path))) && !slices.Contains(paths, word) {
				t.Errorf("%s names %s, which does not exist there", path, word)
			}
		}
	}
}

// TestDocsTopics requires a heading in docs/ for each topic that operators, clients and contributors look for.
func TestDocsTopics(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				titles = append(titles, strings.ToLower(line))
			}
		}
	}
	for _, topic := range []string{
		"docker", "systemd", "tls", "varnish", "upgrade", "downgrade", "rate limit", "undo", "persisted quer", "trusted document", "draft",
		"backup", "restore", "replication", "import", "export", "webhook", "subscription", "live quer", "websocket", "delta sync", "feed",
		"cors", "proxies", "caching", "compression", "metrics", "traces", "logs", "health", "configuration file", "full disk", "clock",
		"redaction", "idempotency", "translation", "conflict", "public note", "correction", "time travel", "tombstone", "facet", "search",
		"ranking", "filter", "errors", "limits", "tokens and roles", "relay", "apollo", "urql",
	} {
		if !slices.ContainsFunc(titles, func(title string) bool { return strings.Contains(title, topic) }) {
			t.Errorf("docs/ has no heading for %q", topic)
		}
	}
}

// TestDecisions requires a number of its own for each page of docs/decisions, and its title in the list of ARCHITECTURE.md.
func TestDecisions(t *testing.T) {
	pages, err := filepath.Glob("decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		title := strings.TrimPrefix(first, "# ")
		number, _, _ := strings.Cut(title, " ")
		if !strings.HasPrefix(filepath.Base(page), number+"-") {
			t.Errorf("%s has the title %q", page, title)
		}
		if other := numbers[number]; other != "" {
			t.Errorf("%s and %s have the number %s", other, page, number)
		}
		numbers[number] = page
		if entry := "- [" + title + "](docs/" + page + ")"; !strings.Contains(string(list), entry) {
			t.Errorf("ARCHITECTURE.md does not list %s", entry)
		}
	}
}

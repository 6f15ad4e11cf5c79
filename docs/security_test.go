package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityNamesItsTests requires each test that SECURITY.md names to exist: every alternative of each -run expression
// selects at least one test of its package.
func TestSecurityNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("`go test (?:-\\S+ )*\\./(\\S*) -run '?([^`']+)'?(?: [^`]*)?`").FindAllStringSubmatch(string(text), -1)
	if all := strings.Count(string(text), "`go test ./"); len(commands) < 8 || len(commands) != all {
		t.Errorf("SECURITY.md has %d commands, of which %d can be read: write `go test ./PACKAGE -run 'A|B'`", all, len(commands))
	}
	for _, m := range commands {
		declared := testsOf(t, filepath.Join("..", m[1]))
		for name := range strings.SplitSeq(m[2], "|") {
			if pattern := regexp.MustCompile(name); !pattern.MatchString(declared) {
				t.Errorf("SECURITY.md names %s in ./%s: there is no such test", name, m[1])
			}
		}
	}
}

// testsOf returns the names of the tests of a package, one a line.
func testsOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w*)\(`).FindAllSubmatch(text, -1) {
			names.Write(append(m[1], '\n'))
		}
	}
	return names.String()
}

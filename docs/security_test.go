package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testCommand = regexp.MustCompile(`go test(?: -\S+)*((?: \./\S*)+)[ \n]-(?:run|fuzz) ('[^']+'|[^\s` + "`" + `]+)`)
	subtest     = regexp.MustCompile(`/.*`)
)

// TestSecurityNamesItsTests requires SECURITY.md to name tests in commands that TestDocsNameTheirTests reads.
func TestSecurityNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := testCommand.FindAllString(string(text), -1)
	if all := strings.Count(string(text), "`go test ./"); len(commands) < 8 || len(commands) != all {
		t.Errorf("SECURITY.md has %d commands, of which %d can be read: write `go test ./PACKAGE -run 'A|B'`", all, len(commands))
	}
}

// TestDocsNameTheirTests requires each test that a document names to exist: every alternative of each -run or -fuzz expression
// selects at least one test of its packages.
func TestDocsNameTheirTests(t *testing.T) {
	for _, page := range documents(t) {
		text, err := os.ReadFile("../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testCommand.FindAllStringSubmatch(string(text), -1) {
			var declared strings.Builder
			for dir := range strings.FieldsSeq(m[1]) {
				declared.WriteString(testsOf(t, filepath.Join("..", dir)))
			}
			for name := range strings.SplitSeq(subtest.ReplaceAllString(strings.Trim(m[2], "'"), ""), "|") {
				if name != "^$" && !regexp.MustCompile(name).MatchString(declared.String()) { // ^$ runs benchmarks alone
					t.Errorf("%s names %s in%s: there is no such test", page, name, m[1])
				}
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

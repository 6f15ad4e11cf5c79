package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// clockFunction finds what reads the clock in a statement: the functions of SQLite without a time to work on, or with that of now.
var clockFunction = regexp.MustCompile(`(?i)\bCURRENT_(TIMESTAMP|DATE|TIME)\b|'now'|` +
	`\b(unixepoch|julianday|date|time|datetime)\s*\(\s*\)|\bstrftime\s*\(\s*'[^']*'\s*\)`)

// TestStatementsDoNotReadTheClock looks through the statements of the goldens, the migrations and the literals of this package: an answer
// follows from a revision alone, so that it is kept, and read again as of then. See docs/decisions/017-answers-do-not-read-the-clock.md.
func TestStatementsDoNotReadTheClock(t *testing.T) {
	seen := map[string]int{}
	look := func(at, text string) {
		seen[filepath.Ext(strings.SplitN(at, ":", 2)[0])]++
		if found := clockFunction.FindString(text); found != "" {
			t.Errorf("%s has %s: an answer that follows from the clock is neither cached nor read again as of a revision; "+
				"take the time of a revision, or an operand of the writer's clock", at, found)
		}
	}
	for _, dir := range []string{"migrations", "../graph/testdata"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && (ext == ".sql" || ext == ".txtar") {
				text, err := os.ReadFile(path)
				if ext == ".txtar" {
					_, after, _ := strings.Cut(string(text), "-- want.sql --")
					text = []byte(after)
				}
				look(path, string(text))
				return err
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				look(set.Position(lit.Pos()).String(), text)
			}
			return true
		})
	}
	if seen[".sql"] < 20 || seen[".txtar"] < 100 || seen[".go"] < 1000 {
		t.Errorf("only %v were looked at", seen)
	}
}

// TestClockFunctions holds what is found, and what is not.
func TestClockFunctions(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT CURRENT_TIMESTAMP": true, "WHERE at > unixepoch()": true, "date('now', '-1 day')": true, "datetime( )": true,
		"strftime('%Y')":                    true,
		"strftime('%Y', x.at, 'unixepoch')": false, "date(x.at)": false, "x.start_time": false, "known": false, "unixepoch(x.at)": false,
	} {
		if got := clockFunction.MatchString(text); got != want {
			t.Errorf("%s reads the clock: %t", text, got)
		}
	}
}

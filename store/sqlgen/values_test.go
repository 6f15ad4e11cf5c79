package sqlgen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTablesAreValues checks that no text of a statement names a table with a history, or is followed by the name of one: such a
// mention is not replaced in views of the past. It also checks that nothing recognises a statement by its text.
func TestTablesAreValues(t *testing.T) {
	mention := regexp.MustCompile(`\b(?:FROM|JOIN) ([a-z_]+)\b|\b(FROM|JOIN) $`)
	edits := map[string]bool{"TrimPrefix": true, "TrimSuffix": true, "HasPrefix": true, "HasSuffix": true, "Replace": true, "Contains": true}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		switch {
		case strings.HasSuffix(name, "_test.go"), name == "select.go", name == "search_terms.go": // which write the clauses, and the words of a search
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range file.Imports {
			if imported.Path.Value == `"regexp"` {
				t.Errorf("%s imports regexp", name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "strings" && edits[n.Sel.Name] {
					t.Errorf("%s: strings.%s", set.Position(n.Pos()), n.Sel.Name)
				}
			case *ast.BasicLit:
				if n.Kind != token.STRING || name == "as_of.go" { // which writes the rows of tables as they were
					return true
				}
				text, err := strconv.Unquote(n.Value)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range mention.FindAllStringSubmatch(text, -1) {
					if m[2] != "" || HistoryColumns()[m[1]] != nil {
						t.Errorf("%s: %q names a table in a text: use a Table", set.Position(n.Pos()), m[0])
					}
				}
			}
			return true
		})
	}
}

// TestRender checks the layout of statements, and that a view of the past replaces tables with a history wherever they stand.
func TestRender(t *testing.T) {
	shown := Format("EXISTS (SELECT 1 FROM ? WHERE t.id = x.talk_id AND t.visible = 1)", Table{Name: "talk", Alias: "t"})
	statement := &Select{
		Cols: Texts("x.id"), From: From(Table{Name: "position", Alias: "x", Hint: IndexedBy, Index: "position_talk"}),
		Where: All(Text("TRUE"), shown, nil, Text("x.stance = $1")), Order: Text("x.id"), Limit: Text("2"),
	}
	const now = "SELECT x.id\nFROM position AS x INDEXED BY position_talk\nWHERE EXISTS (SELECT 1 FROM talk AS t WHERE t.id = x.talk_id AND t.visible = 1)\n  AND x.stance = $1\nORDER BY x.id\nLIMIT 2"
	if got := Render(statement); got != now {
		t.Errorf("got\n%s\nwant\n%s", got, now)
	}
	past := RenderAsOf(statement, 2, true)
	for _, want := range []string{"FROM (SELECT position.id", "FROM (SELECT talk.id", "WHERE position.from_rev <= $2 UNION ALL", ") AS x\nWHERE EXISTS", ") AS t WHERE t.id = x.talk_id"} {
		if !strings.Contains(past, want) {
			t.Errorf("%q is not in\n%s", want, past)
		}
	}
	if strings.Contains(past, "INDEXED BY") {
		t.Errorf("an index of a table is named that is read in other places:\n%s", past)
	}
	if got := Render(Format("(?)", Indent(1, OneLine(statement)))); strings.Contains(got, "\n    AND") || !strings.HasPrefix(got, "(\n  SELECT x.id\n  FROM ") {
		t.Errorf("got\n%s", got)
	}
}

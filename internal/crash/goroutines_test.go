package crash

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// harmless are goroutines and timers that may run without a recover, with the reason: file and the first words of what runs.
var harmless = map[string]string{
	"graph/transport/connections.go: func() { s.Conns.running.Wait()": "it waits",
	"graph/transport/sse.go: func() { tick.Stop() }":                  "it stops a timer",
	"service/admin.go: func() { done <- srv.Serve(l) }":               "net/http recovers what handlers do",
	"service/serve.go: func() { failed <- listen() }":                 "net/http recovers what handlers do",
	"store/write_queue.go: q.own()":                                   "each job recovers; after a panic beside one, nobody knows the state of the connection",
	"service/serve.go: func() { _ = s.graph.Shutdown(st":              "it ends with the process",
}

// TestGoroutinesRecover walks all goroutines, timers and functions that others run on goroutines of their own: each begins with a
// function of this package, or is among the harmless ones.
func TestGoroutinesRecover(t *testing.T) {
	found, used := 0, map[string]bool{}
	each := func(file string, runs ast.Expr, set *token.FileSet) {
		found++
		var text bytes.Buffer
		if err := printer.Fprint(&text, set, runs); err != nil {
			t.Fatal(err)
		}
		line := file + ": " + strings.Join(strings.Fields(text.String()), " ")
		for known := range harmless {
			if strings.HasPrefix(line, known) {
				used[known] = true
				return
			}
		}
		if !contained(runs) {
			t.Errorf("%s at %s runs without a recover: wrap it in crash.Logged or crash.Call, or list it here with the reason", line, set.Position(runs.Pos()))
		}
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		switch {
		case d.IsDir() && (d.Name() == "node_modules" || path == "../../bench" || path == "../../internal/parleytest" || path == "../../graph/gen"):
			return fs.SkipDir // tools and tests, which may end with a panic
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				runs := n.Call.Fun
				if _, literal := runs.(*ast.FuncLit); !literal && !contained(runs) {
					runs = n.Call
				}
				each(strings.TrimPrefix(path, "../../"), runs, set)
			case *ast.CallExpr:
				if at, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 {
					switch at.Sel.Name {
					case "Go", "AfterFunc", "RegisterOnShutdown", "TryGo":
						each(strings.TrimPrefix(path, "../../"), n.Args[len(n.Args)-1], set)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for known, reason := range harmless {
		if !used[known] {
			t.Errorf("%s (%s) is not there any more", known, reason)
		}
	}
	if found < 20 {
		t.Errorf("%d goroutines were found", found)
	}
}

// contained reports whether what runs recovers: it is made by a function that contains panics, or is a literal whose last
// statement, but for defers before it, is one that calls such a function.
func contained(runs ast.Expr) bool {
	switch runs := runs.(type) {
	case *ast.CallExpr:
		name, ok := runs.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		in, _ := name.X.(*ast.Ident)
		return in != nil && in.Name == "crash" && name.Sel.Name == "Logged" || name.Sel.Name == "contained"
	case *ast.FuncLit:
		for _, statement := range runs.Body.List {
			switch s := statement.(type) {
			case *ast.DeferStmt:
			case *ast.AssignStmt:
				return len(s.Rhs) == 1 && callsCrash(s.Rhs[0])
			case *ast.IfStmt:
				init, ok := s.Init.(*ast.AssignStmt)
				return ok && len(init.Rhs) == 1 && callsCrash(init.Rhs[0])
			default:
				return false
			}
		}
	}
	return false
}

// callsCrash reports whether an expression is a call of Call or Do of this package.
func callsCrash(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	name, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	in, _ := name.X.(*ast.Ident)
	return in != nil && in.Name == "crash" && (name.Sel.Name == "Call" || name.Sel.Name == "Do")
}

package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// mutant is one change of the code: the text from one offset to another is replaced.
type mutant struct {
	// ID names the mutant by its file, function, operator and number there, which stays while the function does.
	ID       string
	Op       string
	Line     int
	Was, Now string

	file       *file
	start, end int
	decl       *ast.FuncDecl // nil outside of functions
	declared   []types.Object
	number     int // in the build, from 1
	reached    []spot
}

// spot is the offset of a statement that reaches a mutant.
type spot struct {
	file *file
	at   int
}

// String returns the line that is printed for a mutant.
func (m *mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s -> %s", m.file.path, m.Line, m.ID, brief(m.Was), brief(m.Now))
}

// finder collects the mutants of a file.
type finder struct {
	code   *source
	file   *file
	path   []ast.Node
	found  []*mutant
	counts map[string]int
}

// mutantsOf returns all mutants of a file, in the order of the code. Generated files have none.
func mutantsOf(code *source, f *file) []*mutant {
	if f.generated {
		return nil
	}
	w := &finder{code: code, file: f, counts: map[string]int{}}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil {
			w.path = w.path[:len(w.path)-1]
			return true
		}
		if w.logs(n) || imports(n) {
			return false
		}
		w.path = append(w.path, n)
		w.expression(n)
		w.statement(n)
		return true
	})
	return w.found
}

// imports reports nodes with literals that are no values.
func imports(n ast.Node) bool {
	switch n.(type) {
	case *ast.ImportSpec, *ast.FieldList, *ast.ArrayType:
		return true
	}
	return false
}

// logs reports statements that write to the log: they are left as they are.
func (w *finder) logs(n ast.Node) bool {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	o := w.file.pkg.info.Uses[sel.Sel]
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == "log/slog"
}

// add notes a mutant that replaces a node.
func (w *finder) add(op string, n ast.Node, now string) {
	w.replace(op, n.Pos(), n.End(), now)
}

// replace notes a mutant that replaces what is between two positions.
func (w *finder) replace(op string, from, to token.Pos, now string) {
	m := &mutant{Op: op, file: w.file, start: w.code.offset(from), end: w.code.offset(to), Now: now, Line: w.code.set.Position(from).Line}
	m.Was = string(w.file.text[m.start:m.end])
	name := "package"
	for _, n := range w.path {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body == nil || from < n.Body.Pos() {
				return
			}
			m.decl, name = n, functionName(n)
		case *ast.ValueSpec:
			if m.decl == nil {
				for _, id := range n.Names {
					m.declared = append(m.declared, w.file.pkg.info.Defs[id])
				}
				name = n.Names[0].Name
			}
		}
	}
	if at, ok := w.reachedAt(); ok {
		m.reached = []spot{{w.file, at}}
	}
	key := w.file.path + ":" + name + ":" + op
	w.counts[key]++
	m.ID = fmt.Sprintf("%s:%d", key, w.counts[key])
	w.found = append(w.found, m)
}

// reachedAt returns where the innermost statement of a list begins that contains the node.
func (w *finder) reachedAt() (int, bool) { return statementAround(w.code, w.path) }

func statementAround(code *source, path []ast.Node) (int, bool) {
	for i := len(path) - 1; i > 0; i-- {
		s, ok := path[i].(ast.Stmt)
		if !ok {
			continue
		}
		var list []ast.Stmt
		switch parent := path[i-1].(type) {
		case *ast.BlockStmt:
			list = parent.List
		case *ast.CaseClause:
			list = parent.Body
		case *ast.CommClause:
			list = parent.Body
		}
		for _, x := range list {
			switch x.(type) {
			case *ast.CaseClause, *ast.CommClause:
				continue
			}
			if x == s {
				return code.offset(s.Pos()), true
			}
		}
	}
	return 0, false
}

// functionName returns Type.name for a method.
func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// turned are the operators that replace one another.
var turned = map[token.Token]struct {
	op  string
	now token.Token
}{
	token.LSS: {"boundary", token.LEQ}, token.LEQ: {"boundary", token.LSS},
	token.GTR: {"boundary", token.GEQ}, token.GEQ: {"boundary", token.GTR},
	token.EQL: {"equality", token.NEQ}, token.NEQ: {"equality", token.EQL},
	token.LAND: {"logic", token.LOR}, token.LOR: {"logic", token.LAND},
	token.ADD: {"arithmetic", token.SUB}, token.SUB: {"arithmetic", token.ADD},
	token.MUL: {"arithmetic", token.QUO}, token.QUO: {"arithmetic", token.MUL}, token.REM: {"arithmetic", token.MUL},
	token.AND: {"bits", token.OR}, token.OR: {"bits", token.AND},
	token.SHL: {"bits", token.SHR}, token.SHR: {"bits", token.SHL},
}

// expression adds the mutants of an expression.
func (w *finder) expression(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		t, ok := turned[n.Op]
		if ok && (n.Op != token.ADD || !w.is(n, types.IsString)) && !w.condition(n) {
			w.replace(t.op, n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), t.now.String())
		}
	case *ast.BasicLit:
		w.literal(n)
	case *ast.Ident:
		switch w.file.pkg.info.Uses[n] {
		case types.Universe.Lookup("true"):
			w.add("boolean", n, "false")
		case types.Universe.Lookup("false"):
			w.add("boolean", n, "true")
		}
	case *ast.CallExpr:
		w.arguments(n)
	}
}

// condition reports an equality that is all of the condition of an if: its negation is a mutant already.
func (w *finder) condition(n *ast.BinaryExpr) bool {
	s, ok := w.path[len(w.path)-2].(*ast.IfStmt)
	return ok && s.Cond == n && (n.Op == token.EQL || n.Op == token.NEQ)
}

// literal adds the number or letter before and after a literal.
func (w *finder) literal(n *ast.BasicLit) {
	switch n.Kind { //nolint:exhaustive // the others have no neighbours
	case token.INT:
		if v, err := strconv.ParseInt(n.Value, 0, 63); err == nil {
			w.add("more", n, strconv.FormatInt(v+1, 10))
			w.add("less", n, "("+strconv.FormatInt(v-1, 10)+")")
		}
	case token.CHAR:
		if r, _, _, err := strconv.UnquoteChar(n.Value[1:], '\''); err == nil {
			w.add("more", n, strconv.QuoteRune(r+1))
			w.add("less", n, strconv.QuoteRune(r-1))
		}
	}
}

// arguments adds the call with two neighbouring arguments of one type in the place of each other.
func (w *finder) arguments(n *ast.CallExpr) {
	if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "min" || id.Name == "max") {
		return
	}
	for i := 1; i < len(n.Args); i++ {
		a, b := n.Args[i-1], n.Args[i]
		ta, tb := w.file.pkg.info.TypeOf(a), w.file.pkg.info.TypeOf(b)
		if ta == nil || tb == nil || !types.Identical(ta, tb) || w.code.of(w.file, a) == w.code.of(w.file, b) {
			continue
		}
		between := string(w.file.text[w.code.offset(a.End()):w.code.offset(b.Pos())])
		w.replace("swap", a.Pos(), b.End(), w.code.of(w.file, b)+between+w.code.of(w.file, a))
	}
}

// is reports whether an expression has a basic type of a kind.
func (w *finder) is(n ast.Expr, kind types.BasicInfo) bool {
	t := w.file.pkg.info.TypeOf(n)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&kind != 0
}

// statement adds the mutants of a statement.
func (w *finder) statement(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		cond := "(" + w.code.of(w.file, n.Cond) + ")"
		w.add("negate", n.Cond, "!"+cond)
		w.add("never", n.Cond, "false && "+cond)
		w.add("always", n.Cond, "true || "+cond)
	case *ast.DeferStmt:
		w.drop("defer", n)
	case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt:
		w.drop("drop", n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE && w.assigns(n) {
			w.drop("drop", n)
		}
	case *ast.BranchStmt:
		switch n.Tok { //nolint:exhaustive // goto and fallthrough stay
		case token.BREAK:
			w.replace("branch", n.TokPos, n.TokPos+token.Pos(len("break")), "continue")
		case token.CONTINUE:
			w.replace("branch", n.TokPos, n.TokPos+token.Pos(len("continue")), "break")
		}
	case *ast.ReturnStmt:
		for _, x := range n.Results {
			w.result(x)
		}
	}
}

// assigns reports an assignment to more than the blank name.
func (w *finder) assigns(n *ast.AssignStmt) bool {
	for _, x := range n.Lhs {
		if id, ok := x.(*ast.Ident); !ok || id.Name != "_" {
			return true
		}
	}
	return false
}

// drop adds the code without a statement, whose names remain in use. Only statements of a list can be dropped.
func (w *finder) drop(op string, n ast.Node) {
	if at, ok := w.reachedAt(); ok && at == w.code.offset(n.Pos()) {
		w.add(op, n, "if false { "+w.code.of(w.file, n)+" }")
	}
}

// result adds the zero value, or no error, in the place of what is returned.
func (w *finder) result(x ast.Expr) {
	t := w.file.pkg.info.TypeOf(x)
	if t == nil {
		return
	}
	text := w.code.of(w.file, x)
	op, zero := "zero", "nil"
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Kind() == types.UntypedNil, text == "true", text == "false":
			return
		case u.Info()&types.IsBoolean != 0:
			op, zero = "negate", "!("+text+")"
		case u.Info()&types.IsString != 0:
			zero = `""`
		case u.Info()&types.IsNumeric != 0:
			zero = "0"
		}
	case *types.Interface:
		if types.Identical(t, types.Universe.Lookup("error").Type()) {
			op = "error"
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Signature, *types.Chan:
	default:
		return
	}
	if text != zero {
		w.add(op, x, zero)
	}
}

package sqlgen

import "strings"

// Expr is a part of a statement: an expression, a condition, a table or a whole SELECT. It is a value until the statement is
// rendered: tables are replaced in views of the past, and lines are indented, while it is written.
type Expr interface{ write(w *renderer) }

// Text is an expression that reads no further table: its columns are those of the tables around it.
type Text string

func (t Text) write(w *renderer) { w.text(string(t)) }

// Format returns a text with the parts in the places of its question marks.
func Format(text string, parts ...Expr) Expr { return format{text, parts} }

type format struct {
	text  string
	parts []Expr
}

func (f format) write(w *renderer) {
	rest := f.text
	for _, p := range f.parts {
		i := strings.IndexByte(rest, '?')
		w.text(rest[:i])
		rest = rest[i+1:]
		p.write(w)
	}
	w.text(rest)
}

// List returns expressions with a separator between them.
func List(separator string, parts ...Expr) Expr { return list{separator, parts} }

type list struct {
	separator string
	parts     []Expr
}

func (l list) write(w *renderer) {
	for i, p := range l.parts {
		if i > 0 {
			w.text(l.separator)
		}
		p.write(w)
	}
}

// literal is a text as SQL writes it.
func literal(text string) Text { return Text("'" + strings.ReplaceAll(text, "'", "''") + "'") }

// Texts returns expressions of texts.
func Texts(list ...string) []Expr {
	parts := make([]Expr, len(list))
	for i, t := range list {
		parts[i] = Text(t)
	}
	return parts
}

// All returns the condition that all of the conditions hold; nil and TRUE among them are left out.
func All(conditions ...Expr) Expr {
	kept := make(and, 0, len(conditions))
	for _, c := range conditions {
		if !isTrue(c) {
			kept = append(kept, c)
		}
	}
	switch len(kept) {
	case 0:
		return Text("TRUE")
	case 1:
		return kept[0]
	default:
		return kept
	}
}

// isTrue reports whether a condition always holds.
func isTrue(condition Expr) bool {
	return condition == nil || condition == Text("TRUE") || condition == Text("")
}

// and are conditions that all hold, each on a separate line unless the statement is written on one line.
type and []Expr

func (a and) write(w *renderer) {
	for i, c := range a {
		switch {
		case i == 0:
		case w.oneLine:
			w.text(" AND ")
		default:
			w.text("\n  AND ")
		}
		c.write(w)
	}
}

// OneLine returns an expression whose conditions are written without breaks.
func OneLine(e Expr) Expr { return oneLineExpr{e} }

type oneLineExpr struct{ of Expr }

func (o oneLineExpr) write(w *renderer) {
	was := w.oneLine
	w.oneLine = true
	o.of.write(w)
	w.oneLine = was
}

// Indent returns an expression that begins on a new line, indented by two spaces for each level.
func Indent(levels int, e Expr) Expr { return indented{levels, true, e} }

// Hang returns an expression whose lines but the first are indented by two spaces.
func Hang(e Expr) Expr { return indented{1, false, e} }

type indented struct {
	levels int
	broken bool // whether it begins on a new line
	of     Expr
}

func (i indented) write(w *renderer) {
	w.depth += i.levels
	if i.broken {
		w.text("\n")
	}
	i.of.write(w)
	w.depth -= i.levels
}

// At is the revision that is read, in statements of the past.
type At struct{}

func (At) write(w *renderer) { w.text(w.at) }

// renderer renders an expression.
type renderer struct {
	b       strings.Builder
	depth   int    // how many levels lines are indented
	oneLine bool   // whether conditions are written on one line
	at      string // the placeholder of the revision that is read
	past    *asOfRewriter
}

// text writes a text, its lines indented.
func (w *renderer) text(s string) {
	for w.depth > 0 {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			break
		}
		w.b.WriteString(s[:i+1])
		for range w.depth {
			w.b.WriteString("  ")
		}
		s = s[i+1:]
	}
	w.b.WriteString(s)
}

// Render writes a statement of now.
func Render(e Expr) string {
	w := renderer{at: ":at"}
	w.b.Grow(256)
	e.write(&w)
	return w.b.String()
}

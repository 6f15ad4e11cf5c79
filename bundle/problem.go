package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong in a bundle.
type Problem struct {
	// File is the path inside the bundle, with slashes.
	File string
	// Line and Column count from 1, columns in characters; both are 0 where the file or folder as a whole is meant.
	Line, Column int
	// Cell is, in a sheet, the letter and the name of the column; Line is the row then.
	Cell string
	// Message names the problem and a valid form.
	Message string
	// kind is what problems share that say the same of other places; most is how many of them are reported, maxOfKind where it is 0.
	kind string
	most int
	// origin is the row, line or element at fault; nil where a file as a whole is.
	origin *origin
}

// maxOfKind is how many problems of a kind are reported before they are only counted.
const maxOfKind = 20

// String gives "file:line:column: message", "file: row 2, column C (title): message" of a sheet, or "file: message"
// where there is no line.
func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return p.File + ": " + p.Message
	case p.Cell != "":
		return fmt.Sprintf("%s: row %d, column %s: %s", p.File, p.Line, p.Cell, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems are all that is wrong in a bundle, in the order of files, lines and columns.
type Problems []Problem //nolint:errname // they are problems, all at once

// Error gives a line for each problem: for the first 20 of a kind, after which it counts the others.
func (p Problems) Error() string {
	var lines []string
	told, last := map[string]int{}, map[string]Problem{}
	var cut []string // the kinds that are counted, in order
	for _, x := range p {
		kind := cmp.Or(x.kind, x.Message) + " " + x.Cell
		if told[kind]++; told[kind] <= cmp.Or(x.most, maxOfKind) {
			lines = append(lines, x.String())
			continue
		}
		if last[kind].Message == "" {
			cut = append(cut, kind)
		}
		last[kind] = x
	}
	for _, kind := range cut {
		x := last[kind]
		lines = append(lines, fmt.Sprintf("and %d more of this kind, the last of them: %s", told[kind]-cmp.Or(x.most, maxOfKind), x))
	}
	return strings.Join(lines, "\n")
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// position is a place in a file; the zero value is the file as a whole.
type position struct{ line, column int }

// addProblem adds a problem at a position of the file that is being read.
func (l *loader) addProblem(p position, format string, args ...any) {
	l.add(Problem{File: l.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), kind: format, origin: l.origin})
}

// fault notes an error at a place of the file that is being read; kind is what it is about.
func (l *loader) fault(p position, kind string, err error) {
	l.add(Problem{File: l.file, Line: p.line, Column: p.column, Message: err.Error(), kind: kind, origin: l.origin})
}

// once notes a problem that is reported for its first place only.
func (l *loader) once(p position, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	l.add(Problem{File: l.file, Line: p.line, Column: p.column, Message: message, kind: message, most: 1, origin: l.origin})
}

// add notes a problem.
func (l *loader) add(p Problem) {
	if p.origin != nil {
		p.origin.refused = true
	}
	l.problems = append(l.problems, p)
}

// fieldError adds a problem of a field of an item that was read before.
func (l *loader) fieldError(e *entry, field, format string, args ...any) {
	p := e.where(field)
	l.add(Problem{File: e.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), kind: format, origin: e.origin})
}

// short quotes text for a message, cut to a length that a line bears.
func short(text string) string {
	const most = 60
	if r := []rune(text[:min(len(text), 4*most)]); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}

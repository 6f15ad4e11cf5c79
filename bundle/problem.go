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
	// Message says what is wrong and what would be right.
	Message string
}

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

// Error gives a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.String()
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

// problem notes what is wrong at a place of the file that is being read.
func (l *loader) problem(p position, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: l.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...)})
}

// wrong notes what is wrong with a field of an item that was read before.
func (l *loader) wrong(e *entry, field, format string, args ...any) {
	p := e.where(field)
	l.problems = append(l.problems, Problem{File: e.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...)})
}

// short quotes text for a message, cut to a length that a line bears.
func short(text string) string {
	const most = 60
	if r := []rune(text[:min(len(text), 4*most)]); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}

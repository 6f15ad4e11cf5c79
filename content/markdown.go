package content

import (
	"fmt"
	"strings"
)

// Bounds of Markdown. Rendering takes time that grows with the square of the nesting of a line and of the brackets and
// emphasis marks of a block; within these bounds 100,000 characters render in a fraction of a second.
const (
	maxNesting  = 20  // quotations and lists within each other
	maxIndent   = 100 // columns before the first character of a line
	maxBrackets = 500 // opening brackets between two blank lines
	maxEmphasis = 500 // runs of * and _ between two blank lines
)

// checkMarkdown returns an error for a text that is costly to render, with the line at fault, or nil.
func checkMarkdown(f *Field, text string) *Error {
	if problem := CostlyMarkdown(text); problem != "" {
		return Errorf(BadUserInput, "%s: %s", f.Name, problem)
	}
	return nil
}

// CostlyMarkdown returns why a text takes longer to render than its length explains, with the line at fault. It is empty for
// the texts that the record takes; older versions took others.
func CostlyMarkdown(text string) string {
	brackets, emphasis, number := 0, 0, 0
	for line := range strings.Lines(text) {
		number++
		if strings.TrimSpace(line) == "" {
			brackets, emphasis = 0, 0
			continue
		}
		nesting, indent := containers(line)
		marks := unescaped(line)
		brackets += strings.Count(marks, "[")
		emphasis += runs(marks)
		switch {
		case nesting > maxNesting:
			return fmt.Sprintf("line %d has %d quotations and lists within each other, at most %d are allowed: remove markers such as > and -", number, nesting, maxNesting)
		case indent > maxIndent:
			return fmt.Sprintf("line %d is indented by %d columns, at most %d are allowed", number, indent, maxIndent)
		case brackets > maxBrackets:
			return fmt.Sprintf("line %d has the %dth opening bracket since the last blank line, at most %d are allowed: separate the text with blank lines", number, brackets, maxBrackets)
		case emphasis > maxEmphasis:
			return fmt.Sprintf("line %d has the %dth run of * or _ since the last blank line, at most %d are allowed: separate the text with blank lines", number, emphasis, maxEmphasis)
		}
	}
	return ""
}

// containers counts the markers of quotations and list items that a line begins with, and the columns of space before
// and between them.
func containers(line string) (nesting, indent int) {
	digits := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == ' ':
			indent++
		case c == '\t':
			indent += 4
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == '>', (c == '.' || c == ')') && digits > 0 && spaced(line, i), (c == '-' || c == '+' || c == '*') && digits == 0 && spaced(line, i):
			nesting++
		default:
			return nesting, indent
		}
		digits = 0
	}
	return nesting, indent
}

// spaced reports whether the character at i ends its line or is followed by a space, as the marker of a list item is.
func spaced(line string, i int) bool {
	return i+1 == len(line) || strings.IndexByte(" \t\r\n", line[i+1]) >= 0
}

// runs counts the runs of equal emphasis marks in a line.
func runs(line string) int {
	n := 0
	for i := range len(line) {
		if c := line[i]; (c == '*' || c == '_') && (i == 0 || line[i-1] != c) {
			n++
		}
	}
	return n
}

// unescaped returns a line with a space in the place of each character that a backslash takes the meaning from.
func unescaped(line string) string {
	if !strings.Contains(line, "\\") {
		return line
	}
	b := []byte(line)
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '\\' {
			b[i], b[i+1] = ' ', ' '
			i++
		}
	}
	return string(b)
}

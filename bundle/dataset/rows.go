package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"parley/bundle"
	"parley/content"
)

// maxTable is the greatest size of a data set's file, in bytes.
const maxTable = 64 << 20

// rows are those of a CSV file, whose columns are found by name.
type rows struct {
	columns map[string]int
	list    [][]string
}

// row is one of them.
type row struct {
	columns map[string]int
	cells   []string
}

// newRows reads a whole file.
func newRows(file io.Reader) (*rows, error) {
	limited := &io.LimitedReader{R: file, N: maxTable + 1}
	r, err := bundle.NewTable(limited)
	if err != nil {
		return nil, err
	}
	list, err := r.ReadAll()
	if limited.N <= 0 {
		return nil, fmt.Errorf("it is larger than %d MiB, and no known version of it is that large", maxTable>>20)
	}
	if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, fmt.Errorf("line %d, column %d: it is damaged or cut off: %w", syntax.Line, syntax.Column, syntax.Err)
	}
	if err != nil {
		return nil, err
	}
	if len(list) < 2 {
		return nil, errors.New("there are no rows in it")
	}
	t := &rows{columns: map[string]int{}, list: list[1:]}
	for i, name := range list[0] {
		t.columns[strings.TrimSpace(name)] = i
	}
	for i, cells := range list {
		for j, c := range cells {
			if !utf8.ValidString(c) {
				return nil, fmt.Errorf("row %d, column %s: this is not UTF-8: save the file as CSV in UTF-8", i+1, list[0][j])
			}
		}
	}
	return t, nil
}

// need is an error where columns are missing.
func (t *rows) need(names ...string) error {
	var missing []string
	for _, name := range names {
		if _, ok := t.columns[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("it is another file, or another version: it has no column %s", strings.Join(missing, ", "))
	}
	return nil
}

func (t *rows) all() []row {
	all := make([]row, len(t.list))
	for i, cells := range t.list {
		all[i] = row{t.columns, cells}
	}
	return all
}

// get is the composed text of a cell, without space around it; empty where there is no such column.
func (r row) get(name string) string {
	i, ok := r.columns[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(content.Cleaned(content.Composed(strings.ReplaceAll(r.cells[i], "\r\n", "\n"))))
}

// line is the text of a cell as one line.
func (r row) line(name string) string { return oneLine(r.get(name)) }

// known is the text of a code, or nothing where it says that it is not known.
func (r row) known(name string) string {
	text := r.get(name)
	switch text {
	case "-1", "0", "-99":
		return ""
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// short cuts a text to so many characters.
func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most-3])) + "..."
	}
	return text
}

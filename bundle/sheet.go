package bundle

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/content"
)

// sheet reads the rows of a CSV file, whose first row names the fields.
func (l *loader) sheet(t *content.Type, r io.Reader) error {
	b := &budget{Reader: r, left: maxFile}
	rows, err := NewTable(b)
	switch {
	case errors.Is(err, ErrUTF16):
		l.addProblem(position{1, 1}, "%s", err)
		return nil
	case err != nil:
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	var columns []column
	var given content.Given
	for row := 1; !l.stopped; row++ {
		b.left = maxFile
		cells, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF):
			if row == 1 {
				l.addProblem(position{1, 1}, "the sheet is empty: its first row names the fields")
			}
			return nil
		case err != nil:
			l.badRow(row, err)
			return nil
		case row == 1:
			if columns = l.header(t, cells); columns == nil {
				return nil
			}
			if !l.clearAbsent {
				given = givenBy(columns)
			}
		default:
			l.given = given
			l.row(t, row, columns, cells)
			l.given = nil
		}
	}
	return nil
}

// badRow notes why the rest of a sheet cannot be read.
func (l *loader) badRow(row int, err error) {
	p := position{row, 1}
	syntax, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case errors.Is(err, errTooLong):
		l.addProblem(p, "the row is longer than %d MiB: perhaps a quote is not closed", maxFile>>20)
	case ok && errors.Is(syntax.Err, csv.ErrQuote):
		l.addProblem(p, "a quote is not closed, or not doubled inside a cell (line %d of the file)", syntax.Line)
	case ok:
		l.addProblem(p, "this is not valid CSV: put a cell that contains quotes between quotes, and double the quotes in it (line %d of the file)", syntax.Line)
	default:
		l.addProblem(p, "the rest cannot be read: %s", err)
	}
}

// column is a column of a sheet.
type column struct {
	field content.Field
	key   *node
	// passedOver reports that the column holds the problems of the rows, and is not read.
	passedOver bool
}

// header reads the first row. It is nil where a column is wrong or missing.
func (l *loader) header(t *content.Type, cells []string) []column {
	fields := fieldsOf(t)
	names := make([]string, len(cells))
	columns := make([]column, len(cells))
	for i, c := range cells {
		names[i] = strings.TrimSpace(c)
	}
	l.headers[l.file] = names
	if flatHeader(names) {
		l.addProblem(position{1, 1}, "this is a flat sheet, which parley export --flat writes for analysis: import a sheet that was exported without --flat")
		return nil
	}
	bad := len(l.problems)
	taken := map[string]string{} // the columns by the fields that they say
	for i, name := range names {
		p := position{1, i + 1}
		at := columnField(t, fields, name)
		switch {
		case name == "":
		case name == problemsKey:
			columns[i].passedOver = true
		case !utf8.ValidString(name):
			l.addProblem(p, "this is not UTF-8: save the file as CSV in UTF-8")
		case at < 0:
			l.addProblem(p, "%s have no field %s%s", t.Plural, short(name), suggest(name, fieldNames(fields)))
		case taken[fields[at].Name] == name:
			l.addProblem(p, "the column %s occurs twice", name)
		case taken[fields[at].Name] != "":
			l.addProblem(p, "the columns %s and %s both set %s", taken[fields[at].Name], name, fields[at].Name)
		default:
			columns[i] = column{field: fields[at], key: &node{kind: scalar, text: fields[at].Name}}
			taken[fields[at].Name] = name
		}
	}
	for _, name := range required(t) {
		if taken[name] == "" && (l.clearAbsent || !l.hasAny(t)) {
			l.addProblem(position{1, 1}, "the column %s is missing", name)
		}
	}
	if len(l.problems) > bad {
		return nil
	}
	return columns
}

// hasAny reports whether the record has items of a type.
func (l *loader) hasAny(t *content.Type) bool {
	return slices.ContainsFunc(views(t), func(t *content.Type) bool { return len(l.recorded(t)) > 0 })
}

// givenBy names the fields that columns say.
func givenBy(columns []column) content.Given {
	given := content.Given{}
	for _, c := range columns {
		if c.key != nil {
			given[c.key.text] = true
		}
	}
	return given
}

// row reads the item of a row. Cells that are missing at its end are empty: spreadsheets cut them off.
func (l *loader) row(t *content.Type, row int, columns []column, cells []string) {
	l.begin(origin{line: row, columns: l.headers[l.file], cells: slices.Clone(cells)})
	defer func() { l.origin = nil }()
	bad := len(l.problems)
	item := &node{kind: mapping, pos: position{row, 1}, of: make([]*node, 0, 2*len(cells))}
	empty := true
	for i, text := range cells {
		p := position{row, i + 1}
		text = unescapeFormula(strings.TrimSpace(text))
		switch {
		case text == "":
			continue
		case i >= len(columns):
			l.addProblem(p, "the row has %d cells, the first row has %d", len(cells), len(columns))
			return
		case !utf8.ValidString(text):
			l.addProblem(p, "this is not UTF-8: save the file as CSV in UTF-8")
		case i < len(columns) && columns[i].passedOver:
			continue
		case columns[i].key == nil:
			l.once(p, "the column has no name, but this row has a value in it")
		default:
			item.of = append(item.of, columns[i].key, l.cell(&columns[i].field, p, strings.ReplaceAll(text, "\r\n", "\n")))
		}
		empty = false
	}
	if empty || len(l.problems) > bad {
		return
	}
	l.values = 0
	l.item(t, item, "")
}

// cell makes a node of what a cell says of a field: lists have ; between their elements, or are JSON.
func (l *loader) cell(f *content.Field, p position, text string) *node {
	switch f.Kind {
	case content.Date:
		if strings.HasPrefix(text, "{") {
			return l.jsonCell(p, text)
		}
		edtf, words, ok := strings.Cut(text, " (")
		if words, closed := strings.CutSuffix(words, ")"); ok && closed {
			return pairs(p, "edtf", edtf, "verbatim", words)
		}
	case content.Place:
		if strings.HasPrefix(text, "{") {
			return l.jsonCell(p, text)
		}
		return pairs(p, "name", text)
	case content.RefList, content.StringList, content.JSONList, content.ChildRows:
		if strings.HasPrefix(text, "[") {
			return l.jsonCell(p, text)
		}
		return elementsOf(f, p, text)
	case content.Bool:
		text = strings.ToLower(text)
	default:
	}
	return &node{kind: scalar, pos: p, text: text}
}

// elementsOf are the elements of a list that a cell names by one word each: single values, where the list is of those,
// the item that each is about ("herald; wire"), or an external id ("wikidata:Q1").
func elementsOf(f *content.Field, p position, text string) *node {
	elements := &node{kind: list, pos: p}
	about := principal(f)
	for word := range strings.SplitSeq(text, ";") {
		word = strings.TrimSpace(word)
		switch {
		case word == "":
		case f.Kind == content.RefList || f.Kind == content.StringList:
			elements.of = append(elements.of, &node{kind: scalar, pos: p, text: word})
		case about != "":
			elements.of = append(elements.of, pairs(p, about, word))
		default:
			if id, ok := identifierCell(f, p, word); ok {
				elements.of = append(elements.of, id)
				continue
			}
			return &node{kind: broken, pos: p, text: fmt.Sprintf("%s is a list in JSON, such as [{\"%s\": ...}], not %s", f.Name, f.Fields[0].Name, short(text))}
		}
	}
	return elements
}

// principal returns the field that says what an element of a list is about, where there is one.
func principal(f *content.Field) string {
	for _, g := range f.Fields {
		if g.Kind == content.SingleRef && f.Name != "provisions" {
			return g.Name
		}
	}
	return ""
}

// pairs makes a mapping of texts.
func pairs(p position, texts ...string) *node {
	m := &node{kind: mapping, pos: p}
	for _, text := range texts {
		m.of = append(m.of, &node{kind: scalar, pos: p, text: text})
	}
	return m
}

// jsonCell reads JSON inside a cell; all of it has the position of the cell.
func (l *loader) jsonCell(p position, text string) *node {
	n, fault := parseJSON([]byte(text), func(int64) position { return p })
	if fault != nil {
		return &node{kind: broken, pos: p, text: "this is no JSON: " + fault.text}
	}
	return n
}

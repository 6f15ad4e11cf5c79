package bundle

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"parley/content"
)

// problemsKey is the column, and the key, in which files of refused rows have their problems. Reading ignores it.
const problemsKey = "problems"

// origin is a row of a sheet, or a line of JSON Lines, that an item is read from.
type origin struct {
	file    string
	line    int
	columns []string
	cells   []string
	text    []byte
	refused bool
}

// begin notes the row or line that is read from now on, where refused ones are to be skipped.
func (l *loader) begin(o origin) {
	if l.refusing {
		o.file = l.file
		l.origin = &o
	}
}

// Refusal is a row of a sheet, or a line of JSON Lines, that is not taken in.
type Refusal struct {
	// File is its path, Line the number of the row or line, from 1.
	File string
	Line int
	// Columns are the first row of its sheet, Cells the row itself; nil for JSON Lines.
	Columns, Cells []string
	// Text is the line itself; nil for sheets.
	Text []byte
	// Reasons are its problems. They begin with the column where one is at fault.
	Reasons []string
	// Depends reports that its only problem is that it refers to refused items, which the reasons name.
	Depends bool
}

// refuse removes the refused items, and the items that depend on them, from the entries, and returns the rows and lines of all.
// It is not ok where a problem concerns a file as a whole.
func (l *loader) refuse() (list []Refusal, ok bool) {
	reasons := map[*origin][]string{}
	for _, p := range l.problems {
		if p.origin == nil {
			return nil, false
		}
		reason := p.Message
		if p.Cell != "" {
			reason = "column " + p.Cell + ": " + reason
		}
		reasons[p.origin] = append(reasons[p.origin], reason)
	}
	wrong := maps.Clone(reasons)
	for l.refuseDependent(reasons) { // until nothing depends on what is refused
	}
	l.entries = slices.DeleteFunc(l.entries, func(e *entry) bool { return e.isRefused() })
	for o, why := range reasons {
		list = append(list, Refusal{File: o.file, Line: o.line, Columns: o.columns, Cells: o.cells, Text: o.text, Reasons: why, Depends: wrong[o] == nil})
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return list, true
}

// isRefused reports whether the row or line of the entry is refused.
func (e *entry) isRefused() bool { return e.origin != nil && e.origin.refused }

// refuseDependent refuses the entries that lead to a refused one which the record does not have, and reports whether there
// were any.
func (l *loader) refuseDependent(reasons map[*origin][]string) bool {
	found := false
	for _, e := range l.entries {
		if e.isRefused() || e.origin == nil {
			continue
		}
		for _, ref := range refsIn(e.Values) {
			to := l.known[ref]
			if to == nil || !to.isRefused() {
				continue
			}
			if _, there := l.holderOf(to.Type, to.Key); there {
				continue
			}
			reason := fmt.Sprintf("it depends on %s, which is refused (%s, %s %d)", to.name(), to.file, l.unit(to.file), to.origin.line)
			if !slices.Contains(reasons[e.origin], reason) {
				reasons[e.origin] = append(reasons[e.origin], reason)
			}
			found = true
		}
	}
	for o := range reasons {
		o.refused = true
	}
	return found
}

// refsIn are all items that values lead to.
func refsIn(values map[string]any) []content.Ref {
	var refs []content.Ref
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch v := values[name].(type) {
		case content.Ref:
			refs = append(refs, v)
		case []content.Ref:
			refs = append(refs, v...)
		case []map[string]any:
			for _, element := range v {
				refs = append(refs, refsIn(element)...)
			}
		}
	}
	return refs
}

// WriteRefused writes refused rows of one sheet as a sheet with the same columns, or refused lines as JSON Lines, with the
// reasons under "problems", which reading ignores: the file can be mended and imported.
func WriteRefused(w io.Writer, list []Refusal) error {
	if list[0].Cells == nil {
		return writeRefusedLines(w, list)
	}
	rows := csv.NewWriter(w)
	err := rows.Write(append(slices.Clone(list[0].Columns), problemsKey))
	for _, r := range list {
		if err != nil {
			break
		}
		cells := make([]string, len(r.Columns))
		copy(cells, r.Cells)
		err = rows.Write(append(cells, escapeFormula(strings.Join(r.Reasons, "\n"))))
	}
	rows.Flush()
	if err == nil {
		err = rows.Error()
	}
	if err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	return nil
}

// writeRefusedLines adds the reasons to objects as their last key; of a line that is not one they are the key of the line.
func writeRefusedLines(w io.Writer, list []Refusal) error {
	for _, r := range list {
		e := &encoder{}
		text := bytes.TrimSpace(r.Text)
		n, fault := parseJSON(text, func(int64) position { return position{} })
		if fault == nil && n != nil && n.kind == mapping {
			e.Write(bytes.TrimSpace(bytes.TrimSuffix(text, []byte("}"))))
		} else {
			e.WriteString(`{"line":`)
			e.text(strings.ToValidUTF8(string(text), "\ufffd"))
		}
		e.key(problemsKey)
		writeList(e, r.Reasons, e.text)
		e.WriteString("}\n")
		if _, err := w.Write(e.Bytes()); err != nil {
			return fmt.Errorf("write refused lines: %w", err)
		}
	}
	return nil
}

package bundle

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"parley/content"
)

// WriteSheet writes the items of a type at a revision as CSV, in UTF-8, with a column for each field: what [Read] reads. An apostrophe
// precedes cells that a spreadsheet would take for formulas.
// The same record is the same bytes.
func WriteSheet(ctx context.Context, w io.Writer, from Contents, at content.Revision, t *content.Type, each func()) error {
	names, err := slugNames(ctx, from, at)
	if err != nil {
		return err
	}
	s := &sheetWriter{encoder: &encoder{slugs: names}, rows: csv.NewWriter(w)}
	fields := writtenFields(t)
	header := fieldNames(fields)
	if err := s.rows.Write(header); err != nil {
		return fmt.Errorf("write the sheet: %w", err)
	}
	err = from.Items(ctx, at, t, func(item content.Item) error {
		if each != nil {
			each()
		}
		if err := s.rows.Write(s.row(fields, item)); err != nil {
			return err
		}
		return s.err
	})
	s.rows.Flush()
	if err == nil {
		err = s.rows.Error()
	}
	if err != nil {
		return fmt.Errorf("write the sheet of %s: %w", t.Plural, err)
	}
	return nil
}

// WriteLines writes all items at a revision as JSON Lines: one on each line, with its type. Each comes after those that
// it refers to as far as types determine that, and events come last.
func WriteLines(ctx context.Context, w io.Writer, from Contents, at content.Revision, each func()) error {
	names, err := slugNames(ctx, from, at)
	if err != nil {
		return err
	}
	e := &encoder{slugs: names}
	types := slices.Clone(content.Types())
	slices.SortStableFunc(types, func(a, b *content.Type) int {
		switch {
		case streams(a) == streams(b):
			return 0
		case streams(a):
			return 1
		default:
			return -1
		}
	})
	for _, t := range types {
		err := from.Items(ctx, at, t, func(item content.Item) error {
			if each != nil {
				each()
			}
			if err := e.line(item); err != nil {
				return fmt.Errorf("write %s: %w", refName(t.Name, string(item.Slug)), err)
			}
			_, err := w.Write(e.Bytes())
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sheetWriter writes the cells of items.
type sheetWriter struct {
	*encoder
	rows *csv.Writer
}

// row are the cells of an item, one for each of the fields.
func (s *sheetWriter) row(fields []content.Field, item content.Item) []string {
	own := map[string]string{}
	for _, p := range ownKeys(item) {
		own[p[0]] = p[1]
	}
	cells := make([]string, len(fields))
	for i := range fields {
		f := &fields[i]
		if text, ok := own[f.Name]; ok {
			cells[i] = text
		} else if v := content.Normal(f, item.Values[f.Name]); v != nil && i >= len(itemFields()) {
			cells[i] = s.cell(f, v)
		}
		cells[i] = escapeFormula(cells[i])
	}
	return cells
}

// cell writes a value: lists with ; between their elements where each is one word, else as JSON.
func (s *sheetWriter) cell(f *content.Field, v any) string {
	var words []string
	switch v := v.(type) {
	case string:
		return v
	case content.FuzzyDate:
		if v.Verbatim() == "" {
			return v.EDTF()
		}
		if v.VerbatimLocale() == "" {
			return v.EDTF() + " (" + v.Verbatim() + ")"
		}
	case content.Ref:
		return s.ref(f, v)
	case []content.Ref:
		for _, ref := range v {
			words = append(words, s.ref(f, ref))
		}
	case []string:
		words = v
	case []map[string]any:
		words = s.elementWords(f, v)
	case map[string]any:
		if name, ok := v["name"].(string); ok && len(v) == 1 && !strings.HasPrefix(name, "{") {
			return name
		}
	default:
		return fmt.Sprint(v)
	}
	if len(words) > 0 && !strings.HasPrefix(words[0], "[") && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, ";") }) {
		return strings.Join(words, ";")
	}
	s.Reset()
	s.value(f, v)
	return s.String()
}

// elementWords are the words that name the elements of a list, where they say all of them.
func (s *sheetWriter) elementWords(f *content.Field, list []map[string]any) []string {
	about := principal(f)
	var words []string
	for _, element := range list {
		said := 0
		for i := range f.Fields {
			g := &f.Fields[i]
			if v := content.Normal(g, element[g.Name]); v != nil && (g.Kind != content.Enum || v != defaultOf(g)) {
				said++
			}
		}
		ref, isRef := element[about].(content.Ref)
		word, whole := identifierWord(element)
		switch {
		case isRef && said == 1:
			words = append(words, s.ref(f.Field(about), ref))
		case f.Name == "externalIds" && whole:
			words = append(words, word)
		default:
			return nil
		}
	}
	return words
}

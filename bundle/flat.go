package bundle

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/content"
)

// Flat writes sheets for analysis, which are not read back: names are beside slugs, the bounds of dates beside dates, and the
// parts of places in columns of their own. Lists of several fields have sheets of their own, a row for each element.
type Flat struct {
	ctx   context.Context //nolint:containedctx // of one export
	from  Contents
	at    content.Revision
	each  func()
	slugs func(content.Ref) (content.Slug, error)
	// names are what the items of the types are called that references lead to.
	names map[content.Ref]string
	err   error
}

// NewFlat prepares flat sheets of a record at a revision; each is called for every item that is written.
func NewFlat(ctx context.Context, from Contents, at content.Revision, each func()) (*Flat, error) {
	slugs, err := slugNames(ctx, from, at)
	if err != nil {
		return nil, err
	}
	f := &Flat{ctx: ctx, from: from, at: at, each: each, slugs: slugs, names: map[content.Ref]string{}}
	for _, t := range content.Types() {
		if !referred(t) {
			continue
		}
		err := from.Items(ctx, at, t, func(item content.Item) error {
			f.names[content.Ref{Type: t.Name, Key: item.Key}] = calledBy(item)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// calledBy is the title or the name of an item; the holder of a position.
func calledBy(item content.Item) string {
	for _, name := range []string{"title", "name", "holder"} {
		if text, ok := item.Values[name].(string); ok {
			return text
		}
	}
	return string(item.Slug)
}

// Lists are the fields of a type that have a sheet of their own beside the flat sheet of the type, named after both:
// "talks_participations.csv".
func Lists(t *content.Type) []*content.Field {
	var lists []*content.Field
	for i := range t.Fields {
		if f := &t.Fields[i]; (f.Kind == content.JSONList || f.Kind == content.ChildRows) && f.Name != "translations" && f.Name != "externalIds" {
			lists = append(lists, f)
		}
	}
	return lists
}

// Items writes the items of a type, a row for each.
func (f *Flat) Items(w io.Writer, t *content.Type) error {
	header := []string{"slug", "id", "revision", "pubStatus", "embargoedUntil"}
	for i := range t.Fields {
		header = append(header, flatColumns(&t.Fields[i])...)
	}
	return f.write(w, t, header, func(item content.Item) [][]string {
		own := map[string]string{"pubStatus": string(content.PubUsable), "id": string(content.NewID(t.Name, item.Key))}
		for _, p := range ownKeys(item) {
			own[p[0]] = p[1]
		}
		var row []string
		for _, name := range header[:5] {
			row = append(row, own[name])
		}
		for i := range t.Fields {
			row = append(row, f.cells(&t.Fields[i], item.Values[t.Fields[i].Name])...)
		}
		return [][]string{row}
	})
}

// List writes the elements of a list of the items of a type, a row for each, with its item and its place in the list.
func (f *Flat) List(w io.Writer, t *content.Type, list *content.Field) error {
	owner := strings.ToLower(t.Name)
	header := []string{owner, owner + "_name", "position"}
	for i := range list.Fields {
		header = append(header, flatColumns(&list.Fields[i])...)
	}
	return f.write(w, t, header, func(item content.Item) [][]string {
		elements, _ := item.Values[list.Name].([]map[string]any)
		var rows [][]string
		for i, element := range elements {
			row := []string{string(item.Slug), escapeFormula(calledBy(item)), strconv.Itoa(i + 1)}
			for j := range list.Fields {
				row = append(row, f.cells(&list.Fields[j], element[list.Fields[j].Name])...)
			}
			rows = append(rows, row)
		}
		return rows
	})
}

// write writes a sheet: one byte order mark, by which spreadsheets know UTF-8, a header, and the rows of each item.
func (f *Flat) write(w io.Writer, t *content.Type, header []string, rowsOf func(content.Item) [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the sheet of %s: %w", t.Plural, err)
	}
	rows := csv.NewWriter(w)
	err := rows.Write(header)
	if err == nil {
		err = f.from.Items(f.ctx, f.at, t, func(item content.Item) error {
			if f.each != nil {
				f.each()
			}
			for _, row := range rowsOf(item) {
				if err := rows.Write(row); err != nil {
					return err
				}
			}
			return f.err
		})
	}
	rows.Flush()
	if err == nil {
		err = rows.Error()
	}
	if err != nil {
		return fmt.Errorf("write the sheet of %s: %w", t.Plural, err)
	}
	return nil
}

// flatColumns are the columns of a field.
func flatColumns(f *content.Field) []string {
	var with []string
	switch f.Kind {
	case content.Date:
		with = []string{"_earliest", "_latest", "_verbatim"}
	case content.Place:
		with = []string{"_country", "_latitude", "_longitude"}
	case content.SingleRef, content.RefList:
		with = []string{"_name"}
	case content.JSONList, content.ChildRows:
		with = []string{"_count"}
		if principal(f) != "" {
			with = []string{"_name", "_count"}
		}
	default:
	}
	columns := []string{f.Name}
	for _, end := range with {
		columns = append(columns, f.Name+end)
	}
	return columns
}

// cells are the cells of a field, one for each of its columns. Numbers stay numbers, and texts are no formulas.
func (f *Flat) cells(field *content.Field, v any) []string {
	cells := make([]string, len(flatColumns(field)))
	switch v := content.Normal(field, v).(type) {
	case nil:
	case string:
		cells[0] = v
	case content.FuzzyDate:
		copy(cells, []string{v.EDTF(), day(v.Earliest()), day(v.Latest()), v.Verbatim()})
	case content.Ref:
		copy(cells, f.named(field, []content.Ref{v}))
	case []content.Ref:
		copy(cells, f.named(field, v))
	case []string:
		cells[0] = strings.Join(v, "; ")
	case []map[string]any:
		copy(cells, f.elements(field, v))
		cells[len(cells)-1] = strconv.Itoa(len(v))
		return cells
	case map[string]any:
		return placeCells(v)
	default:
		return []string{fmt.Sprint(v)}
	}
	for i := range cells {
		cells[i] = escapeFormula(cells[i])
	}
	return cells
}

// day is the day of an instant; empty where it is not known.
func day(t time.Time, ok bool) string {
	if !ok {
		return ""
	}
	return t.Format(time.DateOnly)
}

// named are the slugs that references lead to, and the names.
func (f *Flat) named(field *content.Field, refs []content.Ref) []string {
	slugs, names := make([]string, len(refs)), make([]string, len(refs))
	for i, ref := range refs {
		slug, err := f.slugs(ref)
		if err != nil && f.err == nil {
			f.err = err
		}
		slugs[i], names[i] = string(slug), f.names[ref]
		if len(field.To) > 1 {
			slugs[i] = refName(ref.Type, slugs[i])
		}
	}
	return []string{escapeFormula(strings.Join(slugs, "; ")), escapeFormula(strings.Join(names, "; "))}
}

// elements are what the elements of a list are about: items with their names, languages, or identifiers.
func (f *Flat) elements(field *content.Field, list []map[string]any) []string {
	if about := principal(field); about != "" {
		var refs []content.Ref
		for _, element := range list {
			if ref, ok := element[about].(content.Ref); ok {
				refs = append(refs, ref)
			}
		}
		return f.named(field.Field(about), refs)
	}
	var words []string
	for _, element := range list {
		for _, name := range []string{"locale", "scheme", "title", "question"} {
			if text, ok := element[name].(string); ok {
				if value, ok := element["value"].(string); ok {
					text += ":" + value
				}
				words = append(words, text)
				break
			}
		}
	}
	return []string{escapeFormula(strings.Join(words, "; "))}
}

// placeCells are the parts of a place.
func placeCells(place map[string]any) []string {
	parts := placeParts()
	cells := make([]string, len(parts))
	for i, name := range parts {
		switch v := place[name].(type) {
		case string:
			cells[i] = escapeFormula(v)
		case float64:
			cells[i] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return cells
}

// flatHeader reports whether columns are those of a flat sheet, which is not read.
func flatHeader(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc([]string{"_name", "_earliest", "_latest", "_count"}, func(end string) bool { return strings.HasSuffix(name, end) })
	})
}

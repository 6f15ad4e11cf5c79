package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// rowReader reads the rows of the statement of a query.
type rowReader struct {
	*sqlgen.Query
	values slab
	keys   []packedKeys // of inlined lists on covering rows
}

// newRowReader returns the query of a selection, with what reads its rows.
func newRowReader(sel *content.Selection, view content.View) (*rowReader, error) {
	q, err := sqlgen.NewQuery(sel, view)
	return &rowReader{Query: q}, err
}

// facts are the columns of a row about its list.
type facts struct {
	parent  content.Key
	total   int
	before  bool
	facets  []string
	present bool // whether there is a row, or the facts alone
}

// scan reads a row: the facts of its list, its key, its order keys and its fields.
func (q *rowReader) scan(found *row) (content.Row, facts, error) {
	var f facts
	raw := found.columns
	next := func() driver.Value {
		v := raw[0]
		raw = raw[1:]
		return v
	}
	if q.Nested {
		n, _ := next().(int64)
		f.parent = content.Key(n)
	}
	if q.Sel.Total {
		n, _ := next().(int64)
		f.total = int(n)
	}
	for range q.Sel.Facets {
		text, _ := next().(string)
		f.facets = append(f.facets, text)
	}
	if q.ShowsPreceding {
		f.before = next() == int64(1)
	}
	if !q.Sel.Rows {
		return content.Row{}, f, nil
	}
	if q.Covered != nil {
		if f.present = q.Direct || raw[len(raw)-1] != nil; !f.present {
			return content.Row{}, f, nil
		}
		row, err := q.readCoveringRow(raw)
		return row, f, err
	}
	var id int64
	if id, f.present = next().(int64); !f.present {
		return content.Row{}, f, nil
	}
	var order []any
	if q.Sel.Cursors {
		for range q.Order.Keys[1:] {
			order = append(order, next())
		}
		order = append(order, id)
	}
	row, err := q.row(content.Key(id), raw)
	row.Order = order
	return row, f, err
}

// row turns the columns of a row into the values of its fields.
func (q *rowReader) row(key content.Key, raw []driver.Value) (content.Row, error) {
	row := content.Row{Key: key, Values: q.values.take(len(q.Fields))}
	var columns [4]any
	for i, f := range q.Fields {
		switch {
		case f.Plain:
			row.Values[i] = raw[0]
		case raw[0] != nil:
			for j, v := range raw[:f.Width] {
				columns[j] = v
			}
			v, err := value(q.Sel.Type, f.Name, columns[:f.Width])
			if err != nil {
				return row, fmt.Errorf("read %s.%s: %w", q.Sel.Type.Name, f.Name, err)
			}
			row.Values[i] = v
		}
		raw = raw[f.Width:]
	}
	if q.Localized {
		return row, q.translate(row, raw)
	}
	return row, nil
}

// slab gives out short slices of one long one, but for the first, which is often the only one.
type slab struct {
	rest  []any
	taken bool
}

func (s *slab) take(n int) []any {
	if !s.taken {
		s.taken = true
		return make([]any, n)
	}
	if len(s.rest) < n {
		s.rest = make([]any, 64*n)
	}
	part := s.rest[:n:n]
	s.rest = s.rest[n:]
	return part
}

// value turns the columns of a field into the value that the content model gives it; nil where there is none.
func value(t *content.Type, name string, raw []any) (any, error) {
	if len(raw) == 0 || raw[0] == nil {
		return nil, nil //nolint:nilnil // nil is the value
	}
	switch name {
	case "createdAt", "updatedAt":
		ms, _ := raw[0].(int64)
		return time.UnixMilli(ms).UTC(), nil
	case "process", "parent", "talk":
		return ref("Talk", raw[0]), nil
	case "asMediator":
		return ref("Mediator", raw[0]), nil
	case "asParty":
		return ref("Party", raw[0]), nil
	case "supersededBy":
		return ref("Position", raw[0]), nil
	}
	f := t.Field(name)
	if f == nil {
		if name == "agreement" {
			return ref("Agreement", raw[0]), nil
		}
		return raw[0], nil
	}
	text, _ := raw[0].(string)
	switch f.Kind {
	case content.Date:
		if words, ok := raw[1].(string); ok {
			d, err := content.ParseEDTF(text)
			return withVerbatim(d, words), err
		}
		return parsedDate([]byte(text))
	case content.Bool:
		return raw[0] == int64(1), nil
	case content.SingleRef:
		if len(f.To) > 1 {
			kind, _ := raw[1].(string)
			return ref(kind, raw[0]), nil
		}
		return ref(f.To[0], raw[0]), nil
	case content.StringList:
		var list []string
		err := json.Unmarshal([]byte(text), &list)
		return list, err
	case content.Place:
		return decodePlace(f, []byte(text))
	case content.JSONList:
		return decodeValues(f.Fields, []byte(text))
	default:
		return raw[0], nil
	}
}

func ref(kind string, key any) content.Ref {
	n, _ := key.(int64)
	return content.Ref{Type: kind, Key: content.Key(n)}
}

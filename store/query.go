package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/content"
)

// query writes the statement of one selection and reads its rows.
type query struct {
	sel     *content.Selection
	view    content.View
	columns []string
}

func newQuery(sel *content.Selection, view content.View) *query {
	q := &query{sel: sel, view: view}
	for _, f := range sel.Fields {
		q.columns = append(q.columns, columns(sel.Type, f)...)
	}
	return q
}

// list is the selected columns; a statement needs at least one.
func (q *query) list() string {
	if len(q.columns) == 0 {
		return "1"
	}
	return strings.Join(q.columns, ", ")
}

// page writes the statement that reads a page for each of the parents in $1.
func (q *query) page(rel relation, args []any) (string, []any) {
	from := source(q.sel.Type)
	conditions := where(rel.where, visible(q.sel.Type, q.view))
	total, before := "NULL", "NULL"
	if q.sel.Total {
		total = "(SELECT COUNT(*) FROM " + from + "\n    WHERE " + conditions + ")"
	}
	p := q.sel.Page
	direction, limit := " ASC", ""
	if p.Backward {
		direction = " DESC"
	}
	keyset, args := bound(rel.order, p.After, ">", args)
	upper, args := bound(rel.order, p.Before, "<", args)
	if q.sel.Before {
		if c, more := bound(rel.order, p.After, "<=", args); c != "" && !p.Backward {
			before, args = "EXISTS (SELECT 1 FROM "+from+"\n    WHERE "+where(conditions, c)+")", more
		} else if c, more := bound(rel.order, p.Before, ">=", args); c != "" && p.Backward {
			before, args = "EXISTS (SELECT 1 FROM "+from+"\n    WHERE "+where(conditions, c)+")", more
		}
	}
	parents := "json_each($1) AS p"
	head := "NULL, NULL"
	if q.sel.Total || before != "NULL" {
		parents = "(SELECT p.value, " + total + " AS total, " + before + " AS before\n  FROM json_each($1) AS p\n  LIMIT -1 OFFSET 0) AS p"
		head = "p.total, p.before"
	}
	if !q.sel.Rows {
		return "SELECT p.value, " + head + ", NULL" + strings.Repeat(", NULL", len(rel.order)) + "\nFROM " + parents, args
	}
	if p.Size > 0 {
		args = append(args, p.Size+1)
		limit = fmt.Sprintf("\n    LIMIT $%d", len(args))
	}
	sorted := strings.Join(rel.order, direction+", ") + direction
	join := "\nJOIN "
	if head != "NULL, NULL" {
		join = "\nLEFT JOIN "
	}
	return "SELECT p.value, " + head + ", x.id, " + strings.Join(append(append([]string{}, rel.order...), q.columns...), ", ") +
		"\nFROM " + parents + join + snake(q.sel.Type.Table) + " AS x ON x.id IN (\n    SELECT x.id FROM " + from +
		"\n    WHERE " + where(conditions, keyset, upper) + "\n    ORDER BY " + sorted + limit + ")" +
		"\nORDER BY p.value, " + sorted, args
}

// bound writes the keyset condition against the order keys of a row, or nothing where there is none.
func bound(order []string, keys []any, op string, args []any) (string, []any) {
	if keys == nil {
		return "", args
	}
	marks := make([]string, len(keys))
	for i, k := range keys {
		args = append(args, k)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return "(" + strings.Join(order, ", ") + ") " + op + " (" + strings.Join(marks, ", ") + ")", args
}

// rowHead is what stands before the columns of a row of a list.
type rowHead struct {
	parent        content.Key
	total, before sql.NullInt64
	present       bool
}

// scan reads a row: its head and order keys if it is of a list, its key, and its fields.
func (q *query) scan(rows *sql.Rows, listed bool, keys int) (content.Row, rowHead, error) {
	var head rowHead
	var id sql.NullInt64
	var dest []any
	if listed {
		dest = append(dest, &head.parent, &head.total, &head.before)
	}
	dest = append(dest, &id)
	row := content.Row{}
	if listed {
		row.Order = make([]any, keys)
		for i := range row.Order {
			dest = append(dest, &row.Order[i])
		}
	}
	raw := make([]any, max(len(q.columns), 1))
	if listed {
		raw = raw[:len(q.columns)]
		if !q.sel.Rows {
			raw = nil
		}
	}
	for i := range raw {
		dest = append(dest, &raw[i])
	}
	if err := rows.Scan(dest...); err != nil {
		return row, head, fmt.Errorf("scan: %w", err)
	}
	head.present = id.Valid
	row.Key = content.Key(id.Int64)
	if !id.Valid {
		return row, head, nil
	}
	row.Values = make([]any, len(q.sel.Fields))
	for i, name := range q.sel.Fields {
		n := len(columns(q.sel.Type, name))
		v, err := value(q.sel.Type, name, raw[:n])
		if err != nil {
			return row, head, fmt.Errorf("read %s.%s: %w", q.sel.Type.Name, name, err)
		}
		row.Values[i], raw = v, raw[n:]
	}
	return row, head, nil
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
		d, err := content.ParseEDTF(text)
		if words, ok := raw[1].(string); ok {
			d = d.WithVerbatim(words)
		}
		return d, err //nolint:wrapcheck // named by the caller
	case content.Bool:
		return raw[0] == int64(1), nil
	case content.One:
		if len(f.To) > 1 {
			kind, _ := raw[1].(string)
			return ref(kind, raw[0]), nil
		}
		return ref(f.To[0], raw[0]), nil
	case content.Texts:
		var list []string
		err := json.Unmarshal([]byte(text), &list)
		return list, err //nolint:wrapcheck // named by the caller
	case content.Place:
		var place map[string]any
		err := json.Unmarshal([]byte(text), &place)
		return place, err //nolint:wrapcheck // named by the caller
	case content.Values:
		return decodeValues(f.Fields, []byte(text))
	default:
		return raw[0], nil
	}
}

func ref(kind string, key any) content.Ref {
	n, _ := key.(int64)
	return content.Ref{Type: kind, Key: content.Key(n)}
}

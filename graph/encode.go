package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// encoder writes the bytes of an answer from the rows that were read.
type encoder struct {
	bytes.Buffer
	p *planner
}

// value writes any plain value as JSON.
func (e *encoder) value(v any) error {
	if t, ok := v.(time.Time); ok {
		v = t.UTC().Format(time.RFC3339Nano)
	}
	enc := json.NewEncoder(&e.Buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode a value: %w", err)
	}
	e.Truncate(e.Len() - 1) // the newline
	return nil
}

// object writes an object with the fields, each by the function.
func (e *encoder) object(typeName string, fields []*field, each func(*field) error) error {
	e.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			e.WriteByte(',')
		}
		if err := e.value(f.key); err != nil {
			return err
		}
		e.WriteByte(':')
		var err error
		if f.name == "__typename" {
			err = e.value(typeName)
		} else {
			err = each(f)
		}
		if err != nil {
			return err
		}
	}
	e.WriteByte('}')
	return nil
}

// list writes n elements.
func (e *encoder) list(n int, each func(i int) error) error {
	e.WriteByte('[')
	for i := range n {
		if i > 0 {
			e.WriteByte(',')
		}
		if err := each(i); err != nil {
			return err
		}
	}
	e.WriteByte(']')
	return nil
}

func (e *encoder) null() error { e.WriteString("null"); return nil }

// node writes an item.
func (e *encoder) node(sel *content.Selection, res *content.Result, row content.Row, sets []ast.SelectionSet) error {
	fields, err := e.p.doc.collect(sel.Type.Name, sets)
	if err != nil {
		return err
	}
	return e.object(sel.Type.Name, fields, func(f *field) error { return e.field(sel, res, row, f) })
}

func (e *encoder) field(sel *content.Selection, res *content.Result, row content.Row, f *field) error {
	named := f.def.Type.Name()
	types := e.p.nodeTypes(named)
	switch {
	case f.name == "id" || f.name == "sourceId":
		return e.value(content.NewID(sel.Type.Name, row.Key))
	case f.name == "direction":
		locale, _ := read(sel, row, "locale").(string)
		return e.value(content.Locale(locale).Direction())
	case named == "TrackRecord" || named == "FollowUp":
		child, answer := under(sel, res, f.key)
		l := answer.Lists[row.Key]
		if l == nil {
			return e.null()
		}
		if r, ok := l.Rows[0].Values[0].(content.TrackRecord); ok {
			return e.trackRecord(r, f)
		}
		return e.followUp(child, answer, l.Rows[0], f)
	case strings.HasSuffix(named, "Connection"):
		child, answer := under(sel, res, f.key)
		return e.connection(child, answer, answer.Lists[row.Key], f)
	case len(types) == 0:
		return e.plain(sel, res, read(sel, row, f.name), f)
	case f.def.Type.Elem != nil && isList(sel.Type, f.name):
		child, answer := under(sel, res, f.key)
		l := answer.Lists[row.Key]
		if l == nil {
			l = &content.List{}
		}
		return e.list(len(l.Rows), func(i int) error { return e.node(child, answer, l.Rows[i], f.sets) })
	case f.def.Type.Elem != nil:
		return e.referred(sel, res, read(sel, row, f.name), f)
	default:
		ref, ok := read(sel, row, f.name).(content.Ref)
		if !ok {
			return e.null()
		}
		return e.refer(sel, res, f.key, ref, f.sets)
	}
}

// read returns the value of a selected field.
func read(sel *content.Selection, row content.Row, name string) any {
	for i, f := range sel.Fields {
		if f == name {
			return row.Values[i]
		}
	}
	return nil
}

// under returns the child selection of that key with its answer.
func under(sel *content.Selection, res *content.Result, key string) (*content.Selection, *content.Result) {
	for i, c := range sel.Children {
		if c.Key == key {
			return c, res.Children[i]
		}
	}
	return nil, &content.Result{}
}

// refer writes the item that a reference points at, or null where the audience may not see it.
func (e *encoder) refer(sel *content.Selection, res *content.Result, key string, ref content.Ref, sets []ast.SelectionSet) error {
	child, answer := under(sel, res, key+":"+ref.Type)
	l := answer.Lists[ref.Key]
	if l == nil {
		return e.null()
	}
	return e.node(child, answer, l.Rows[0], sets)
}

// referred writes the list of the items that the elements of a list point at; it drops what is invisible.
func (e *encoder) referred(sel *content.Selection, res *content.Result, v any, f *field) error {
	list, _ := v.([]map[string]any)
	var refs []content.Ref
	for _, element := range list {
		for _, x := range element {
			if ref, ok := x.(content.Ref); ok {
				if _, answer := under(sel, res, f.key+":"+ref.Type); answer.Lists[ref.Key] != nil {
					refs = append(refs, ref)
				}
			}
		}
	}
	if n, err := first(f, 0); err == nil && n > 0 {
		refs = refs[:min(n, len(refs))]
	}
	return e.list(len(refs), func(i int) error { return e.refer(sel, res, f.key, refs[i], f.sets) })
}

// connection writes a page.
func (e *encoder) connection(sel *content.Selection, res *content.Result, l *content.List, f *field) error {
	if l == nil {
		l = &content.List{}
	}
	named := f.def.Type.Name()
	fields, err := e.p.doc.collect(named, f.sets)
	if err != nil {
		return err
	}
	cursor := func(i int) string { return encodeCursor(sel.Page.List, l.Rows[i].Order) }
	return e.object(named, fields, func(sub *field) error {
		switch sub.name {
		case "totalCount":
			return e.value(l.Total)
		case "facets":
			return e.facets(sel, l, sub)
		case "nodes":
			return e.list(len(l.Rows), func(i int) error { return e.node(sel, res, l.Rows[i], sub.sets) })
		case "edges":
			return e.list(len(l.Rows), func(i int) error { return e.edge(sel, res, l.Rows[i], cursor(i), sub) })
		default:
			return e.pageInfo(l, cursor, sub)
		}
	})
}

func (e *encoder) edge(sel *content.Selection, res *content.Result, row content.Row, cursor string, f *field) error {
	named := f.def.Type.Name()
	fields, err := e.p.doc.collect(named, f.sets)
	if err != nil {
		return err
	}
	return e.object(named, fields, func(sub *field) error {
		if sub.name == "cursor" {
			return e.value(cursor)
		}
		return e.node(sel, res, row, sub.sets)
	})
}

func (e *encoder) pageInfo(l *content.List, cursor func(int) string, f *field) error {
	fields, err := e.p.doc.collect("PageInfo", f.sets)
	if err != nil {
		return err
	}
	return e.object("PageInfo", fields, func(sub *field) error {
		switch {
		case sub.name == "hasNextPage":
			return e.value(l.HasNext)
		case sub.name == "hasPreviousPage":
			return e.value(l.HasPrevious)
		case len(l.Rows) == 0:
			return e.null()
		case sub.name == "startCursor":
			return e.value(cursor(0))
		default:
			return e.value(cursor(len(l.Rows) - 1))
		}
	})
}

// root writes the answer to a field of Query.
func (e *encoder) root(r *root, answers []*content.Result, s *server, head content.Revision) error {
	f := r.field
	switch {
	case f.name == "service":
		return e.service(r, answers, s, head)
	case f.name == "search":
		return e.search(r.sels[0], answers[0], f)
	case f.name == "nodes":
		return e.list(len(r.ids), func(i int) error { return e.byID(r, answers, r.ids[i]) })
	case f.name == "node":
		return e.byID(r, answers, r.ids[0])
	case strings.HasSuffix(f.def.Type.Name(), "Connection"):
		return e.connection(r.sels[0], answers[0], answers[0].Lists[0], f)
	default:
		for _, l := range answers[0].Lists {
			if len(l.Rows) > 0 {
				return e.node(r.sels[0], answers[0], l.Rows[0], f.sets)
			}
		}
		return e.null()
	}
}

// byID writes the item with that id, or null.
func (e *encoder) byID(r *root, answers []*content.Result, id content.ID) error {
	t, key, err := id.Split()
	if err != nil {
		return err
	}
	for i, sel := range r.sels {
		if l := answers[i].Lists[key]; sel.Type == t && l != nil {
			return e.node(sel, answers[i], l.Rows[0], r.field.sets)
		}
	}
	return e.null()
}

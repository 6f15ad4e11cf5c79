package graph

import (
	"encoding/json"

	"parley/content"
)

// history plans a page of the revisions that concerned an item, or of its corrections; those of a talk are of what belongs to it
// too.
func (p *planner) history(sel *content.Selection, f *field) error {
	child := &content.Selection{Key: f.path, Relation: f.name, Type: content.RowType("HistoryEntry"), Fields: []string{"node"}, Self: f.args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	list, err := p.listName(sel.Type.Name+"."+f.name, f)
	if err != nil {
		return err
	}
	if child.Page, err = pageOf(f, list); err != nil {
		return err
	}
	types := []*content.Type{sel.Type}
	if sel.Type.Name == "Talk" && f.name == "corrections" {
		types = content.Types()
	}
	for _, sub := range f.fields() {
		child.Total = child.Total || sub.name == "totalCount"
		child.Rows = child.Rows || sub.name != "totalCount"
		if sub.name == "nodes" {
			err = p.entryNodes(child, sub, types)
		}
		for _, x := range sub.fields() {
			if sub.name == "edges" && x.name == "node" && err == nil {
				err = p.entryNodes(child, x, types)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entryNodes plans the items that entries are of.
func (p *planner) entryNodes(sel *content.Selection, f *field, types []*content.Type) error {
	for _, sub := range f.fields() {
		if sub.name == "node" {
			if err := p.found(sel, sub, types); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastChange writes the newest revision that concerned a talk.
func (e *encoder) lastChange(c content.LastChange, f *field) error {
	return e.object(f, func(sub *field) error {
		if sub.name == "revision" {
			return e.value(int64(c.Revision))
		}
		return e.value(c.At)
	})
}

// history writes the revisions that concerned an item.
func (e *encoder) history(sel *content.Selection, res *content.Result, l *content.List, f *field) error {
	if l == nil {
		l = &content.List{}
	}
	return e.pageOf(sel, l, f, func(row content.Row, f *field) error { return e.historyEntry(sel, res, row, f) })
}

// pageOf writes a page of what is no item, each by the function.
func (e *encoder) pageOf(sel *content.Selection, l *content.List, f *field, each func(content.Row, *field) error) error {
	l = pageOfList(l, f)
	cursor := func(i int) string { return encodeCursor(sel.Page.List, l.Rows[i].Order) }
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "totalCount":
			return e.value(l.Total)
		case "nodes":
			return e.list(len(l.Rows), func(i int) error { return each(l.Rows[i], sub) })
		case "pageInfo":
			return e.pageInfo(l, cursor, sub)
		}
		return e.list(len(l.Rows), func(i int) error {
			return e.object(sub, func(x *field) error {
				if x.name == "cursor" {
					return e.value(cursor(i))
				}
				return each(l.Rows[i], x)
			})
		})
	})
}

func (e *encoder) historyEntry(sel *content.Selection, res *content.Result, row content.Row, f *field) error {
	ref, _ := row.Values[0].(content.Ref)
	h, _ := row.Values[1].(content.HistoryEntry)
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "node":
			return e.refer(sel, res, ref, sub)
		case "revision":
			return e.value(int64(h.Revision))
		case "at":
			return e.value(h.At)
		case "by":
			return e.value(h.By)
		case "reason":
			return e.value(string(h.Reason))
		case "publicNote":
			return e.note(h.PublicNote)
		default:
			return e.changes(h.Changes, sub)
		}
	})
}

// note writes what readers are told, or null where that is nothing.
func (e *encoder) note(text string) error {
	if text == "" {
		return e.null()
	}
	return e.value(text)
}

// changes writes what happened to fields.
func (e *encoder) changes(list []content.FieldChange, f *field) error {
	return e.list(len(list), func(i int) error {
		return e.object(f, func(sub *field) error {
			switch sub.name {
			case "field":
				return e.value(list[i].Field)
			case "before":
				return e.json(list[i].Before)
			default:
				return e.json(list[i].After)
			}
		})
	})
}

// json writes a value that is JSON already.
func (e *encoder) json(v any) error {
	if text, ok := v.(json.RawMessage); ok {
		if err := e.room(len(text)); err != nil {
			return err
		}
		e.text = append(e.text, text...)
		return nil
	}
	return e.value(v)
}

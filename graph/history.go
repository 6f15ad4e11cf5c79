package graph

import (
	"encoding/json"

	"parley/content"
)

// history plans the revisions that concerned an item: a page of them, or those that are corrections.
func (p *planner) history(sel *content.Selection, f *field) (err error) {
	child := &content.Selection{Key: f.path, Relation: f.name, Type: content.RowType("HistoryEntry"), Rows: true}
	if f.named == "HistoryEntry" {
		child.Page.Size, err = first(f, listPage(f.name))
		if child.Page.Size != 0 {
			sel.Children = append(sel.Children, child)
		}
		return err
	}
	sel.Children = append(sel.Children, child)
	list, err := p.listName(sel.Type.Name+"."+f.name, f)
	if err != nil {
		return err
	}
	child.Page, err = pageOf(f, list)
	child.Rows = false
	for _, sub := range f.fields() {
		child.Total = child.Total || sub.name == "totalCount"
		child.Rows = child.Rows || sub.name != "totalCount"
	}
	return err
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
func (e *encoder) history(sel *content.Selection, l *content.List, f *field) error {
	if l == nil {
		l = &content.List{}
	}
	entry := func(row content.Row, f *field) error {
		h, _ := row.Values[0].(content.HistoryEntry)
		return e.historyEntry(h, f)
	}
	if f.named == "HistoryEntry" {
		return e.list(len(l.Rows), func(i int) error { return entry(l.Rows[i], f) })
	}
	return e.pageOf(sel, l, f, entry)
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

func (e *encoder) historyEntry(h content.HistoryEntry, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
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
		e.text = append(e.text, text...)
		return nil
	}
	return e.value(v)
}

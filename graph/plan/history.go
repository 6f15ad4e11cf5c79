package plan

import (
	"encoding/json"

	"parley/content"
	"parley/graph/operation"
)

// history plans a page of the revisions that concerned an item, or of its corrections; those of a talk are of what belongs to it
// too.
func (p *Planner) history(sel *content.Selection, f *operation.Field) error {
	child := &content.Selection{Key: f.Path, Relation: f.Name, Type: content.RowType("HistoryEntry"), Fields: []string{"node"}, Self: f.Args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	list, err := p.listName(sel.Type.Name+"."+f.Name, f)
	if err != nil {
		return err
	}
	if child.Page, err = pageOf(f, list); err != nil {
		return err
	}
	types := []*content.Type{sel.Type}
	if sel.Type.Tree != "" && f.Name == "corrections" {
		types = content.Types()
	}
	for _, sub := range f.Fields() {
		child.Total = child.Total || sub.Name == "totalCount"
		child.Rows = child.Rows || sub.Name != "totalCount"
		if sub.Name == "nodes" {
			err = p.entryNodes(child, sub, types)
		}
		for _, x := range sub.Fields() {
			if sub.Name == "edges" && x.Name == "node" && err == nil {
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
func (p *Planner) entryNodes(sel *content.Selection, f *operation.Field, types []*content.Type) error {
	for _, sub := range f.Fields() {
		if sub.Name == "node" {
			if err := p.found(sel, sub, types); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastChange writes the newest revision that concerned a talk.
func (e *Encoder) lastChange(c content.LastChange, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		if sub.Name == "revision" {
			return e.Value(int64(c.Revision))
		}
		return e.Value(c.At)
	})
}

// history writes the revisions that concerned an item.
func (e *Encoder) history(sel *content.Selection, res *content.Result, l *content.List, f *operation.Field) error {
	if l == nil {
		l = &content.List{}
	}
	return e.pageOf(sel, l, f, func(row content.Row, f *operation.Field) error { return e.historyEntry(sel, res, row, f) })
}

// pageOf writes a page of what is no item, each by the function.
func (e *Encoder) pageOf(sel *content.Selection, l *content.List, f *operation.Field, each func(content.Row, *operation.Field) error) error {
	l = PageOfList(l, f)
	cursor := func(i int) string { return EncodeCursor(sel.Page.List, l.Rows[i].Order) }
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "totalCount":
			return e.Value(l.Total)
		case "nodes":
			return e.List(len(l.Rows), func(i int) error { return each(l.Rows[i], sub) })
		case "pageInfo":
			return e.pageInfo(l, cursor, sub)
		}
		return e.List(len(l.Rows), func(i int) error {
			return e.Object(sub, func(x *operation.Field) error {
				if x.Name == "cursor" {
					return e.Value(cursor(i))
				}
				return each(l.Rows[i], x)
			})
		})
	})
}

func (e *Encoder) historyEntry(sel *content.Selection, res *content.Result, row content.Row, f *operation.Field) error {
	ref, _ := row.Values[0].(content.Ref)
	h, _ := row.Values[1].(content.HistoryEntry)
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "node":
			return e.refer(sel, res, ref, sub)
		case "revision":
			return e.Value(int64(h.Revision))
		case "at":
			return e.Value(h.At)
		case "by":
			return e.Value(h.By)
		case "reason":
			return e.Value(string(h.Reason))
		case "publicNote":
			return e.note(h.PublicNote)
		default:
			return e.changes(h.Changes, sub)
		}
	})
}

// note writes the public note, or null where there is none.
func (e *Encoder) note(text string) error {
	if text == "" {
		return e.Null()
	}
	return e.Value(text)
}

// changes writes what happened to fields.
func (e *Encoder) changes(list []content.FieldChange, f *operation.Field) error {
	return e.List(len(list), func(i int) error {
		return e.Object(f, func(sub *operation.Field) error {
			switch sub.Name {
			case "field":
				return e.Value(list[i].Field)
			case "before":
				return e.json(list[i].Before)
			default:
				return e.json(list[i].After)
			}
		})
	})
}

// json writes a value that is JSON already.
func (e *Encoder) json(v any) error {
	if text, ok := v.(json.RawMessage); ok {
		if err := e.Room(len(text)); err != nil {
			return err
		}
		e.Text = append(e.Text, text...)
		return nil
	}
	return e.Value(v)
}

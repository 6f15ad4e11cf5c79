package plan

import (
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// diff plans what is different between two points in the record.
func (p *Planner) diff(r *Root) error {
	f := r.Field
	d := &content.Diff{}
	var err error
	if d.From, err = p.point(f, "from"); err != nil {
		return err
	}
	if f.Args["to"] != nil {
		if d.To, err = p.point(f, "to"); err != nil {
			return err
		}
		if d.To < d.From {
			return badArgument("to", "to is revision %d, which is before from, revision %d: swap them", d.To, d.From)
		}
	}
	if d.Talk, err = talkOf(f); err != nil {
		return err
	}
	p.At = d.To
	sel := &content.Selection{Key: f.Key, Type: content.RowType("NodeDiff"), Rows: true, Diff: d, At: d.To, Fields: []string{"node", "diff"}}
	r.Sels = append(r.Sels, sel)
	list, err := p.listName("Query.diff", f)
	if err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.Fields() {
		switch sub.Name {
		case "totalCount":
			sel.Total = true
		case "nodes":
			err = p.different(sel, sub)
		case "edges":
			for _, e := range sub.Fields() {
				if e.Name == "node" && err == nil {
					err = p.different(sel, e)
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// point reads a point in the record, which one of its fields names.
func (p *Planner) point(f *operation.Field, name string) (content.Revision, error) {
	args, _ := f.Args[name].(map[string]any)
	return p.Record.moment(args, name+".")
}

// different plans the items that differences are of.
func (p *Planner) different(sel *content.Selection, f *operation.Field) error {
	for _, sub := range f.Fields() {
		if sub.Name == "node" {
			if err := p.found(sel, sub, content.Types()); err != nil {
				return err
			}
		}
	}
	return nil
}

// diff writes a page of differences.
func (e *Encoder) diff(sel *content.Selection, res *content.Result, f *operation.Field) error {
	return e.pageOf(sel, res.Lists[0], f, func(row content.Row, f *operation.Field) error {
		d, _ := row.Values[1].(content.NodeDiff)
		return e.Object(f, func(sub *operation.Field) error {
			switch sub.Name {
			case "op":
				return e.Value(d.Op)
			case "nodeId":
				return e.Value(content.NewID(d.Ref.Type, d.Ref.Key))
			case "contentType":
				return e.Value(strings.ToUpper(d.Ref.Type))
			case "node":
				return e.refer(sel, res, d.Ref, sub)
			default:
				return e.changes(d.Changes, sub)
			}
		})
	})
}

// tombstone plans what is left of an item, by its id or by its type and slug.
func (p *Planner) tombstone(r *Root) error {
	f := r.Field
	sel := &content.Selection{Key: f.Key, Type: content.RowType("Tombstone"), Rows: true}
	r.Sels = append(r.Sels, sel)
	id, byID := f.Args["id"].(string)
	slug, bySlug := f.Args["slug"].(string)
	kind, typed := f.Args["contentType"].(string)
	switch {
	case byID == bySlug || bySlug != typed:
		return badArgument("tombstone", "tombstone takes an id, or a slug and a contentType")
	case byID:
		t, key, err := content.ID(id).Split()
		sel.Of, sel.Keys = t, []content.Key{key}
		return operation.AtInput(err, "id")
	}
	if sel.Slug = content.Slug(slug); !sel.Slug.Valid() {
		return badSlug()
	}
	for _, t := range content.Types() {
		if strings.ToUpper(t.Name) == kind {
			sel.Of = t
		}
	}
	return nil
}

func badSlug() error {
	return badArgument("slug", "a slug is lower-case letters and digits joined by single hyphens, at most 100 characters")
}

// tombstone writes what is left of an item, or null where there is none.
func (e *Encoder) tombstone(l *content.List, f *operation.Field) error {
	if len(l.Rows) == 0 {
		return e.Null()
	}
	stone, _ := l.Rows[0].Values[0].(content.Tombstone)
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "nodeId":
			return e.Value(content.NewID(stone.Ref.Type, stone.Ref.Key))
		case "contentType":
			return e.Value(strings.ToUpper(stone.Ref.Type))
		case "slug":
			return e.Value(string(stone.Slug))
		case "revision":
			return e.Value(int64(stone.Revision))
		case "at":
			return e.Value(stone.At)
		default:
			return e.note(stone.PublicNote)
		}
	})
}

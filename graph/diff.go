package graph

import (
	"strings"

	"parley/content"
)

// diff plans what is different between two points in the record.
func (p *planner) diff(r *root) error {
	f := r.field
	d := &content.Diff{}
	var err error
	if d.From, err = p.point(f, "from"); err != nil {
		return err
	}
	if f.args["to"] != nil {
		if d.To, err = p.point(f, "to"); err != nil {
			return err
		}
		if d.To < d.From {
			return badArgument("to", "to is revision %d, which is before from, revision %d: exchange them", d.To, d.From)
		}
	}
	if d.Talk, err = talkOf(f); err != nil {
		return err
	}
	p.at = d.To
	sel := &content.Selection{Key: f.key, Type: content.RowType("NodeDiff"), Rows: true, Diff: d, At: d.To, Fields: []string{"node", "diff"}}
	r.sels = append(r.sels, sel)
	list, err := p.listName("Query.diff", f)
	if err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.fields() {
		switch sub.name {
		case "totalCount":
			sel.Total = true
		case "nodes":
			err = p.different(sel, sub)
		case "edges":
			for _, e := range sub.fields() {
				if e.name == "node" && err == nil {
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
func (p *planner) point(f *field, name string) (content.Revision, error) {
	args, _ := f.args[name].(map[string]any)
	at, err := p.record.moment(args, name+".")
	if err == nil && at == 0 {
		return 0, badArgument(name, "%s names no point in the record: give asOf or atRevision", name)
	}
	return at, err
}

// different plans the items that differences are of.
func (p *planner) different(sel *content.Selection, f *field) error {
	for _, sub := range f.fields() {
		if sub.name == "node" {
			if err := p.found(sel, sub, content.Types()); err != nil {
				return err
			}
		}
	}
	return nil
}

// diff writes a page of differences.
func (e *encoder) diff(sel *content.Selection, res *content.Result, f *field) error {
	return e.pageOf(sel, res.Lists[0], f, func(row content.Row, f *field) error {
		d, _ := row.Values[1].(content.NodeDiff)
		return e.object(f, func(sub *field) error {
			switch sub.name {
			case "op":
				return e.value(d.Op)
			case "nodeId":
				return e.value(content.NewID(d.Ref.Type, d.Ref.Key))
			case "contentType":
				return e.value(strings.ToUpper(d.Ref.Type))
			case "node":
				return e.refer(sel, res, d.Ref, sub)
			default:
				return e.changes(d.Changes, sub)
			}
		})
	})
}

// tombstone plans what is left of an item, by its id or by its type and slug.
func (p *planner) tombstone(r *root) error {
	f := r.field
	sel := &content.Selection{Key: f.key, Type: content.RowType("Tombstone"), Rows: true}
	r.sels = append(r.sels, sel)
	id, byID := f.args["id"].(string)
	slug, bySlug := f.args["slug"].(string)
	kind, typed := f.args["contentType"].(string)
	switch {
	case byID == bySlug || bySlug != typed:
		return badArgument("tombstone", "tombstone takes an id, or a slug and a contentType")
	case byID:
		t, key, err := content.ID(id).Split()
		sel.Of, sel.Keys = t, []content.Key{key}
		return atInput(err, "id")
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
func (e *encoder) tombstone(l *content.List, f *field) error {
	if len(l.Rows) == 0 {
		return e.null()
	}
	stone, _ := l.Rows[0].Values[0].(content.Tombstone)
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "nodeId":
			return e.value(content.NewID(stone.Ref.Type, stone.Ref.Key))
		case "contentType":
			return e.value(strings.ToUpper(stone.Ref.Type))
		case "slug":
			return e.value(string(stone.Slug))
		case "revision":
			return e.value(int64(stone.Revision))
		case "at":
			return e.value(stone.At)
		default:
			return e.note(stone.PublicNote)
		}
	})
}

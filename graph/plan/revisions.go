package plan

import (
	"parley/content"
	"parley/graph/operation"
)

// revisions plans a page of the revisions of the record.
func (p *Planner) revisions(r *Root) error {
	f := r.Field
	sel := &content.Selection{Key: f.Key, Type: content.RowType("RevisionEntry"), Rows: true}
	r.Sels = append(r.Sels, sel)
	list, err := p.listName("Query.revisions", f)
	if err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.Fields() {
		if sub.Name == "nodes" {
			err = p.revisionEntry(sel, sub)
		}
		for _, x := range sub.Fields() {
			if sub.Name == "edges" && x.Name == "node" && err == nil {
				err = p.revisionEntry(sel, x)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// revisionEntry plans what revisions did to items.
func (p *Planner) revisionEntry(sel *content.Selection, f *operation.Field) error {
	for _, sub := range f.Fields() {
		if sub.Name != "changes" {
			continue
		}
		child := &content.Selection{Key: sub.Path, Relation: sub.Name, Type: content.RowType("ContentChange"), Fields: []string{"node"}, Rows: true}
		size, err := First(sub, operation.ListPage(sub.Name))
		if err != nil {
			return operation.InField(sub, err)
		}
		if child.Page.Size = size; size > 0 {
			sel.Children = append(sel.Children, child)
		}
		if err := p.entryNodes(child, sub, content.Types()); err != nil {
			return err
		}
	}
	return nil
}

// revisions writes a page of the revisions of the record.
func (e *Encoder) revisions(sel *content.Selection, res *content.Result, f *operation.Field) error {
	return e.pageOf(sel, res.Lists[0], f, func(row content.Row, f *operation.Field) error {
		r, _ := row.Values[0].(content.RevisionEntry)
		return e.Object(f, func(sub *operation.Field) error {
			switch sub.Name {
			case "number":
				return e.Value(int64(r.Number))
			case "at":
				return e.Value(r.At)
			case "by":
				return e.Value(r.By)
			case "reason":
				return e.Value(string(r.Reason))
			case "publicNote":
				return e.note(r.PublicNote)
			default:
				return e.revisionChanges(sel, res, row.Key, sub)
			}
		})
	})
}

// revisionChanges writes what a revision did to items.
func (e *Encoder) revisionChanges(sel *content.Selection, res *content.Result, revision content.Key, f *operation.Field) error {
	child, answer := under(sel, res, f.Path)
	l := answer.Lists[revision]
	if l == nil {
		l = &content.List{}
	}
	return e.List(len(l.Rows), func(i int) error {
		c, _ := l.Rows[i].Values[1].(content.ItemChange)
		return e.itemChange(c, f, func(node *operation.Field) error { return e.refer(child, answer, c.Ref, node) })
	})
}

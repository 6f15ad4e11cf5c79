package graph

import "parley/content"

// revisions plans a page of the revisions of the record.
func (p *planner) revisions(r *root) error {
	f := r.field
	sel := &content.Selection{Key: f.key, Type: content.RowType("RevisionEntry"), Rows: true}
	r.sels = append(r.sels, sel)
	list, err := p.listName("Query.revisions", f)
	if err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.fields() {
		if sub.name == "nodes" {
			err = p.revisionEntry(sel, sub)
		}
		for _, x := range sub.fields() {
			if sub.name == "edges" && x.name == "node" && err == nil {
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
func (p *planner) revisionEntry(sel *content.Selection, f *field) error {
	for _, sub := range f.fields() {
		if sub.name != "changes" {
			continue
		}
		child := &content.Selection{Key: sub.path, Relation: sub.name, Type: content.RowType("ContentChange"), Fields: []string{"node"}, Rows: true}
		size, err := first(sub, listPage(sub.name))
		if err != nil {
			return inField(sub, err)
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
func (e *encoder) revisions(sel *content.Selection, res *content.Result, f *field) error {
	return e.pageOf(sel, res.Lists[0], f, func(row content.Row, f *field) error {
		r, _ := row.Values[0].(content.RevisionEntry)
		return e.object(f, func(sub *field) error {
			switch sub.name {
			case "number":
				return e.value(int64(r.Number))
			case "at":
				return e.value(r.At)
			case "by":
				return e.value(r.By)
			case "reason":
				return e.value(string(r.Reason))
			case "publicNote":
				return e.note(r.PublicNote)
			default:
				return e.revisionChanges(sel, res, row.Key, sub)
			}
		})
	})
}

// revisionChanges writes what a revision did to items.
func (e *encoder) revisionChanges(sel *content.Selection, res *content.Result, revision content.Key, f *field) error {
	child, answer := under(sel, res, f.path)
	l := answer.Lists[revision]
	if l == nil {
		l = &content.List{}
	}
	return e.list(len(l.Rows), func(i int) error {
		c, _ := l.Rows[i].Values[1].(content.ItemChange)
		return e.itemChange(c, f, func(node *field) error { return e.refer(child, answer, c.Ref, node) })
	})
}

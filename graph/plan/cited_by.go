package plan

import (
	"parley/content"
	"parley/graph/operation"
)

// CitedBy plans a page of the items that cite a source, which may have each type.
func (p *Planner) CitedBy(sel *content.Selection, f *operation.Field) error {
	child := &content.Selection{Key: f.Path, Relation: f.Name, Type: content.RowType("Citing"), Fields: []string{"node"}}
	sel.Children = append(sel.Children, child)
	types, err := p.searched(f)
	if err != nil {
		return err
	}
	if len(types) < len(content.Types()) {
		child.Filter = &content.Filter{Op: content.In, Field: "contentType"}
		for _, t := range types {
			child.Filter.Values = append(child.Filter.Values, t.Name)
		}
	}
	list, err := p.listName(sel.Type.Name+"."+f.Name, f)
	if err != nil {
		return err
	}
	if child.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.Fields() {
		switch sub.Name {
		case "totalCount":
			child.Total = true
			continue
		case "nodes":
			err = p.found(child, sub, types)
		case "edges":
			for _, x := range sub.Fields() {
				if x.Name == "node" && err == nil {
					err = p.found(child, x, types)
				}
			}
		}
		if child.Rows = true; err != nil {
			return err
		}
	}
	return nil
}

// citedBy writes a page of the items that cite a source.
func (e *Encoder) citedBy(sel *content.Selection, res *content.Result, l *content.List, f *operation.Field) error {
	if l == nil {
		l = &content.List{}
	}
	return e.pageOf(sel, l, f, func(row content.Row, f *operation.Field) error {
		ref, _ := row.Values[0].(content.Ref)
		return e.refer(sel, res, ref, f)
	})
}

package plan

import (
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// search plans the root field search.
func (p *Planner) search(r *Root) error {
	f := r.Field
	query, _ := f.Args["query"].(string)
	sel := &content.Selection{
		Key: f.Key, Type: content.SearchHit(), Rows: true, At: p.At,
		Search: &content.Search{Query: query, Filters: map[string]*content.Filter{}},
		Fields: []string{"node", "score", "highlights"},
	}
	r.Sels = append(r.Sels, sel)
	types, err := p.searched(f)
	if err != nil {
		return err
	}
	sel.Search.Types = types
	if sel.Search.Talk, err = talkOf(f); err != nil {
		return err
	}
	if v, ok := f.Args["where"].(map[string]any); ok {
		for _, t := range types {
			fs := &filters{schema: p.Schema, limits: p.Limits, who: p.Who}
			if sel.Search.Filters[t.Name], err = fs.where(t, "ContentWhere", v, "where", 0); err != nil {
				return err
			}
		}
	}
	list, err := p.listName("Query.search", f)
	if err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	if after := sel.Page.After; len(after) == 1 {
		n, _ := after[0].(int64)
		sel.Search.After = int(max(0, n))
	}
	return p.results(sel, f)
}

// searched reads the argument types.
func (p *Planner) searched(f *operation.Field) ([]*content.Type, error) {
	list, ok := f.Args["types"].([]any)
	if !ok {
		return content.Types(), nil
	}
	var types []*content.Type
	for _, t := range content.Types() {
		for _, v := range list {
			if name, _ := v.(string); name == strings.ToUpper(t.Name) {
				types = append(types, t)
				break
			}
		}
	}
	if len(types) == 0 {
		return nil, badArgument("types", "types is empty: give at least one type, or omit types for all")
	}
	return types, nil
}

// results plans the nodes that the fields of a search lead to, for each type.
func (p *Planner) results(sel *content.Selection, f *operation.Field) error {
	for _, sub := range f.Fields() {
		var err error
		switch sub.Name {
		case "facets":
			err = addFacets(sel, sub)
		case "nodes":
			err = p.found(sel, sub, sel.Search.Types)
		case "edges":
			for _, e := range sub.Fields() {
				if e.Name == "node" && err == nil {
					err = p.found(sel, e, sel.Search.Types)
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// found plans the items that were found, which may have each of the types.
func (p *Planner) found(sel *content.Selection, f *operation.Field, types []*content.Type) error {
	for _, t := range types {
		child := &content.Selection{Key: f.Path + ":" + t.Name, Relation: "node", Type: t, Rows: true}
		sel.Children = append(sel.Children, child)
		if err := p.node(child, f); err != nil {
			return err
		}
	}
	return nil
}

// search writes the results of a search.
func (e *Encoder) search(sel *content.Selection, res *content.Result, f *operation.Field) error {
	l := PageOfList(res.Lists[0], f)
	cursor := func(i int) string { return EncodeCursor(sel.Page.List, l.Rows[i].Order) }
	node := func(row content.Row, f *operation.Field) error {
		ref, _ := row.Values[0].(content.Ref)
		return e.refer(sel, res, ref, f)
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "totalCount":
			return e.Value(l.Total)
		case "nodes":
			return e.List(len(l.Rows), func(i int) error { return node(l.Rows[i], sub) })
		case "pageInfo":
			return e.pageInfo(l, cursor, sub)
		case "facets":
			return e.facets(sel, l, sub)
		}
		return e.List(len(l.Rows), func(i int) error {
			return e.Object(sub, func(x *operation.Field) error {
				switch x.Name {
				case "cursor":
					return e.Value(cursor(i))
				case "score":
					return e.Value(l.Rows[i].Values[1])
				case "highlights":
					highlights, _ := l.Rows[i].Values[2].([]content.Highlight)
					return e.highlights(highlights, x)
				default:
					return node(l.Rows[i], x)
				}
			})
		})
	})
}

func (e *Encoder) highlights(list []content.Highlight, f *operation.Field) error {
	return e.List(len(list), func(i int) error {
		return e.Object(f, func(sub *operation.Field) error {
			if sub.Name == "field" {
				return e.Value(list[i].Field)
			}
			return e.Value(list[i].Snippet)
		})
	})
}

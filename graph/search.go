package graph

import (
	"strings"

	"parley/content"
)

// search plans the root field search.
func (p *planner) search(r *root) error {
	f := r.field
	query, _ := f.args["query"].(string)
	sel := &content.Selection{
		Key: f.key, Type: content.SearchHit(), Rows: true, At: p.at,
		Search: &content.Search{Query: query, Filters: map[string]*content.Filter{}},
		Fields: []string{"node", "score", "highlights"},
	}
	r.sels = append(r.sels, sel)
	types, err := p.searched(f)
	if err != nil {
		return err
	}
	sel.Search.Types = types
	if sel.Search.Talk, err = talkOf(f); err != nil {
		return err
	}
	if v, ok := f.args["where"].(map[string]any); ok {
		for _, t := range types {
			fs := &filters{schema: p.schema, limits: p.limits, who: p.who}
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
func (p *planner) searched(f *field) ([]*content.Type, error) {
	list, ok := f.args["types"].([]any)
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
		return nil, badArgument("types", "types is empty: name at least one, or leave it out for all")
	}
	return types, nil
}

// results plans the nodes that the fields of a search lead to, for each type.
func (p *planner) results(sel *content.Selection, f *field) error {
	for _, sub := range f.fields() {
		var err error
		switch sub.name {
		case "facets":
			err = addFacets(sel, sub)
		case "nodes":
			err = p.found(sel, sub, sel.Search.Types)
		case "edges":
			for _, e := range sub.fields() {
				if e.name == "node" && err == nil {
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
func (p *planner) found(sel *content.Selection, f *field, types []*content.Type) error {
	for _, t := range types {
		child := &content.Selection{Key: f.path + ":" + t.Name, Relation: "node", Type: t, Rows: true}
		sel.Children = append(sel.Children, child)
		if err := p.node(child, f); err != nil {
			return err
		}
	}
	return nil
}

// search writes the results of a search.
func (e *encoder) search(sel *content.Selection, res *content.Result, f *field) error {
	l := pageOfList(res.Lists[0], f)
	cursor := func(i int) string { return encodeCursor(sel.Page.List, l.Rows[i].Order) }
	node := func(row content.Row, f *field) error {
		ref, _ := row.Values[0].(content.Ref)
		return e.refer(sel, res, ref, f)
	}
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "totalCount":
			return e.value(l.Total)
		case "nodes":
			return e.list(len(l.Rows), func(i int) error { return node(l.Rows[i], sub) })
		case "pageInfo":
			return e.pageInfo(l, cursor, sub)
		case "facets":
			return e.facets(sel, l, sub)
		}
		return e.list(len(l.Rows), func(i int) error {
			return e.object(sub, func(x *field) error {
				switch x.name {
				case "cursor":
					return e.value(cursor(i))
				case "score":
					return e.value(l.Rows[i].Values[1])
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

func (e *encoder) highlights(list []content.Highlight, f *field) error {
	return e.list(len(list), func(i int) error {
		return e.object(f, func(sub *field) error {
			if sub.name == "field" {
				return e.value(list[i].Field)
			}
			return e.value(list[i].Snippet)
		})
	})
}

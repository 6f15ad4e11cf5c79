package graph

import (
	"context"
	"strings"

	"parley/content"
)

// Log is the record of what changed.
type Log interface {
	// Await returns the newest revision once it is later than the given one, whichever process wrote it.
	Await(ctx context.Context, after content.Revision) (content.Heads, error)
	// Changes returns a page of what changed. A revision that was not made yet is RECORD_CHANGED: it was lost.
	Changes(ctx context.Context, q content.Changes) (content.ChangePage, error)
}

// changePage is a page of changes as it is planned.
type changePage struct {
	content.ChangePage
	next  syncToken
	token string // next, for the client
	// nodes are the selections of the root by the field that asks for items, and by their type.
	nodes map[*field]map[string]int
}

// changes plans a page that leads from a token up to the newest revision or, where one is set, through the next revision
// that changed anything.
func (p *planner) changes(ctx context.Context, r *root, from syncToken, one bool) error {
	filter, err := filterOf(r.field, p.who.Audience())
	if err != nil {
		return err
	}
	size, err := first(r.field, content.MaxPage)
	if err != nil {
		return err
	}
	if size == 0 {
		return badArgument("first", "first is 0: a page of changes has 1 to %d", content.MaxPage)
	}
	page, err := p.log.Changes(ctx, content.Changes{
		After: from.base, Until: from.target, From: from.position, One: one, Size: size, Audience: filter.audience, Types: filter.types, Talk: filter.talk,
	})
	if err != nil {
		return err
	}
	r.page = &changePage{ChangePage: page, next: syncToken{base: page.Until}, nodes: map[*field]map[string]int{}}
	if page.More {
		r.page.next = syncToken{from.base, page.Until, page.Last}
	}
	r.page.token = r.page.next.encode(p.record.reader.Record(), filter.hash())
	return p.changed(r)
}

// changed plans the items of a page: one selection for each type and each field that asks for them.
func (p *planner) changed(r *root) error {
	for _, list := range r.field.fields() {
		if list.name != "changes" {
			continue
		}
		for _, f := range list.fields() {
			if f.name != "node" {
				continue
			}
			r.page.nodes[f] = map[string]int{}
			for _, c := range r.page.Changes {
				if err := p.changedNode(r, f, c); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *planner) changedNode(r *root, f *field, c content.ItemChange) error {
	if c.Op == "DELETED" {
		return nil
	}
	at, ok := r.page.nodes[f][c.Ref.Type]
	if !ok {
		at = len(r.sels)
		r.page.nodes[f][c.Ref.Type] = at
		sel := &content.Selection{Key: c.Ref.Type, Type: content.TypeNamed(c.Ref.Type), Rows: true, At: r.page.Until}
		r.sels = append(r.sels, sel)
		if err := p.node(sel, f); err != nil {
			return err
		}
	}
	r.sels[at].Keys = append(r.sels[at].Keys, c.Ref.Key)
	return nil
}

// changePage writes a page of changes. Its ids are those of now, whatever revision it was read at: clients lay the pages
// over what they have.
func (e *encoder) changePage(r *root, answers []*content.Result) error {
	page := r.page
	e.at = 0
	return e.object(r.field, func(f *field) error {
		switch f.name {
		case "next":
			return e.value(page.token)
		case "hasMore":
			return e.value(page.More || page.Until < page.Head)
		case "revision":
			return e.value(int64(page.Until))
		default:
			return e.list(len(page.Changes), func(i int) error { return e.change(r, answers, page.Changes[i], f) })
		}
	})
}

func (e *encoder) change(r *root, answers []*content.Result, c content.ItemChange, list *field) error {
	return e.itemChange(c, list, func(f *field) error {
		at, ok := r.page.nodes[f][c.Ref.Type]
		if !ok || c.Op == "DELETED" {
			return e.null()
		}
		l := answers[at].Lists[c.Ref.Key]
		if l == nil {
			return e.null()
		}
		return e.node(r.sels[at], answers[at], l.Rows[0], f)
	})
}

// itemChange writes a change of an item, and the item by the function.
func (e *encoder) itemChange(c content.ItemChange, list *field, node func(*field) error) error {
	return e.object(list, func(f *field) error {
		switch f.name {
		case "revision":
			return e.value(int64(c.Revision))
		case "at":
			return e.value(c.At)
		case "op":
			return e.value(c.Op)
		case "nodeId":
			return e.value(content.NewID(c.Ref.Type, c.Ref.Key))
		case "contentType":
			return e.value(strings.ToUpper(c.Ref.Type))
		case "changedFields":
			return e.list(len(c.Fields), func(i int) error { return e.value(c.Fields[i]) })
		default:
			return node(f)
		}
	})
}

// since is the token that a page of contentChanges starts from.
func (p *planner) since(f *field) (syncToken, error) {
	text, ok := f.args["since"].(string)
	if !ok {
		return syncToken{}, nil
	}
	filter, err := filterOf(f, p.who.Audience())
	if err != nil {
		return syncToken{}, err
	}
	return decodeToken(text, p.record.reader.Record(), filter.hash())
}

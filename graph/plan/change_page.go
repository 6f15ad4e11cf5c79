package plan

import (
	"context"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// Log is the record of what changed.
type Log interface {
	// Await returns the newest revision once it is later than the given one, whichever process wrote it.
	Await(ctx context.Context, after content.Revision) (content.Heads, error)
	// Changes returns a page of what changed. A revision that was not made yet is RECORD_CHANGED: it was lost.
	Changes(ctx context.Context, q content.Changes) (content.ChangePage, error)
}

// ChangePage is a page of changes as it is planned.
type ChangePage struct {
	content.ChangePage
	Next  SyncToken
	Token string // next, for the client
	// nodes are the selections of the root by the field that asks for items, and by their type.
	nodes map[*operation.Field]map[string]int
}

// Changes plans a page that leads from a token up to the newest revision or, where one is set, through the next revision
// that changed anything.
func (p *Planner) Changes(ctx context.Context, r *Root, from SyncToken, one bool) error {
	filter, err := filterOf(r.Field, p.Who.Audience())
	if err != nil {
		return err
	}
	size, err := First(r.Field, content.MaxPage)
	if err != nil {
		return err
	}
	if size == 0 {
		return badArgument("first", "first is 0: a page of changes has 1 to %d", content.MaxPage)
	}
	page, err := p.Log.Changes(ctx, content.Changes{
		After: from.Base, Until: from.Target, From: from.position, One: one, Size: size, Audience: filter.audience, Types: filter.types, Talk: filter.talk,
	})
	if err != nil {
		return err
	}
	r.Page = &ChangePage{ChangePage: page, Next: SyncToken{Base: page.Until}, nodes: map[*operation.Field]map[string]int{}}
	if page.More {
		r.Page.Next = SyncToken{from.Base, page.Until, page.Last}
	}
	r.Page.Token = r.Page.Next.encode(p.Record.Reader.Record(), filter.hash())
	return p.changed(r)
}

// changed plans the items of a page: one selection for each type and each field that asks for them.
func (p *Planner) changed(r *Root) error {
	for _, list := range r.Field.Fields() {
		if list.Name != "changes" {
			continue
		}
		for _, f := range list.Fields() {
			if f.Name != "node" {
				continue
			}
			r.Page.nodes[f] = map[string]int{}
			for _, c := range r.Page.Changes {
				if err := p.changedNode(r, f, c); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *Planner) changedNode(r *Root, f *operation.Field, c content.ItemChange) error {
	if c.Op == "DELETED" {
		return nil
	}
	at, ok := r.Page.nodes[f][c.Ref.Type]
	if !ok {
		at = len(r.Sels)
		r.Page.nodes[f][c.Ref.Type] = at
		sel := &content.Selection{Key: c.Ref.Type, Type: content.TypeNamed(c.Ref.Type), Rows: true, At: r.Page.Until}
		r.Sels = append(r.Sels, sel)
		if err := p.node(sel, f); err != nil {
			return err
		}
	}
	r.Sels[at].Keys = append(r.Sels[at].Keys, c.Ref.Key)
	return nil
}

// ChangePage writes a page of changes. Its ids are those of now, whatever revision it was read at: clients lay the pages
// over what they have.
func (e *Encoder) ChangePage(r *Root, answers []*content.Result) error {
	page := r.Page
	e.at = 0
	return e.Object(r.Field, func(f *operation.Field) error {
		switch f.Name {
		case "next":
			return e.Value(page.Token)
		case "hasMore":
			return e.Value(page.More || page.Until < page.Head)
		case "revision":
			return e.Value(int64(page.Until))
		default:
			return e.List(len(page.Changes), func(i int) error { return e.change(r, answers, page.Changes[i], f) })
		}
	})
}

func (e *Encoder) change(r *Root, answers []*content.Result, c content.ItemChange, list *operation.Field) error {
	return e.itemChange(c, list, func(f *operation.Field) error {
		at, ok := r.Page.nodes[f][c.Ref.Type]
		if !ok || c.Op == "DELETED" {
			return e.Null()
		}
		l := answers[at].Lists[c.Ref.Key]
		if l == nil {
			return e.Null()
		}
		return e.Node(r.Sels[at], answers[at], l.Rows[0], f)
	})
}

// itemChange writes a change of an item, and the item by the function.
func (e *Encoder) itemChange(c content.ItemChange, list *operation.Field, node func(*operation.Field) error) error {
	return e.Object(list, func(f *operation.Field) error {
		switch f.Name {
		case "revision":
			return e.Value(int64(c.Revision))
		case "at":
			return e.Value(c.At)
		case "op":
			return e.Value(c.Op)
		case "nodeId":
			return e.Value(content.NewID(c.Ref.Type, c.Ref.Key))
		case "contentType":
			return e.Value(strings.ToUpper(c.Ref.Type))
		case "changedFields":
			return e.List(len(c.Fields), func(i int) error { return e.Value(c.Fields[i]) })
		default:
			return node(f)
		}
	})
}

// Since is the token that a page of contentChanges starts from.
func (p *Planner) Since(f *operation.Field) (SyncToken, error) {
	text, ok := f.Args["since"].(string)
	if !ok {
		return SyncToken{}, nil
	}
	filter, err := filterOf(f, p.Who.Audience())
	if err != nil {
		return SyncToken{}, err
	}
	return decodeToken(text, p.Record.Reader.Record(), filter.hash())
}

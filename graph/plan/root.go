package plan

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// Root is a field of Query with the selections that answer it.
type Root struct {
	Field *operation.Field
	Sels  []*content.Selection
	// IDs are what nodes asks for, in order.
	IDs []content.ID
	// Page is what contentChanges answers.
	Page *ChangePage
}

// Plan turns the fields of an operation into the selections of its root fields.
func (p *Planner) Plan(fields []*operation.Field) ([]*Root, error) {
	for _, f := range fields {
		if err := p.LocalesOf(f); err != nil {
			return nil, operation.InField(f, err)
		}
	}
	roots := make([]*Root, 0, len(fields))
	for _, f := range fields {
		r := &Root{Field: f}
		err := p.Past(f)
		if err == nil {
			err = p.Root(r)
		}
		if err != nil {
			return nil, operation.InField(f, err)
		}
		roots = append(roots, r)
	}
	return roots, nil
}

// LocalesOf reads the argument locales, which all root fields of an operation agree on.
func (p *Planner) LocalesOf(f *operation.Field) error {
	list, ok := f.Args["locales"].([]any)
	if !ok {
		return nil
	}
	locales := make([]string, len(list))
	for i, v := range list {
		locales[i], _ = v.(string)
	}
	if p.asked && !slices.Equal(locales, p.Locales) {
		return badArgument("locales", "locales differs from that of another root field: one operation is answered in one list of languages")
	}
	p.Locales, p.asked = locales, true
	_, err := content.Lookup(locales)
	return operation.AtInput(err, "locales")
}

// Root plans one field of the root.
func (p *Planner) Root(r *Root) error {
	f := r.Field
	switch {
	case strings.HasPrefix(f.Name, "__"):
		return nil
	case f.Name == "viewer" || f.Name == "rateLimit":
		return nil
	case f.Name == "service":
		p.service(r)
		return nil
	case f.Name == "search":
		return p.search(r)
	case f.Name == "diff":
		return p.diff(r)
	case f.Name == "revisions":
		return p.revisions(r)
	case f.Name == "tombstone":
		return p.tombstone(r)
	case f.Named == "ChangePage":
		from, err := p.Since(f)
		if err != nil {
			return err
		}
		return p.Changes(p.Record.Ctx, r, from, false)
	case f.Name == "node":
		id, _ := f.Args["id"].(string)
		return p.IDs(r, id)
	case f.Name == "nodes":
		list, _ := f.Args["ids"].([]any)
		if len(list) > content.MaxPage {
			return badArgument("ids", "ids has %d elements: at most %d are allowed; request the others in another operation", len(list), content.MaxPage)
		}
		ids := make([]string, len(list))
		for i, v := range list {
			ids[i], _ = v.(string)
		}
		return p.IDs(r, ids...)
	case f.Form == operation.ConnectionForm:
		sel := &content.Selection{Key: f.Key, Type: operation.NodeType(strings.TrimSuffix(f.Named, "Connection")), At: p.At}
		r.Sels = append(r.Sels, sel)
		return p.Page(sel, f, "Query."+f.Name)
	default:
		return p.single(r, content.TypeNamed(f.Named))
	}
}

// IDs plans a read by id, one selection for each type and revision.
func (p *Planner) IDs(r *Root, ids ...string) error {
	type view struct {
		of *content.Type
		at content.Revision
	}
	known := map[view]*content.Selection{}
	asked := p.At
	defer func() { p.At = asked }()
	for i, text := range ids {
		p.At = asked
		input := "id"
		if r.Field.Name == "nodes" {
			input = "ids." + strconv.Itoa(i)
		}
		t, key, at, err := p.viewOf(content.ID(text), input)
		if err != nil {
			return err
		}
		p.At = at
		r.IDs = append(r.IDs, content.NewID(t.Name, key).At(at))
		sel := known[view{t, at}]
		if sel == nil {
			sel = &content.Selection{Key: t.Name, Type: t, Rows: true, At: at}
			known[view{t, at}] = sel
			r.Sels = append(r.Sels, sel)
			if err := p.node(sel, r.Field); err != nil {
				return err
			}
		}
		sel.Keys = append(sel.Keys, key)
	}
	return nil
}

// single plans a read of one item by exactly one of id, slug and externalId.
func (p *Planner) single(r *Root, t *content.Type) error {
	f := r.Field
	sel := &content.Selection{Key: f.Key, Type: t, Rows: true}
	given := 0
	if id, ok := f.Args["id"].(string); ok {
		given++
		of, key, at, err := p.viewOf(content.ID(id), "id")
		if err != nil {
			return err
		}
		p.At = at
		if of != t {
			return badArgument("id", "%q is an id of type %s: use %s, or node", id, of.Name, strings.ToLower(of.Name))
		}
		sel.Keys = []content.Key{key}
	}
	if slug, ok := f.Args["slug"].(string); ok {
		given++
		sel.Slug = content.Slug(slug)
		if !sel.Slug.Valid() {
			return badSlug()
		}
	}
	if x, ok := f.Args["externalId"].(map[string]any); ok {
		given++
		sel.External = &content.ExternalID{Scheme: fmt.Sprint(x["scheme"]), Value: fmt.Sprint(x["value"])}
	}
	sel.At = p.At
	if given != 1 {
		return badArgument(f.Name, "%s takes exactly one of id, slug and externalId; %d were given", f.Name, given)
	}
	r.Sels = append(r.Sels, sel)
	return p.node(sel, f)
}

// SearchFault adds the field at fault to an error of a search, where only one field searches.
func SearchFault(roots []*Root, err error) error {
	var searches []*Root
	for _, r := range roots {
		if r.Field.Name == "search" {
			searches = append(searches, r)
		}
	}
	if known, ok := errors.AsType[*content.Error](err); ok && known.Field == "query" && len(searches) == 1 {
		return operation.InField(searches[0].Field, err)
	}
	return err
}

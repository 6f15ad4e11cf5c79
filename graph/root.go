package graph

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/content"
)

// root is a field of Query with the selections that answer it.
type root struct {
	field *field
	sels  []*content.Selection
	// ids are what nodes asks for, in order.
	ids []content.ID
	// page is what contentChanges answers.
	page *changePage
}

// plan turns the fields of an operation into the selections of its root fields.
func (p *planner) plan(fields []*field) ([]*root, error) {
	for _, f := range fields {
		if err := p.localesOf(f); err != nil {
			return nil, inField(f, err)
		}
	}
	roots := make([]*root, 0, len(fields))
	for _, f := range fields {
		r := &root{field: f}
		err := p.past(f)
		if err == nil {
			err = p.root(r)
		}
		if err != nil {
			return nil, inField(f, err)
		}
		roots = append(roots, r)
	}
	return roots, nil
}

// localesOf reads the argument locales, which all root fields of an operation agree on.
func (p *planner) localesOf(f *field) error {
	list, ok := f.args["locales"].([]any)
	if !ok {
		return nil
	}
	locales := make([]string, len(list))
	for i, v := range list {
		locales[i], _ = v.(string)
	}
	if p.asked && !slices.Equal(locales, p.locales) {
		return badArgument("locales", "locales differs from that of another root field: one operation is answered in one list of languages")
	}
	p.locales, p.asked = locales, true
	_, err := content.Lookup(locales)
	return atInput(err, "locales")
}

func (p *planner) root(r *root) error {
	f := r.field
	switch {
	case strings.HasPrefix(f.name, "__"):
		return nil
	case f.name == "service":
		p.service(r)
		return nil
	case f.name == "search":
		return p.search(r)
	case f.name == "diff":
		return p.diff(r)
	case f.name == "revisions":
		return p.revisions(r)
	case f.name == "tombstone":
		return p.tombstone(r)
	case f.named == "ChangePage":
		from, err := p.since(f)
		if err != nil {
			return err
		}
		return p.changes(p.record.ctx, r, from, false)
	case f.name == "node":
		id, _ := f.args["id"].(string)
		return p.ids(r, id)
	case f.name == "nodes":
		list, _ := f.args["ids"].([]any)
		if len(list) > content.MaxPage {
			return badArgument("ids", "ids has %d elements: at most %d are read at once; ask for the others in another operation", len(list), content.MaxPage)
		}
		ids := make([]string, len(list))
		for i, v := range list {
			ids[i], _ = v.(string)
		}
		return p.ids(r, ids...)
	case f.form == connectionForm:
		sel := &content.Selection{Key: f.key, Type: nodeType(strings.TrimSuffix(f.named, "Connection")), At: p.at}
		r.sels = append(r.sels, sel)
		return p.page(sel, f, "Query."+f.name)
	default:
		return p.single(r, content.TypeNamed(f.named))
	}
}

// ids plans a read by id, one selection for each type and revision.
func (p *planner) ids(r *root, ids ...string) error {
	type view struct {
		of *content.Type
		at content.Revision
	}
	known := map[view]*content.Selection{}
	asked := p.at
	defer func() { p.at = asked }()
	for i, text := range ids {
		p.at = asked
		input := "id"
		if r.field.name == "nodes" {
			input = "ids." + strconv.Itoa(i)
		}
		t, key, at, err := p.viewOf(content.ID(text), input)
		if err != nil {
			return err
		}
		p.at = at
		r.ids = append(r.ids, content.NewID(t.Name, key).At(at))
		sel := known[view{t, at}]
		if sel == nil {
			sel = &content.Selection{Key: t.Name, Type: t, Rows: true, At: at}
			known[view{t, at}] = sel
			r.sels = append(r.sels, sel)
			if err := p.node(sel, r.field); err != nil {
				return err
			}
		}
		sel.Keys = append(sel.Keys, key)
	}
	return nil
}

// single plans a read of one item by exactly one of id, slug and externalId.
func (p *planner) single(r *root, t *content.Type) error {
	f := r.field
	sel := &content.Selection{Key: f.key, Type: t, Rows: true}
	given := 0
	if id, ok := f.args["id"].(string); ok {
		given++
		of, key, at, err := p.viewOf(content.ID(id), "id")
		if err != nil {
			return err
		}
		p.at = at
		if of != t {
			return badArgument("id", "%q is an id of type %s: ask %s for it, or node", id, of.Name, strings.ToLower(of.Name))
		}
		sel.Keys = []content.Key{key}
	}
	if slug, ok := f.args["slug"].(string); ok {
		given++
		sel.Slug = content.Slug(slug)
		if !sel.Slug.Valid() {
			return badSlug()
		}
	}
	if x, ok := f.args["externalId"].(map[string]any); ok {
		given++
		sel.External = &content.ExternalID{Scheme: fmt.Sprint(x["scheme"]), Value: fmt.Sprint(x["value"])}
	}
	sel.At = p.at
	if given != 1 {
		return badArgument(f.name, "%s takes exactly one of id, slug and externalId; %d were given", f.name, given)
	}
	r.sels = append(r.sels, sel)
	return p.node(sel, f)
}

// searching says of an error of a search which field is at fault, where only one searches.
func searching(roots []*root, err error) error {
	var searches []*root
	for _, r := range roots {
		if r.field.name == "search" {
			searches = append(searches, r)
		}
	}
	if known, ok := errors.AsType[*content.Error](err); ok && known.Field == "query" && len(searches) == 1 {
		return inField(searches[0].field, err)
	}
	return err
}

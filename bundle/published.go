package bundle

import (
	"context"
	"maps"
	"slices"

	"parley/content"
)

// Published is a record as the public sees it: without the items that are not published, or not any more, and without what leads
// to them. Items that cannot be read back without what they lead to are left out too: positions on an issue that is not
// published, and items that readers see without any source though their type needs one.
type Published struct {
	from    Contents
	at      content.Revision
	visible map[content.Ref]bool
	// LeftOut counts the published items that are left out.
	LeftOut int
}

// NewPublished reads which items the public sees of a record at a revision: those that it sees now, too.
func NewPublished(ctx context.Context, from Contents, at content.Revision) (*Published, error) {
	p := &Published{from: from, at: at, visible: map[content.Ref]bool{}}
	now, err := p.seenAt(ctx, 0)
	if err != nil {
		return nil, err
	}
	p.visible = now
	then, err := p.seenAt(ctx, at)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(then, func(ref content.Ref, _ bool) bool { return !now[ref] })
	p.visible = then
	left := map[content.Ref]bool{}
	for _, t := range content.Types() { // what is left out leads to no other that is left out for it
		err := from.Items(ctx, at, t, func(item content.Item) error {
			if ref := refOf(item); p.visible[ref] && !p.complete(item) {
				left[ref] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(p.visible, func(ref content.Ref, _ bool) bool { return left[ref] })
	p.LeftOut = len(left)
	return p, nil
}

// refOf names an item.
func refOf(item content.Item) content.Ref { return content.Ref{Type: item.Type.Name, Key: item.Key} }

// seenAt returns the items that are public at a revision; 0 is the newest.
func (p *Published) seenAt(ctx context.Context, at content.Revision) (map[content.Ref]bool, error) {
	seen := map[content.Ref]bool{}
	for _, t := range content.Types() {
		err := p.from.Items(ctx, at, t, func(item content.Item) error {
			if pub := item.Publication; pub.Status == content.PubUsable && pub.EmbargoedUntil.IsZero() {
				seen[refOf(item)] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// complete reports whether an item can be read back without what leads to hidden items.
func (p *Published) complete(item content.Item) bool {
	values := p.values(item.Type.Fields, item.Values)
	if content.LacksCitation(content.Item{Type: item.Type, Values: values}, content.PubUsable) != nil {
		return false
	}
	return !slices.ContainsFunc(item.Type.SlugFields(), func(name string) bool { return values[name] == nil && item.Values[name] != nil })
}

// Items hands the published items of a type to a function.
func (p *Published) Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error {
	return p.from.Items(ctx, at, t, func(item content.Item) error {
		if !p.visible[refOf(item)] {
			return nil
		}
		item.Values = p.values(t.Fields, item.Values)
		return each(item)
	})
}

// Slugs returns the keys of the published items of a type by their slugs.
func (p *Published) Slugs(ctx context.Context, at content.Revision, t *content.Type) (map[content.Slug]content.Key, error) {
	slugs, err := p.from.Slugs(ctx, at, t)
	maps.DeleteFunc(slugs, func(_ content.Slug, key content.Key) bool { return !p.visible[content.Ref{Type: t.Name, Key: key}] })
	return slugs, err
}

// values returns values without what leads to hidden items.
func (p *Published) values(fields []content.Field, values map[string]any) map[string]any {
	out := maps.Clone(values)
	for i := range fields {
		f := &fields[i]
		switch v := out[f.Name].(type) {
		case content.Ref:
			if !p.visible[v] {
				delete(out, f.Name)
			}
		case []content.Ref:
			out[f.Name] = slices.DeleteFunc(slices.Clone(v), func(ref content.Ref) bool { return !p.visible[ref] })
		case []map[string]any:
			list := make([]map[string]any, 0, len(v))
			for _, element := range v {
				if e := p.values(f.Fields, element); stays(f, element, e) {
					list = append(list, e)
				}
			}
			out[f.Name] = list
		}
		if isEmpty(out[f.Name]) {
			delete(out, f.Name)
		}
	}
	return out
}

// stays reports whether an element of a list says something without what leads to hidden items: a provision stays without its
// issue, and a participant that is named in the source's words stays without the actor.
func stays(f *content.Field, before, after map[string]any) bool {
	for i := range f.Fields {
		g := &f.Fields[i]
		if g.Kind == content.SingleRef && before[g.Name] != nil && after[g.Name] == nil {
			return f.Name == "provisions" || f.Name == "participants" && after["attribution"] != nil
		}
	}
	return true
}

// isEmpty reports whether a value is a list without elements.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case []content.Ref:
		return len(v) == 0
	case []map[string]any:
		return len(v) == 0
	default:
		return false
	}
}

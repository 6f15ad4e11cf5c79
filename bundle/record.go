package bundle

import (
	"maps"
	"slices"

	"parley/content"
)

// Record is what is known of the record that content is read for. The zero Record is empty.
type Record struct {
	// Slugs returns the keys of the items of a type by their slugs; nil where the record is empty. References may lead
	// to them, and an item that has the slug of one of them is that item.
	Slugs func(t *content.Type) (map[content.Slug]content.Key, error)
	// Identifiers returns the keys of the items of a type by the identifiers in other systems that match them exactly; nil
	// where the record is empty.
	Identifiers func(t *content.Type) (map[content.ExternalID]content.Key, error)
	// Name returns the name of a mediator or a party in the record; nil where the record is empty.
	Name func(content.Ref) (string, error)
	// Replaced says that what is not in the files leaves the record: references lead to items of the files only.
	Replaced bool
}

// recorded returns the keys of a type's items in the record by slug.
func (l *loader) recorded(t *content.Type) map[content.Slug]content.Key {
	if l.record.Slugs == nil {
		return nil
	}
	if there, ok := l.slugs[t]; ok {
		return there
	}
	there, err := l.record.Slugs(t)
	if err != nil && l.err == nil {
		l.err = err
	}
	l.slugs[t] = there
	return there
}

// holderOf is the slug of the item in the record that has a key.
func (l *loader) holderOf(t *content.Type, key content.Key) (content.Slug, bool) {
	byKey, ok := l.former[t]
	if !ok {
		byKey = make(map[content.Key]content.Slug, len(l.recorded(t)))
		for slug, key := range l.recorded(t) {
			byKey[key] = slug
		}
		l.former[t] = byKey
	}
	slug, ok := byKey[key]
	return slug, ok
}

// views are the types whose items are stored as those of t are: t, and the other capacity of an actor.
func views(t *content.Type) []*content.Type {
	list := []*content.Type{t}
	for _, other := range content.Types() {
		if other.Base == t.Base && other != t {
			list = append(list, other)
		}
	}
	return list
}

// target is the item that a slug leads to in the record, or where a new one of that slug would be.
func (l *loader) target(t *content.Type, slug content.Slug) content.Ref {
	ref := content.Ref{Type: t.Name, Key: content.NamedKey(t.Name, slug)}
	if key, ok := l.recorded(t)[slug]; ok {
		ref.Key = key
	}
	if to, ok := l.moved[ref]; ok {
		return to
	}
	return ref
}

// identify gives an item its key: that of the id it names, that of the item of its slug in the record, or the one that
// follows from its slug.
func (l *loader) identify(e *entry) bool {
	named := content.NamedKey(e.Type.Name, e.Slug)
	own := e.Key
	for _, t := range views(e.Type) {
		key, ok := l.recorded(t)[e.Slug]
		if ok && own != 0 && key != own {
			l.fieldError(e, "id", "%s has the id %s in the database: omit the id, or write that one", e.name(), content.NewID(e.Type.Name, key))
			return false
		}
		if ok {
			e.Key = key
			break
		}
		if before, taken := l.holderOf(t, named); taken && own == 0 {
			l.fieldError(e, "slug", "%s was the slug of %s, which still has the id derived from it: use another slug, or write the id to rename that item",
				e.name(), refName(t.Name, string(before)))
			return false
		}
	}
	if e.Key == 0 {
		e.Key = named
	}
	if e.Key != named {
		l.moved[content.Ref{Type: e.Type.Name, Key: named}] = content.Ref{Type: e.Type.Name, Key: e.Key}
	}
	return true
}

// follow leads the references that were read before an item's key was known to that key.
func (l *loader) follow() {
	if len(l.moved) == 0 {
		return
	}
	to := func(ref content.Ref) content.Ref {
		if m, ok := l.moved[ref]; ok {
			return m
		}
		return ref
	}
	for i := range l.refs {
		r := &l.refs[i]
		m, ok := l.moved[r.to]
		if ok && r.emitted {
			l.add(Problem{
				File: r.file, Line: r.pos.line, Column: r.pos.column, origin: r.origin,
				Message: refName(r.to.Type, r.slug) + " has an explicit id: it must come before the items that reference it",
			})
		}
		if ok {
			r.to = m
		}
	}
	var lead func(map[string]any)
	lead = func(values map[string]any) {
		for _, name := range slices.Collect(maps.Keys(values)) {
			switch v := values[name].(type) {
			case content.Ref:
				values[name] = to(v)
			case []content.Ref:
				for i := range v {
					v[i] = to(v[i])
				}
			case []map[string]any:
				for _, element := range v {
					lead(element)
				}
			}
		}
	}
	for _, e := range l.entries {
		lead(e.Values)
	}
}

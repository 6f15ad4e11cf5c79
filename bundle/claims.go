package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// claim is a value that at most one item of a type has, so that the item can be looked up by it: an identifier in another
// system that matches it exactly, or its slug, which has no scheme. The two capacities of an actor are one.
type claim struct {
	table string
	content.ExternalID
}

// claimant is the item that has a claim, and where the files say so.
type claimant struct {
	t    *content.Type
	key  content.Key
	name string
	file string
	pos  position
	unit string
	// origin is the row or line that says so.
	origin *origin
}

// claimSlug notes the slug of an item that an item of another id has in the files. An item that is handed on keeps none: its
// key follows from its slug, or moved has it under its own id.
func (l *loader) claimSlug(e *entry) {
	c := claim{e.Type.Base, content.ExternalID{Value: string(e.Slug)}} // no identifier has an empty scheme
	first, taken := l.claims[c]
	if taken && first.key != e.Key {
		l.fieldError(e, "slug", "%s and %s have the same slug but different ids, the other in %s at %s %d: give one of them another slug",
			e.name(), first.name, first.file, first.unit, first.pos.line)
		return
	}
	named := content.NamedKey(e.Type.Name, e.Slug)
	line, handed := l.emitted[content.Ref{Type: e.Type.Name, Key: named}]
	switch {
	case e.Key != named && handed:
		l.fieldError(e, "slug", "%s is also at %s %d, with another id: give one of them another slug", e.name(), l.unit(e.file), line)
	case !taken && (e.Key != named || !streams(e.Type) || l.emit == nil):
		l.claims[c] = claimant{e.Type, e.Key, e.name(), e.file, e.where("slug"), l.unit(e.file), e.origin}
	}
}

// claim notes the identifiers of an item that another item of the files has.
func (l *loader) claim(e *entry) {
	l.claimSlug(e)
	for _, id := range e.ExactIDs() {
		c := claim{e.Type.Base, id}
		first, taken := l.claims[c]
		if taken && first.key != e.Key {
			l.fieldError(e, "externalIds", "%s and %s have the same identifier, %s of %s, the other in %s at %s %d: %s",
				e.name(), first.name, short(id.Value), id.Scheme, first.file, first.unit, first.pos.line, otherKinds)
		} else if !taken {
			l.claims[c] = claimant{e.Type, e.Key, e.name(), e.file, e.where("externalIds"), l.unit(e.file), e.origin}
		}
	}
}

// otherKinds says how several items have one identifier.
const otherKinds = "only one item of a type can match it EXACT; give the others the matchKind PART_OF, BROADER or RELATED"

// contest notes the identifiers that an item of the record has, unless the files take them from it.
func (l *loader) contest() {
	if l.record.Identifiers == nil || l.err != nil {
		return
	}
	given := map[content.Ref]bool{}
	for ref, e := range l.known {
		given[ref] = e.Given.Has("externalIds") && !e.isRefused()
	}
	for ref := range l.emitted {
		given[ref] = !l.keeping[ref]
	}
	held := map[*content.Type]map[content.ExternalID]content.Key{}
	for _, c := range l.identifiers() {
		by := l.claims[c]
		for _, t := range views(by.t) {
			if held[t] == nil {
				if held[t], l.err = l.record.Identifiers(t); l.err != nil {
					return
				}
			}
			key, taken := held[t][c.ExternalID]
			released := l.record.Replaced || slices.ContainsFunc(views(t), func(t *content.Type) bool { return given[content.Ref{Type: t.Name, Key: key}] })
			if !taken || key == by.key || released {
				continue
			}
			other, _ := l.holderOf(t, key)
			l.add(Problem{
				File: by.file, Line: by.pos.line, Column: by.pos.column, origin: by.origin,
				Message: fmt.Sprintf("%s and, in the database, %s have the same identifier, %s of %s: %s",
					by.name, refName(t.Name, string(other)), short(c.Value), c.Scheme, otherKinds),
			})
			break
		}
	}
}

// identifiers are the identifiers that items of the files claim, in order. The slugs of the record were looked at when the
// items got their keys.
func (l *loader) identifiers() []claim {
	var list []claim
	for c := range l.claims {
		if c.Scheme != "" {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Value, b.Value), cmp.Compare(a.table, b.table))
	})
	return list
}

// identifierCell reads the identifier that a cell names: "pa-x:12", or "pa-x:12 (PART_OF)" where it does not match exactly.
func identifierCell(f *content.Field, p position, word string) (*node, bool) {
	scheme, value, ok := strings.Cut(word, ":")
	if !ok || f.Name != "externalIds" {
		return nil, false
	}
	kinds := f.Field("matchKind")
	if before, kind, ok := strings.Cut(value, " ("); ok && slices.Contains(kinds.Enum, strings.TrimSuffix(kind, ")")) &&
		strings.HasSuffix(kind, ")") {
		return pairs(p, "scheme", scheme, "value", strings.TrimSpace(before), "matchKind", strings.TrimSuffix(kind, ")")), true
	}
	return pairs(p, "scheme", scheme, "value", value), true
}

// identifierWord writes an identifier as [identifierCell] reads it; it is not ok where the word would not say all of it.
func identifierWord(element map[string]any) (word string, ok bool) {
	id, exact := content.ExactID(element)
	kind, _ := element["matchKind"].(string)
	url, _ := element["url"].(string)
	if id.Scheme == "" || id.Value == "" || url != "" || strings.Contains(id.Scheme, ":") || strings.TrimSpace(id.Value) != id.Value ||
		strings.Contains(id.Value, " (") {
		return "", false
	}
	if word = id.Scheme + ":" + id.Value; !exact {
		word += " (" + kind + ")"
	}
	return word, true
}

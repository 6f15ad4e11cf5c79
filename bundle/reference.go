package bundle

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"parley/content"
)

// reference is a place that names another item.
type reference struct {
	file string
	pos  position
	to   content.Ref
	slug string
	// types are the types that the field may refer to.
	types []string
	// origin is the row, line or element that has it.
	origin *origin
	// emitted reports that the item that has it was passed on.
	emitted bool
}

// refName is how an item is written where several types are possible.
func refName(typeName, slug string) string { return strings.ToLower(typeName) + "/" + slug }

// reference reads a slug, or "type/slug" where the field may point at several types.
func (l *loader) reference(f *content.Field, p position, text string) (content.Ref, bool) {
	kind, slug := f.To[0], text
	if prefix, rest, ok := strings.Cut(text, "/"); ok || len(f.To) > 1 {
		i := slices.IndexFunc(f.To, func(t string) bool { return strings.ToLower(t) == prefix })
		if i < 0 || !ok {
			l.addProblem(p, "%s names its target as %s/slug, not %s", f.Name, strings.ToLower(strings.Join(f.To, "/slug or ")), short(text))
			return content.Ref{}, false
		}
		kind, slug = f.To[i], rest
	}
	t := content.TypeNamed(kind)
	ref := l.target(t, content.Slug(slug))
	if _, there := l.recorded(t)[content.Slug(slug)]; (!there || l.record.Replaced) && l.known[ref] == nil {
		l.refs = append(l.refs, reference{file: l.file, origin: l.origin, pos: p, to: ref, slug: slug, types: f.To})
	}
	return ref, true
}

// resolve notes the references that lead nowhere.
func (l *loader) resolve() {
	var slugs map[string][]string
	searches := 100 // a suggestion costs a walk over all slugs
	for _, r := range l.refs {
		if l.known[r.to] != nil {
			continue
		}
		meant := ""
		if searches > 0 {
			searches--
			if slugs == nil {
				slugs = l.allSlugs()
			}
			meant = suggestRef(r, slugs)
		}
		slug := r.slug
		if len(slug) > 100 {
			slug = slug[:100] + "..."
		}
		l.add(Problem{
			File: r.file, Line: r.pos.line, Column: r.pos.column, origin: r.origin,
			Message: "there is no " + strings.ToValidUTF8(refName(r.to.Type, slug), "") + " in " + l.whence() + meant, kind: "reference",
		})
	}
}

// whence is where references lead.
func (l *loader) whence() string {
	if l.record.Slugs == nil || l.record.Replaced {
		return "this bundle"
	}
	return "these files or the record"
}

// allSlugs are the slugs that references may lead to, by type, in order.
func (l *loader) allSlugs() map[string][]string {
	slugs := map[string][]string{}
	for ref, e := range l.known {
		slugs[ref.Type] = append(slugs[ref.Type], string(e.Slug))
	}
	for _, t := range content.Types() {
		if l.record.Replaced {
			break
		}
		for slug := range l.recorded(t) {
			slugs[t.Name] = append(slugs[t.Name], string(slug))
		}
	}
	for _, list := range slugs {
		slices.Sort(list)
	}
	return slugs
}

// at is the item of the files that a reference leads to, or nil.
func (l *loader) at(ref content.Ref) *entry {
	if to, ok := l.moved[ref]; ok {
		ref = to
	}
	return l.known[ref]
}

// suggestRef names the item that a reference perhaps meant: one of the same slug in another type first.
func suggestRef(r reference, slugs map[string][]string) string {
	for _, t := range content.Types() {
		if !slices.Contains(slugs[t.Name], r.slug) {
			continue
		}
		if slices.Contains(r.types, t.Name) {
			return "; did you mean " + refName(t.Name, r.slug) + "?"
		}
		return "; there is " + refName(t.Name, r.slug) + ", which cannot be used here"
	}
	best := nearest(r.slug, slugs[r.to.Type])
	if best == "" {
		return ""
	}
	return "; did you mean " + refName(r.to.Type, best) + "?"
}

// suggest names the word that was perhaps meant.
func suggest(word string, among []string) string {
	if best := nearest(word, among); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}

// nearest is the word among several that differs least from one, or nothing where none is near. Case does not count.
func nearest(word string, among []string) string {
	if len(word) > 100 {
		return ""
	}
	best, distance := "", min(4, max(2, len(word)/3)+1)
	for _, w := range among {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(w)); d < distance {
			best, distance = w, d
		}
	}
	return best
}

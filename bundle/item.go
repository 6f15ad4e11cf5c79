package bundle

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"parley/content"
)

// item reads an item. Where it names no slug it has that of its file, which is empty for a list.
func (l *loader) item(t *content.Type, n ast.Node, slug string) *entry {
	if n = l.open(n); n == nil {
		return nil
	}
	fields := append([]content.Field{{Name: "slug", Kind: content.Text}}, t.Fields...)
	values, at := l.mapping(n, fields)
	if values == nil {
		return nil
	}
	e := &entry{file: l.file, pos: of(n), at: at}
	if own, ok := values["slug"].(string); ok {
		slug = own
	}
	delete(values, "slug")
	if values["locale"] == nil {
		values["locale"] = "en"
	}
	e.Item = content.Item{Type: t, Slug: content.Slug(slug), Values: values}
	l.required(e.pos, at, required(t))
	if cited(t) && at["citations"] == (position{}) {
		l.problem(e.pos, "the citations are missing: %s %s says where it is from, as in \"citations: [{source: a-slug}]\"", indefinite(t.Name), strings.ToLower(t.Name))
	}
	l.entries = append(l.entries, e)
	return e
}

// required are the fields that an item must have. The holder of a position may follow from its party.
func required(t *content.Type) []string {
	var names []string
	for _, f := range t.Fields {
		if f.Required && f.Name != "holder" {
			names = append(names, f.Name)
		}
	}
	if t.Name == "Position" {
		names = append(names, "issue")
	}
	return names
}

// cited reports whether items of a type must say where they are from.
func cited(t *content.Type) bool {
	return t.Name == "Event" || t.Name == "Position" || t.Name == "Agreement"
}

func indefinite(noun string) string {
	if strings.ContainsAny(noun[:1], "AEIOU") {
		return "an"
	}
	return "a"
}

// register gives every item its slug and key, those with a slug of their own first, since the others may follow from them.
func (l *loader) register() {
	for _, e := range l.entries {
		if e.Slug != "" {
			l.enter(e)
		}
	}
	for _, e := range l.entries {
		if e.Type.Name == "Position" && e.Values["holder"] == nil {
			l.holder(e)
		}
		if e.Slug != "" {
			continue
		}
		if slug, ok := l.derived(e); ok {
			e.Slug = slug
			l.enter(e)
		}
	}
}

func (l *loader) enter(e *entry) {
	e.Key = content.NamedKey(e.Type.Name, e.Slug)
	ref := content.Ref{Type: e.Type.Name, Key: e.Key}
	first := l.known[ref]
	switch {
	case e.Slug == "":
		l.wrong(e, "slug", "the slug is missing")
		return
	case !e.Slug.Valid():
		l.wrong(e, "slug", "%s is no slug: use lower-case letters and digits joined by single hyphens, at most 100 characters", short(string(e.Slug)))
		return
	case first != nil && e.at["slug"] == (position{}):
		l.wrong(e, "slug", "%s stands in %s at line %d too: give this one a slug of its own", e.name(), first.file, first.where("slug").line)
		return
	case first != nil:
		l.wrong(e, "slug", "%s stands in %s at line %d too", e.name(), first.file, first.where("slug").line)
		return
	}
	l.known[ref] = e
}

// holder names the holder of a position after its party.
func (l *loader) holder(e *entry) {
	ref, ok := e.Values["party"].(content.Ref)
	if party := l.known[ref]; ok && party != nil && party.Values["name"] != nil {
		e.Values["holder"] = party.Values["name"]
	} else if !ok && e.at["holder"] == (position{}) {
		l.wrong(e, "holder", "the field \"holder\" is missing: name who holds the position, or its party")
	}
}

// derived is the slug of a position or a source that names none: "one-side-on-water-share", or the words of its title.
// It is not ok where what it follows from is missing, which has been noted.
func (l *loader) derived(e *entry) (slug content.Slug, ok bool) {
	var words string
	switch e.Type.Name {
	case "Position":
		holder, _ := e.Values["holder"].(string)
		ref, _ := e.Values["issue"].(content.Ref)
		issue := l.known[ref]
		if holder == "" || issue == nil {
			return "", false
		}
		words = holder + " on " + string(issue.Slug)
	case "Source":
		words, _ = e.Values["title"].(string)
		if words == "" {
			return "", false
		}
	default:
		return "", true
	}
	return content.SlugOf(words), true
}

package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"parley/content"
)

// item reads an item. Where it names no slug it has that of its file, which is empty for a list.
func (l *loader) item(t *content.Type, n *node, slug string) *entry {
	if n = l.open(n); n == nil {
		return nil
	}
	l.own = len(l.refs)
	l.plain = isPlain(n)
	values, at := l.mapping(n, fieldsOf(t))
	if values == nil {
		return nil
	}
	if l.plain {
		content.EscapePlain(t.Fields, values)
	}
	e := &entry{file: l.file, origin: l.origin, pos: n.pos, at: at}
	if own, ok := values["slug"].(string); ok {
		slug = own
	}
	e.Item = content.Item{Type: t, Slug: content.Slug(slug), Values: values, Given: l.given}
	l.publication(e)
	l.revision(e)
	if id, ok := values["id"].(string); ok {
		l.id(e, id)
	}
	delete(values, "plain")
	for _, f := range itemFields() {
		delete(values, f.Name)
	}
	if values["locale"] == nil && e.Given.Has("locale") {
		values["locale"] = string(content.DefaultLocale)
	}
	if e.Slug != "" || e.Given == nil || streams(t) {
		l.complete(e)
	}
	l.hand(e)
	return e
}

// isPlain reports whether an item says that its texts are not Markdown.
func isPlain(n *node) bool {
	for pair := range slices.Chunk(n.of, 2) {
		if len(pair) == 2 && pair[0] != nil && pair[0].text == "plain" && pair[1] != nil {
			return pair[1].text == "true"
		}
	}
	return false
}

// complete notes what is missing from an item. A part of an item that the record does not have is all of it.
func (l *loader) complete(e *entry) {
	l.needs(e)
	if e.Given != nil && !l.inRecord(e) {
		e.Item = content.Complete(content.Item{}, e.Item)
	}
	l.ownLanguage(e)
}

// ownLanguage notes a translation into the language of the item itself.
func (l *loader) ownLanguage(e *entry) {
	list, _ := e.Values["translations"].([]map[string]any)
	for _, t := range list {
		if t["locale"] == e.Values["locale"] {
			l.fieldError(e, "translations", "the texts of the item itself are in %s: it has no translation into that", t["locale"])
		}
	}
}

// needs notes the fields without a value that an item must have. A part of an item that is in the record may leave them out.
func (l *loader) needs(e *entry) {
	there := e.Given != nil && l.inRecord(e)
	lacks := func(name string) bool { return e.at[name] == (position{}) && (!there || e.Given[name]) }
	for _, name := range required(e.Type) {
		if lacks(name) {
			l.fieldError(e, name, "the field %q is missing%s", name, l.asNew(e))
		}
	}
	draft := e.Publication != nil && e.Publication.Status != content.PubUsable // exports have drafts that cite nothing yet
	if e.Type.Cited() && !draft && lacks("citations") {
		l.fieldError(e, "citations", "the citations are missing: %s %s says where it is from, as in \"citations: [{source: a-slug}]\"", indefinite(e.Type.Name), strings.ToLower(e.Type.Name))
	}
}

// asNew says why a part of an item must have a field, where it is because the item is new.
func (l *loader) asNew(e *entry) string {
	if e.Given == nil || e.Slug == "" || l.inRecord(e) || l.record.Slugs == nil {
		return ""
	}
	return ": " + e.name() + " is missing, and a new item must have it"
}

// inRecord reports whether the item of an entry is in the record, for an actor in either capacity.
func (l *loader) inRecord(e *entry) bool {
	for _, t := range views(e.Type) {
		if _, ok := l.recorded(t)[e.Slug]; ok {
			return true
		}
		if _, ok := l.holderOf(t, e.Key); ok && e.Key != 0 {
			return true
		}
	}
	return false
}

// itemFields are the keys that every item may have beside the fields of its type.
func itemFields() []content.Field {
	return []content.Field{
		{Name: "slug", Kind: content.Text},
		{Name: "id", Kind: content.Text},
		{Name: "revision", Kind: content.Int},
		{Name: "pubStatus", Kind: content.Enum, Enum: content.PubStatus("").Values()},
		{Name: "embargoedUntil", Kind: content.Text},
	}
}

// writtenFields are the keys of an item of a type as exports write them.
func writtenFields(t *content.Type) []content.Field { return append(itemFields(), t.Fields...) }

// fieldsOf returns all keys that an item of a type may have in a file: its fields, and the key plain.
func fieldsOf(t *content.Type) []content.Field {
	return append(writtenFields(t), content.Field{Name: "plain", Kind: content.Bool})
}

// publication reads the publication of the item, where it has one.
func (l *loader) publication(e *entry) {
	status, ok := e.Values["pubStatus"].(string)
	until, embargoed := e.Values["embargoedUntil"].(string)
	if !ok && !embargoed {
		return
	}
	e.Publication = &content.Publication{Status: content.PubStatus(cmp.Or(status, "USABLE"))}
	if !embargoed {
		return
	}
	at, err := time.Parse(time.RFC3339, until)
	if err != nil {
		l.fieldError(e, "embargoedUntil", "embargoedUntil is a time as in 2024-03-05T14:30:00Z, not %s", short(until))
	}
	e.Publication.EmbargoedUntil = at.UTC()
}

// revision reads the revision that the item was written out at.
func (l *loader) revision(e *entry) {
	rev, ok := e.Values["revision"].(int64)
	if ok && rev < 1 {
		l.fieldError(e, "revision", "revision is the number of a revision, from 1, not %d: omit it if it is not known", rev)
	}
	e.Revision = content.Revision(rev)
}

// id reads the id of an item whose slug was another once.
func (l *loader) id(e *entry, text string) {
	t, key, err := content.ID(text).Split()
	switch {
	case err != nil:
		l.fieldError(e, "id", "%s", err)
	case t.Base != e.Type.Base:
		l.fieldError(e, "id", "%s is the id of %s %s, not of %s %s", text, indefinite(t.Name), strings.ToLower(t.Name), indefinite(e.Type.Name), strings.ToLower(e.Type.Name))
	default:
		e.Key = key
	}
}

// required returns the names of the fields that an item must have, including the fields that its slug is derived from. A field
// that may be derived from another item, such as the holder of a position from its party, is checked after all items are read.
func required(t *content.Type) []string {
	var names []string
	for _, f := range t.Fields {
		if f.From == "" && (f.Required || slices.Contains(t.Slug, f.Name)) {
			names = append(names, f.Name)
		}
	}
	return names
}

func indefinite(noun string) string {
	if strings.ContainsAny(noun[:1], "AEIOU") {
		return "an"
	}
	return "a"
}

// register gives the items without a slug of their own one that follows from others, and its key.
func (l *loader) register() {
	for _, e := range l.entries {
		for _, f := range e.Type.Fields {
			if f.From != "" && e.Values[f.Name] == nil && (e.Given.Has(f.Name) || !l.inRecord(e)) {
				l.inherit(e, f)
			}
		}
		if e.Slug != "" {
			continue
		}
		slug, ok := l.derived(e)
		if ok {
			e.Slug = slug
			l.enter(e)
		}
		if e.Given != nil {
			l.complete(e)
		}
	}
}

func (l *loader) enter(e *entry) {
	switch {
	case e.Slug == "":
		l.fieldError(e, "slug", "the slug is missing")
		return
	case !l.proper(e) || !l.identify(e):
		return
	}
	ref := content.Ref{Type: e.Type.Name, Key: e.Key}
	switch first := l.known[ref]; {
	case first != nil && e.at["slug"] == (position{}):
		l.fieldError(e, "slug", "%s is also in %s at line %d: give this item another slug", e.name(), first.file, first.where("slug").line)
		return
	case first != nil:
		l.fieldError(e, "slug", "%s is also in %s at line %d", e.name(), first.file, first.where("slug").line)
		return
	}
	l.known[ref] = e
	l.claim(e)
}

// proper reports whether the slug has the form of one, and notes where it has not.
func (l *loader) proper(e *entry) bool {
	if e.Slug.Valid() {
		return true
	}
	l.fieldError(e, "slug", "%s is not a slug: use lower-case letters and digits joined by single hyphens, at most %d characters, such as %s",
		short(string(e.Slug)), content.MaxSlug, content.SlugOf(string(e.Slug)))
	return false
}

// inherit gives a field the name of the item that another field refers to: the holder of a position that of its party.
func (l *loader) inherit(e *entry, f content.Field) {
	ref, ok := e.Values[f.From].(content.Ref)
	if !ok {
		if e.at[f.Name] == (position{}) {
			l.fieldError(e, f.Name, "the field %q is missing: give it, or the field %q that it follows from", f.Name, f.From)
		}
		return
	}
	if name := l.nameOf(ref); name != "" {
		e.give(f.Name, name)
	}
}

// nameOf returns the title of an item of the files or of the record; empty where there is no such item, which is noted elsewhere.
func (l *loader) nameOf(ref content.Ref) string {
	title := content.TypeNamed(ref.Type).Title()
	if there := l.at(ref); there != nil && there.Values[title] != nil {
		name, _ := there.Values[title].(string)
		return name
	}
	if _, ok := l.holderOf(content.TypeNamed(ref.Type), ref.Key); !ok || l.record.Name == nil {
		return ""
	}
	name, err := l.record.Name(ref)
	if err != nil && l.err == nil {
		l.err = err
	}
	return name
}

// derived is the slug of an item that names none and whose type has the trait Slug: "one-side-on-water-share" of a position, the
// words of the title of a source. It is not ok where what it follows from is missing, which has been noted.
func (l *loader) derived(e *entry) (slug content.Slug, ok bool) {
	if e.Type.Slug == nil {
		return "", true
	}
	var parts []string
	for _, name := range e.Type.Slug {
		part, _ := e.Values[name].(string)
		if ref, is := e.Values[name].(content.Ref); is {
			part = l.slugOf(ref)
		}
		if part == "" {
			return "", false
		}
		parts = append(parts, part)
	}
	words := strings.Join(parts, " on ")
	slug = content.SlugOf(words)
	if former := asciiSlug(words); former != slug && l.has(e.Type, former) && !l.has(e.Type, slug) {
		slug = former
	}
	return slug, true
}

// slugOf is the slug of an item of the files or of the record, or empty.
func (l *loader) slugOf(ref content.Ref) string {
	if there := l.at(ref); there != nil {
		return string(there.Slug)
	}
	slug, _ := l.holderOf(content.TypeNamed(ref.Type), ref.Key)
	return string(slug)
}

// has reports whether the record has an item of a slug.
func (l *loader) has(t *content.Type, slug content.Slug) bool {
	_, ok := l.recorded(t)[slug]
	return ok
}

// asciiSlug returns the slug of words that earlier versions of this package derived: they split words at letters with
// accents ("r-union"). An item that the record has under such a slug keeps it, and with it its id.
func asciiSlug(words string) content.Slug {
	parts := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	slug := ""
	for _, p := range parts {
		if len(slug)+1+len(p) > content.MaxSlug {
			break
		}
		slug = strings.TrimPrefix(slug+"-"+p, "-")
	}
	if slug == "" {
		sum := sha256.Sum256([]byte(words))
		slug = "x" + hex.EncodeToString(sum[:6])
	}
	return content.Slug(slug)
}

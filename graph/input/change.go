package input

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/content"
	"parley/graph/operation"
)

// changes reads the input of applyChanges.
func (in *Reader) changes(set *content.ChangeSet, m map[string]any) {
	list := operation.List(m["changes"])
	if len(list) == 0 || len(list) > maxChanges {
		in.fieldError("input.changes", "changes has %d elements: 1 to %d are allowed", len(list), maxChanges)
		return
	}
	keys := map[string]bool{}
	for i, v := range list {
		e, _ := v.(map[string]any)
		name := oneOf(e)
		inner, _ := e[name].(map[string]any)
		path := "input.changes." + strconv.Itoa(i) + "." + name
		for _, of := range []string{"idempotencyKey", "reason", "publicNote"} {
			if inner[of] != nil {
				in.fieldError(path+"."+of, "%s must be given beside changes, for all of them", of)
			}
		}
		c := in.change(set, name, inner, path)
		c.ClientKey = in.key(inner, keys, path)
		set.Changes = append(set.Changes, c)
	}
}

// key reads the name that a change gives to what it creates.
func (in *Reader) key(m map[string]any, taken map[string]bool, path string) string {
	key, ok := m["key"].(string)
	switch {
	case !ok:
		return ""
	case key == "" || utf8.RuneCountInString(key) > maxKey || strings.ContainsFunc(key, unicode.IsControl):
		in.fieldError(path+".key", "key is a text of 1 to %d characters, without control characters", maxKey)
	case taken[key]:
		in.fieldError(path+".key", "another change has the key %q already", key)
	}
	taken[key] = true
	return key
}

// change reads the input of a mutation that creates, updates or deletes an item.
func (in *Reader) change(set *content.ChangeSet, mutation string, m map[string]any, path string) content.Change {
	verb, t := verbOf(mutation)
	c := content.Change{Type: t, Path: path}
	since := in.ifRevision(m, path)
	if verb == "create" {
		c.Op = content.Create
		if since > 0 && (set.IfRevision == 0 || since < set.IfRevision) {
			set.IfRevision = since
		}
		in.create(&c, m)
		if m["publish"] == true {
			c.Publication = &content.Publication{Status: content.PubUsable}
		}
		return c
	}
	c.IfRevision = since
	c.Key, c.Named = in.itself(t, m["id"], path+".id")
	if verb == "delete" {
		c.Op = content.Delete
		c.Cascade = m["cascade"] == true
		return c
	}
	c.Op = content.Update
	c.Slug = in.slug(m, path)
	c.Values = in.values(t, m, path)
	in.kept(t, m, path)
	return c
}

// verbOf takes the name of a mutation apart, such as createTalk.
func verbOf(mutation string) (string, *content.Type) {
	i := strings.IndexFunc(mutation, unicode.IsUpper)
	return mutation[:i], content.TypeNamed(mutation[i:])
}

// create reads what an item is to be.
func (in *Reader) create(c *content.Change, m map[string]any) {
	for _, other := range c.Type.Views() {
		name := strings.ToLower(other.Name)
		if v, ok := m[name].(map[string]any); ok && other != c.Type {
			target := in.target(other, v, c.Path+"."+name)
			c.ExistingActor = &target
		}
	}
	c.Slug = in.slug(m, c.Path)
	c.Values = in.values(c.Type, m, c.Path)
	for name, v := range c.Values {
		if v == nil {
			delete(c.Values, name) // of what is new there is nothing to clear
		}
	}
	if c.ExistingActor != nil {
		return
	}
	if c.Values["locale"] == nil {
		c.Values["locale"] = string(content.DefaultLocale)
	}
	for _, f := range c.Type.Fields {
		if f.Required && blank(m[f.Name]) {
			in.fieldError(c.Path+"."+f.Name, "%s is missing: it is the title of the item", f.Name)
		}
	}
}

// kept notes the fields that an update clears and no item goes without.
func (in *Reader) kept(t *content.Type, m map[string]any, path string) {
	create := in.Schema.Types["Create"+t.Name+"Input"]
	for _, f := range t.Fields {
		def := create.Fields.ForName(f.Name)
		v, given := m[f.Name]
		if given && blank(v) && (f.Required || def.Type.NonNull || f.Name == "locale") {
			in.fieldError(path+"."+f.Name, "%s cannot be empty: omit it to leave it unchanged", f.Name)
		}
	}
	if v, given := m["slug"]; given && v == nil {
		in.fieldError(path+".slug", "slug cannot be empty: omit it to leave it unchanged")
	}
}

func blank(v any) bool {
	text, ok := v.(string)
	return v == nil || ok && strings.TrimSpace(text) == ""
}

// slug reads the readable name of an item.
func (in *Reader) slug(m map[string]any, path string) content.Slug {
	if m["slug"] == nil {
		return ""
	}
	text, _ := m["slug"].(string)
	if !content.Slug(text).Valid() {
		in.fieldError(path+".slug", "%q is not a slug: use lower-case letters and digits joined by single hyphens, at most %d characters, such as %s", operation.Shorten(text), content.MaxSlug, content.SlugOf(text))
	}
	return content.Slug(text)
}

package input

import (
	"slices"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// id reads the id of an item; its type is nil where it is none. An id of the past carries a view and is refused: what is
// written is written now.
func (in *Reader) id(v any, path string) (*content.Type, content.Key) {
	text, _ := v.(string)
	if plain, _, ok := strings.Cut(text, "@"); ok {
		in.fieldError(path, "%q is an id at a revision: send the plain id, %s, which is the canonicalId of the item", operation.Shorten(text), operation.Shorten(plain))
		return nil, 0
	}
	t, key, err := content.ID(text).Split()
	if err != nil {
		in.fieldError(path, "%s", err)
		return nil, 0
	}
	return t, key
}

// own reads the id of an item of the type.
func (in *Reader) own(t *content.Type, v any, path string) content.Key {
	of, key := in.id(v, path)
	if of != nil && of != t {
		in.fieldError(path, "%q is an id of type %s: an id of type %s is required here", v, of.Name, t.Name)
	}
	return key
}

// itself reads the item that a change is about: its id, or its slug, which has no underscore in it as every id has.
func (in *Reader) itself(t *content.Type, v any, path string) (content.Key, *content.Target) {
	if text, ok := v.(string); ok && content.Slug(text).Valid() {
		return 0, &content.Target{Type: t, Slug: content.Slug(text), Path: path}
	}
	return in.own(t, v, path), nil
}

// target reads a RefInput: an item of the type, named by the one field that it has.
func (in *Reader) target(t *content.Type, v any, path string) content.Target {
	m, _ := v.(map[string]any)
	target := content.Target{Type: t, Path: path}
	switch oneOf(m) {
	case "id":
		target.Key = in.own(t, m["id"], path+".id")
	case "slug":
		target.Slug = in.slug(m, path)
	case "externalId":
		x, _ := m["externalId"].(map[string]any)
		scheme, _ := x["scheme"].(string)
		value, _ := x["value"].(string)
		if scheme == "" || value == "" {
			in.fieldError(path+".externalId", "externalId has an empty scheme or value")
		}
		target.External = &content.ExternalID{Scheme: scheme, Value: value}
	default:
		target.ClientKey, _ = m["key"].(string)
		if target.ClientKey == "" {
			in.fieldError(path+".key", "key is empty")
		}
	}
	return target
}

// one reads a reference to an item of the field's type or, where it has two, an ActorRefInput.
func (in *Reader) one(f *content.Field, v any, path string) content.Target {
	if len(f.To) == 1 {
		return in.target(content.TypeNamed(f.To[0]), v, path)
	}
	m, _ := v.(map[string]any)
	name := oneOf(m)
	i := slices.IndexFunc(f.To, func(to string) bool { return strings.ToLower(to) == name })
	return in.target(content.TypeNamed(f.To[i]), m[name], path+"."+name)
}

// oneOf returns the name of the one field that an input object with the directive @oneOf has.
func oneOf(m map[string]any) string {
	for name := range m {
		return name
	}
	return ""
}

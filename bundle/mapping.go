package bundle

import (
	"slices"
	"strings"

	"parley/content"
)

// mapping reads the fields of an item or an element, and where their values begin. It is nil where n is no mapping.
// A field whose value is null, an empty text or an empty list counts as absent.
func (l *loader) mapping(n *node, fields []content.Field) (map[string]any, map[string]position) {
	if n.kind != mapping {
		l.addProblem(n.pos, "this is not a mapping of fields to values, such as \"%s: ...\"", fields[0].Name)
		return nil, nil
	}
	values, at := map[string]any{}, map[string]position{}
	seen := map[string]position{}
	for pair := range slices.Chunk(n.of, 2) {
		if pair[0] == nil || pair[0].kind != scalar || pair[0].text == "<<" {
			l.addProblem(keyPosition(pair[0], n), "a key must be the plain name of a field")
			continue
		}
		key := pair[0].text
		if first, twice := seen[key]; twice {
			l.addProblem(pair[0].pos, "the field %s is also at line %d", short(key), first.line)
			continue
		}
		seen[key] = pair[0].pos
		i := slices.IndexFunc(fields, func(f content.Field) bool { return f.Name == key })
		if i < 0 {
			l.once(pair[0].pos, "unknown field %s%s", short(key), suggest(key, fieldNames(fields)))
			continue
		}
		v := l.open(pair[1])
		if v == nil || v.isEmpty() {
			continue
		}
		at[key] = v.pos
		if key == "citations" || key == "translations" {
			outer := l.owner
			if l.owner = fields; key == "translations" {
				l.owner = slices.DeleteFunc(slices.Clone(fields), func(f content.Field) bool { return !f.Translatable() })
			}
			l.set(values, &fields[i], v)
			l.owner = outer
			continue
		}
		l.set(values, &fields[i], v)
	}
	l.spans(values, at)
	return values, at
}

func (l *loader) set(values map[string]any, f *content.Field, n *node) {
	if v := l.value(f, n); v != nil {
		values[f.Name] = v
	}
}

// keyPosition returns the position of a key, or that of the mapping where it does not have the key.
func keyPosition(key, of *node) position {
	if key == nil {
		return of.pos
	}
	return key.pos
}

// required notes the fields that are missing from a mapping.
func (l *loader) required(p position, at map[string]position, names []string) {
	for _, name := range names {
		if _, ok := at[name]; !ok {
			l.addProblem(p, "the field %q is missing", name)
		}
	}
}

// spans notes ends that come before their starts.
func (l *loader) spans(values map[string]any, at map[string]position) {
	for _, err := range content.CheckSpans(values) {
		l.addProblem(at[err.Field], "%s", err)
	}
}

func fieldNames(fields []content.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// element reads an element of the list f.
func (l *loader) element(f *content.Field, n *node) map[string]any {
	values, at := l.mapping(n, f.Fields)
	if values == nil {
		return nil
	}
	l.takenOut(f, n, values, at)
	l.required(n.pos, at, elementNeeds(f.Name))
	one := func(a, b string) {
		if at[a] == (position{}) && at[b] == (position{}) {
			l.addProblem(n.pos, "the field %q or %q is missing", a, b)
		}
	}
	switch f.Name {
	case "participants":
		one("actor", "attribution")
	case "provisions":
		one("title", "text")
	}
	for i := range f.Fields {
		if g := &f.Fields[i]; g.Kind == content.Enum && values[g.Name] == nil && (l.given == nil || f.Name != "translations") {
			values[g.Name] = defaultOf(g)
		}
	}
	return values
}

// takenOut reads what a part of an item takes out of its translations: null for the texts of a locale, or for a text.
func (l *loader) takenOut(f *content.Field, n *node, values map[string]any, at map[string]position) {
	name := map[string]string{"translations": "text", "text": "value"}[f.Name]
	if l.given == nil || name == "" {
		return
	}
	for i := 0; i+1 < len(n.of); i += 2 {
		if _, ok := at[name]; !ok && n.of[i] != nil && n.of[i].text == name {
			values[name], at[name] = nil, n.of[i].pos
		}
	}
}

// defaultOf is the value of an enumeration that an element leaves out.
func defaultOf(f *content.Field) string {
	if f.Name == "translationKind" {
		return "EDITORIAL"
	}
	return f.Default()
}

// elementNeeds are the fields that the elements of a list must have.
func elementNeeds(list string) []string {
	switch list {
	case "citations":
		return []string{"source"}
	case "translations":
		return []string{"locale", "text"}
	case "text":
		return []string{"field", "value"}
	case "externalIds":
		return []string{"scheme", "value"}
	case "participations", "proposedBy":
		return []string{"actor"}
	case "questions":
		return []string{"question", "answer"}
	case "blockedBy":
		return []string{"issue"}
	case "related":
		return []string{"agreement"}
	default:
		return nil
	}
}

// identity is what no two elements of a list may share; empty where they may.
func identity(list string, values map[string]any) string {
	key := func(name string) string {
		switch v := values[name].(type) {
		case string:
			return v
		case content.Ref:
			return string(content.NewID(v.Type, v.Key))
		default:
			return ""
		}
	}
	switch list {
	case "blockedBy":
		return key("issue")
	case "proposedBy":
		return key("actor")
	case "related":
		return strings.TrimSpace(key("relationKind") + " " + key("agreement"))
	case "translations":
		return key("locale")
	case "text":
		return key("field")
	case "externalIds":
		return strings.TrimSpace(key("scheme") + " " + key("value"))
	default:
		return ""
	}
}

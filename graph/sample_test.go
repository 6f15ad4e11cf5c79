package graph_test

import (
	"fmt"
	"strconv"

	"parley/content"
)

// anItem is the slug of an item of testdata/content, by type.
func anItem(typeName string) string {
	return map[string]string{
		"Talk": "lake-talks", "Mediator": "ferryland", "Party": "east-shore", "Issue": "water-share", "Position": "one-side-on-water",
		"Event": "opening", "Agreement": "old-accord", "Article": "lake-explained", "Source": "lake-herald",
	}[typeName]
}

// idOf is the id of an item of testdata/content.
func idOf(typeName string) string {
	return string(content.NewID(typeName, content.NamedKey(typeName, content.Slug(anItem(typeName)))))
}

// sample is an input that gives every field of a type a value.
func sample(t *content.Type) map[string]any {
	m := map[string]any{}
	for i := range t.Fields {
		m[t.Fields[i].Name] = sampleOf(t.Fields, &t.Fields[i])
	}
	return m
}

// sampleOf is a value of a field; owner are the fields that translations and citations in it speak of.
func sampleOf(owner []content.Field, f *content.Field) any {
	switch f.Kind {
	case content.Enum:
		return f.Enum[len(f.Enum)-1]
	case content.Date:
		return map[string]any{"edtf": "2021-05~", "verbatim": "about May", "verbatimLocale": "he"}
	case content.Bool:
		return true
	case content.Int:
		return 3
	case content.Place:
		translations := sampleOf(f.Fields, f.Field("translations"))
		return map[string]any{"name": "Bridge Town", "country": "FL", "latitude": 1.5, "longitude": -2, "translations": translations}
	case content.SingleRef:
		return sampleRef(f)
	case content.StringList:
		if f.Enum != nil {
			return f.Enum[:2]
		}
		return []any{"One", "Two"}
	case content.RefList:
		return []any{sampleRef(f)}
	case content.JSONList, content.ChildRows:
		if len(f.Fields) == 1 {
			return []any{sampleRef(&f.Fields[0])}
		}
		element := map[string]any{}
		for i := range f.Fields {
			g := &f.Fields[i]
			switch g.Name {
			case "stale":
			case "translations":
				element[g.Name] = sampleOf(f.Fields, g)
			default:
				element[g.Name] = sampleOf(owner, g)
			}
		}
		return []any{element}
	default:
		return sampleText(owner, f)
	}
}

func sampleText(owner []content.Field, f *content.Field) string {
	switch f.Name {
	case "url", "archivedUrl":
		return "https://test.example/page"
	case "locale", "language":
		return "fr"
	case "field":
		for i := range owner {
			if owner[i].Translatable() {
				return owner[i].Name
			}
		}
	}
	return "Some *" + f.Name + "*"
}

func sampleRef(f *content.Field) map[string]any {
	ref := map[string]any{"slug": anItem(f.To[0])}
	if len(f.To) > 1 {
		return map[string]any{"mediator": ref}
	}
	return ref
}

// createInput is a sample for a create mutation: its translation is in another language than the item, and the citations of
// its rows are of the row as a whole.
func createInput(t *content.Type, n int) map[string]any {
	m := sample(t)
	m["locale"] = "ar"
	m["slug"] = fmt.Sprintf("sample-%d", n)
	m["externalIds"] = []any{map[string]any{"scheme": "test", "value": strconv.Itoa(n), "url": "https://test.example/1"}}
	citeWhole(m)
	return m
}

// citeWhole has the citations of rows speak of the row as a whole, since rows have no title.
func citeWhole(m map[string]any) {
	for _, rows := range []string{"participations", "provisions"} {
		if list, ok := m[rows].([]any); ok {
			list[0].(map[string]any)["citations"].([]any)[0].(map[string]any)["field"] = nil
		}
	}
}

package store

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// translate serves a row in the first of the languages that it has; the last two columns are its own language and its
// translations. Fields that a translation leaves out stay as they are.
func (q *rowReader) translate(row content.Row, raw []driver.Value) error {
	own, _ := raw[0].(string)
	text, _ := raw[1].(string)
	translations, err := decodeValues(q.Sel.Type.Field("translations").Fields, []byte(text))
	if err != nil {
		return fmt.Errorf("read translations: %w", err)
	}
	in := serve(q.View.Locales, own, translations)
	for i, name := range q.Sel.Fields {
		switch f := q.Sel.Type.Field(name); {
		case name == "locale":
			if in.texts != nil {
				row.Values[i] = in.locale
			}
		case name == "untranslated":
			there, _ := row.Values[i].(string)
			row.Values[i] = in.untranslated(strings.Fields(there))
		case name == "label":
			if title, ok := in.texts[q.Sel.Type.Title()]; ok {
				row.Values[i] = title
			}
		case f != nil && f.HasTranslations():
			q.translateElements(f, row.Values[i], own)
		default:
			if text, ok := in.texts[name]; ok && sqlgen.Translatable(q.Sel.Type, name) {
				row.Values[i] = text
			}
		}
	}
	return nil
}

// translateElements serves each element of a list, or a place, in the first of the languages that it has, and adds
// that language.
func (q *rowReader) translateElements(f *content.Field, v any, own string) {
	elements, _ := v.([]map[string]any)
	if place, ok := v.(map[string]any); ok {
		elements = []map[string]any{place}
	}
	for _, element := range elements {
		translations, _ := element["translations"].([]map[string]any)
		in := serve(q.View.Locales, own, translations)
		var there []string
		for i := range f.Fields {
			g := &f.Fields[i]
			if element[g.Name] == nil || !g.Translatable() {
				continue
			}
			there = append(there, g.Name)
			if text, ok := in.texts[g.Name]; ok {
				element[g.Name] = text
			}
		}
		element["locale"], element["ownLocale"], element["untranslated"] = in.locale, own, in.untranslated(there)
	}
}

// rendition is the language in which texts are served.
type rendition struct {
	locale string
	texts  map[string]string // of the translation, nil for the texts as they are
	wanted bool              // whether the language is one of those that are wanted
}

// serve chooses the first of the languages that are wanted in which there are texts, else their own.
func serve(locales []content.Locale, own string, translations []map[string]any) rendition {
	for _, locale := range locales {
		if string(locale) == own {
			return rendition{own, nil, true}
		}
		i := slices.IndexFunc(translations, func(t map[string]any) bool { return t["locale"] == string(locale) })
		if i >= 0 {
			return rendition{string(locale), content.TextsOf(translations[i]), true}
		}
	}
	return rendition{locale: own}
}

// untranslated are those of the named texts that are not served in a language that is wanted.
func (r rendition) untranslated(names []string) []string {
	if r.wanted && r.texts == nil {
		return nil
	}
	var list []string
	for _, name := range names {
		if _, ok := r.texts[name]; !ok {
			list = append(list, name)
		}
	}
	return list
}

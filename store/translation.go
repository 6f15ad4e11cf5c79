package store

import (
	"database/sql/driver"
	"fmt"
	"slices"

	"parley/content"
)

// translatable reports whether a field of an item is served in the language that is wanted.
func translatable(t *content.Type, name string) bool {
	if t.Field("translations") == nil {
		return false
	}
	f := t.Field(name)
	return name == "label" && titleOf(t) != "" || f != nil && (f.Kind == content.Text || f.Kind == content.Rich)
}

// translate serves a row in the first of the languages that it has; the last two columns are its own language and its
// translations. What a translation leaves out stays as it is.
func (q *query) translate(row content.Row, raw []driver.Value) error {
	own, _ := raw[0].(string)
	text, _ := raw[1].(string)
	translations, err := decodeValues(q.sel.Type.Field("translations").Fields, []byte(text))
	if err != nil {
		return fmt.Errorf("read translations: %w", err)
	}
	for _, locale := range q.view.Locales {
		if string(locale) == own {
			return nil
		}
		i := slices.IndexFunc(translations, func(t map[string]any) bool { return t["locale"] == string(locale) })
		if i < 0 {
			continue
		}
		texts := content.TextsOf(translations[i])
		texts["locale"] = string(locale)
		if title, ok := texts[titleOf(q.sel.Type)]; ok {
			texts["label"] = title
		}
		for i, name := range q.sel.Fields {
			if v, ok := texts[name]; ok && translatable(q.sel.Type, name) {
				row.Values[i] = v
			}
		}
		return nil
	}
	return nil
}

// markStale marks the translations of an item that fall behind what its former row said.
func markStale(item content.Item, former formerRow) (content.Item, error) {
	text, _ := former["translations"].(string)
	if text == "" {
		return item, nil
	}
	translations, err := decodeValues(item.Type.Field("translations").Fields, []byte(text))
	if err != nil {
		return item, fmt.Errorf("read the former translations: %w", err)
	}
	before := content.Item{Values: map[string]any{"translations": translations}}
	for _, f := range item.Type.Fields {
		if f.Kind == content.Text || f.Kind == content.Rich {
			before.Values[f.Name] = former[snake(f.Name)]
		}
	}
	return content.MarkStale(before, item), nil
}

package store

import (
	"database/sql/driver"
	"fmt"
	"maps"
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
		texts := textsOf(translations[i])
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

// textsOf returns the texts of a translation by field.
func textsOf(translation map[string]any) map[string]string {
	texts := map[string]string{}
	list, _ := translation["text"].([]map[string]any)
	for _, t := range list {
		field, _ := t["field"].(string)
		texts[field], _ = t["value"].(string)
	}
	return texts
}

// markStale returns the item with those translations marked whose original changes while they stay as they were. A
// translation is stale until it changes too.
func markStale(item content.Item, former formerRow) (content.Item, error) {
	translations, _ := item.Values["translations"].([]map[string]any)
	text, _ := former["translations"].(string)
	if len(translations) == 0 || text == "" {
		return item, nil
	}
	before, err := decodeValues(item.Type.Field("translations").Fields, []byte(text))
	if err != nil {
		return item, fmt.Errorf("read the former translations: %w", err)
	}
	changed := map[string]bool{}
	for _, f := range item.Type.Fields {
		if f.Kind == content.Text || f.Kind == content.Rich {
			now, _ := item.Values[f.Name].(string)
			was, _ := former[snake(f.Name)].(string)
			changed[f.Name] = was != now
		}
	}
	marked := slices.Clone(translations)
	for i, t := range marked {
		at := slices.IndexFunc(before, func(b map[string]any) bool { return b["locale"] == t["locale"] })
		if at >= 0 && isStale(before[at], t, changed) {
			marked[i] = maps.Clone(t)
			marked[i]["stale"] = true
		}
	}
	item.Values = maps.Clone(item.Values)
	item.Values["translations"] = marked
	return item, nil
}

// isStale reports whether a translation that was there before is behind its original.
func isStale(before, now map[string]any, changed map[string]bool) bool {
	former, same := textsOf(before), true
	stale := false
	for field, value := range textsOf(now) {
		if former[field] != value {
			same = false
			continue
		}
		stale = stale || changed[field]
	}
	return stale || same && before["stale"] == true
}

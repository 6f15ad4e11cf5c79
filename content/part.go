package content

import (
	"maps"
	"slices"
)

// Given names the fields that a part of an item says, with "pubStatus" and "embargoedUntil". A field that is given without
// a value is cleared; one that is not given stays as the record has it. Nil gives all of them: the item is whole.
type Given map[string]bool

// Has reports whether a field is given.
func (g Given) Has(field string) bool { return g == nil || g[field] }

// Complete returns the whole item that an item makes of the one that was there, which is the zero Item where it is new.
// Fields that are not given stay as they were, and translations are merged by their locale.
func Complete(was, item Item) Item {
	given := item.Given
	if given == nil {
		return item
	}
	values := maps.Clone(item.Values)
	for i := range item.Type.Fields {
		name := item.Type.Fields[i].Name
		if !given.Has(name) {
			delete(values, name)
			if v, ok := was.Values[name]; ok {
				values[name] = v
			}
		}
	}
	if update, ok := values["translations"].([]map[string]any); ok && given.Has("translations") {
		had, _ := was.Values["translations"].([]map[string]any)
		values["translations"] = mergeByLocale(had, update)
	}
	if values["locale"] == nil {
		values["locale"] = string(DefaultLocale)
	}
	if item.Publication != nil && was.Publication != nil {
		p := *item.Publication
		if !given.Has("pubStatus") {
			p.Status = was.Publication.Status
		}
		if !given.Has("embargoedUntil") {
			p.EmbargoedUntil = was.Publication.EmbargoedUntil
		}
		item.Publication = &p
	}
	item.Values, item.Given = values, nil
	return item
}

// mergeByLocale returns the translations of an item with those of an update in their place, by locale and field. A
// translation that has nil for its texts goes, and so does a text whose value is nil.
func mergeByLocale(had, update []map[string]any) []map[string]any {
	merged := slices.Clone(had)
	for _, u := range update {
		at := slices.IndexFunc(merged, func(t map[string]any) bool { return t["locale"] == u["locale"] })
		texts, given := u["text"].([]map[string]any)
		switch {
		case !given && at >= 0:
			merged = slices.Delete(merged, at, at+1)
		case !given:
		case at < 0:
			merged = append(merged, mergeTexts(map[string]any{"translationKind": "EDITORIAL"}, u, texts))
		default:
			merged[at] = mergeTexts(merged[at], u, texts)
		}
	}
	return slices.DeleteFunc(merged, func(t map[string]any) bool { return len(TextsOf(t)) == 0 })
}

// mergeTexts returns a translation with the texts and the kind of an update.
func mergeTexts(had, update map[string]any, texts []map[string]any) map[string]any {
	merged := maps.Clone(had)
	delete(merged, "stale")
	for name, v := range update {
		if v != nil {
			merged[name] = v
		}
	}
	former, _ := had["text"].([]map[string]any)
	list := slices.Clone(former)
	for _, text := range texts {
		same := func(t map[string]any) bool { return t["field"] == text["field"] }
		switch at := slices.IndexFunc(list, same); {
		case text["value"] == nil:
			list = slices.DeleteFunc(list, same)
		case at >= 0:
			list[at] = text
		default:
			list = append(list, text)
		}
	}
	merged["text"] = list
	return merged
}

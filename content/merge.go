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
		values["translations"] = mergeFiles(had, update)
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

// mergeFiles merges the translations of a file into those of an item, as [MergeTranslations] does. A file that does not say who
// made a new translation is of an editor; taking out what is not there does nothing.
func mergeFiles(had, update []map[string]any) []map[string]any {
	var list []map[string]any
	for _, u := range update {
		there := slices.ContainsFunc(had, func(t map[string]any) bool { return t["locale"] == u["locale"] })
		if !there && len(TextsOf(u)) == 0 {
			continue
		}
		if !there && u["translationKind"] == nil {
			u = maps.Clone(u)
			u["translationKind"] = "EDITORIAL"
		}
		list = append(list, u)
	}
	merged, _ := MergeTranslations(had, list) // the reader of the file has validated the list
	for i, t := range merged {
		at := slices.IndexFunc(list, func(u map[string]any) bool { return u["locale"] == t["locale"] && u["stale"] == true })
		if at >= 0 {
			merged[i] = maps.Clone(t)
			merged[i]["stale"] = true
		}
	}
	return merged
}

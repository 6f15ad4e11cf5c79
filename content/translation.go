package content

import (
	"maps"
	"slices"
)

// MarkStale returns an item with those translations marked whose original changes from before while they stay as they
// were. A translation is stale until it changes too. Of before it looks at texts and translations alone.
func MarkStale(before, after Item) Item {
	translations, _ := after.Values["translations"].([]map[string]any)
	former, _ := before.Values["translations"].([]map[string]any)
	if len(translations) == 0 || len(former) == 0 {
		return after
	}
	changed := map[string]bool{}
	for _, f := range after.Type.Fields {
		if f.Kind == Text || f.Kind == Rich {
			now, _ := after.Values[f.Name].(string)
			was, _ := before.Values[f.Name].(string)
			changed[f.Name] = was != now
		}
	}
	marked := slices.Clone(translations)
	for i, t := range marked {
		at := slices.IndexFunc(former, func(b map[string]any) bool { return b["locale"] == t["locale"] })
		if at >= 0 && isStale(former[at], t, changed) {
			marked[i] = maps.Clone(t)
			marked[i]["stale"] = true
		}
	}
	after.Values = maps.Clone(after.Values)
	after.Values["translations"] = marked
	return after
}

// isStale reports whether a translation that was there before is behind its original.
func isStale(before, now map[string]any, changed map[string]bool) bool {
	former, same := TextsOf(before), true
	stale := false
	for field, value := range TextsOf(now) {
		if former[field] != value {
			same = false
			continue
		}
		stale = stale || changed[field]
	}
	return stale || same && before["stale"] == true
}

// TextsOf returns the texts of a translation by field.
func TextsOf(translation map[string]any) map[string]string {
	texts := map[string]string{}
	list, _ := translation["text"].([]map[string]any)
	for _, t := range list {
		field, _ := t["field"].(string)
		texts[field], _ = t["value"].(string)
	}
	return texts
}

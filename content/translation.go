package content

import (
	"maps"
	"slices"
	"strconv"
)

// MarkStale returns an item with those translations marked whose original changes from before while they stay as they
// were, in the item and in the elements of its lists. A translation is stale until it changes too.
func MarkStale(before, after Item) Item {
	after.Values = maps.Clone(after.Values)
	markStale(after.Type.Fields, before.Values, after.Values)
	for i := range after.Type.Fields {
		f := &after.Type.Fields[i]
		if !f.HasTranslations() {
			continue
		}
		former, elements := elementsOf(f, before.Values), elementsOf(f, after.Values)
		for j, at := range samePlaces(f, former, elements) {
			if at >= 0 && translationsOf(elements[j]) != nil {
				elements[j] = maps.Clone(elements[j])
				markStale(f.Fields, former[at], elements[j])
			}
		}
		setElements(f, after.Values, elements)
	}
	return after
}

// markStale marks the translations among the values of an item, or of an element of one, that fall behind the fields.
func markStale(fields []Field, before, after map[string]any) {
	translations, former := translationsOf(after), translationsOf(before)
	if len(translations) == 0 || len(former) == 0 {
		return
	}
	changed := map[string]bool{}
	for _, f := range fields {
		if f.Kind == Text || f.Kind == RichText {
			now, _ := after[f.Name].(string)
			was, _ := before[f.Name].(string)
			changed[f.Name] = Composed(was) != Composed(now)
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
	after["translations"] = marked
}

// translationsOf are the translations among the values of an item, or of an element of one.
func translationsOf(values map[string]any) []map[string]any {
	list, _ := values["translations"].([]map[string]any)
	return list
}

// isStale reports whether a translation that was there before is behind its original.
func isStale(before, now map[string]any, changed map[string]bool) bool {
	former, same := TextsOf(before), true
	stale := false
	for field, value := range TextsOf(now) {
		if Composed(former[field]) != Composed(value) {
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
	for _, t := range textsIn(translation) {
		field, _ := t["field"].(string)
		texts[field], _ = t["value"].(string)
	}
	return texts
}

// textsIn is the list of a translation that has an entry for each field.
func textsIn(translation map[string]any) []map[string]any {
	list, _ := translation["text"].([]map[string]any)
	return list
}

// MergeTranslations returns the translations that an item has once those of an update are merged into them, by locale and
// field, and a list of the problems of the update. A text of nil takes a field out of its translation, a list of
// texts that is nil takes out the whole translation, and what the update leaves out stays. A translation that is left
// without a text goes.
func MergeTranslations(has, update []map[string]any) ([]map[string]any, []*Error) {
	merged := slices.Clone(has)
	var wrong []*Error
	named := map[any]bool{}
	for i, u := range update {
		at := slices.IndexFunc(merged, func(t map[string]any) bool { return t["locale"] == u["locale"] })
		texts, given := u["text"]
		path := "translations." + strconv.Itoa(i)
		switch {
		case named[u["locale"]]:
			wrong = append(wrong, fieldErrorf(path+".locale", "translations has %q twice", u["locale"]))
		case given && texts == nil:
			merged = slices.DeleteFunc(merged, func(t map[string]any) bool { return t["locale"] == u["locale"] })
		case at < 0 && u["translationKind"] == nil:
			wrong = append(wrong, fieldErrorf(path+".translationKind", "translationKind is missing: the item has no translation in %q yet, and a new one needs it", u["locale"]))
		case at < 0 && !slices.ContainsFunc(textsIn(u), func(t map[string]any) bool { return t["value"] != nil }):
			wrong = append(wrong, fieldErrorf(path+".text", "text is missing: the item has no translation in %q yet, and a new one needs the text of at least one field", u["locale"]))
		case at < 0:
			merged = append(merged, mergeTranslation(map[string]any{"locale": u["locale"]}, u))
		default:
			merged[at] = mergeTranslation(merged[at], u)
		}
		named[u["locale"]] = true
	}
	return slices.DeleteFunc(merged, func(t map[string]any) bool { return len(textsIn(t)) == 0 && named[t["locale"]] }), wrong
}

// mergeTranslation returns one translation with the texts and the kind of an update. It is no longer marked stale.
func mergeTranslation(has, update map[string]any) map[string]any {
	merged := maps.Clone(has)
	delete(merged, "stale")
	if kind := update["translationKind"]; kind != nil {
		merged["translationKind"] = kind
	}
	texts := slices.Clone(textsIn(has))
	for _, text := range textsIn(update) {
		same := func(t map[string]any) bool { return t["field"] == text["field"] }
		switch at := slices.IndexFunc(texts, same); {
		case text["value"] == nil:
			texts = slices.DeleteFunc(texts, same)
		case at >= 0:
			texts[at] = text
		default:
			texts = append(texts, text)
		}
	}
	merged["text"] = texts
	return merged
}

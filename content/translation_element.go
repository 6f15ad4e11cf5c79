package content

import (
	"iter"
	"maps"
	"slices"
	"strconv"
)

// HasTranslations reports whether the elements of the field, or the place that it is, have translations of their own.
func (f *Field) HasTranslations() bool {
	return f.Name != "translations" && f.Field("translations") != nil
}

// elementsOf returns the elements that a field has among the values of an item: those of a list, or the one place. The
// slice is a copy, the elements are not.
func elementsOf(f *Field, values map[string]any) []map[string]any {
	switch v := values[f.Name].(type) {
	case []map[string]any:
		return slices.Clone(v)
	case map[string]any:
		return []map[string]any{v}
	default:
		return nil
	}
}

// setElements is the reverse of elementsOf.
func setElements(f *Field, values map[string]any, elements []map[string]any) {
	switch {
	case len(elements) == 0: // as it was
	case f.Kind == Place:
		values[f.Name] = elements[0]
	default:
		values[f.Name] = elements
	}
}

// Translated gives the values that have translations: those of an item, and those of the elements of its lists and of its
// place, each with its fields and with the path that leads to it, such as "questions.2."; the path of the item is empty.
func Translated(fields []Field, values map[string]any) iter.Seq2[string, TranslatedValues] {
	return func(yield func(string, TranslatedValues) bool) {
		if !yield("", TranslatedValues{fields, values}) {
			return
		}
		for i := range fields {
			f := &fields[i]
			if !f.HasTranslations() {
				continue
			}
			for j, element := range elementsOf(f, values) {
				if !yield(elementPath(f, j), TranslatedValues{f.Fields, element}) {
					return
				}
			}
		}
	}
}

// elementPath is the path of an element of a field of an item, and a dot: "questions.2." or "place.".
func elementPath(f *Field, i int) string {
	if f.Kind == Place {
		return f.Name + "."
	}
	return f.Name + "." + strconv.Itoa(i) + "."
}

// TranslatedValues are values by field name that may have translations, and their fields.
type TranslatedValues struct {
	Fields []Field
	Values map[string]any
}

// MergeElements returns the elements that an update gives a field, with their translations: those of the update merged
// into the ones that the same element had before, as [MergeTranslations] does. An element whose translations are absent
// keeps the former ones; one whose translations are nil has none. An element is the same where one of its texts is, or
// its actor; a place, where its name is. The errors are the problems of the translations of the update.
func MergeElements(f *Field, before, after map[string]any) []*Error {
	former, elements := elementsOf(f, before), elementsOf(f, after)
	var wrong []*Error
	for i, at := range samePlaces(f, former, elements) {
		update, given := elements[i]["translations"]
		var has []map[string]any
		if at >= 0 {
			has = translationsOf(former[at])
		}
		if !given && len(has) == 0 {
			continue
		}
		elements[i] = maps.Clone(elements[i])
		list, _ := update.([]map[string]any)
		if given && list == nil {
			has = nil
		}
		merged, problems := MergeTranslations(has, list)
		for _, problem := range problems {
			problem.Field = elementPath(f, i) + problem.Field
			wrong = append(wrong, problem)
		}
		delete(elements[i], "translations")
		if len(merged) > 0 {
			elements[i]["translations"] = merged
		}
	}
	setElements(f, after, elements)
	return wrong
}

// samePlaces returns, for each element of a list, the place of the same element in the former list, or -1 where it is
// new: first for those whose texts and actor are as they were, then for those that share one of them.
func samePlaces(f *Field, before, after []map[string]any) []int {
	places := make([]int, len(after))
	for i := range places {
		places[i] = -1
	}
	taken := make([]bool, len(before))
	pair := func(same func(before, after map[string]any) bool) {
		for i, element := range after {
			for j, former := range before {
				if places[i] < 0 && !taken[j] && same(former, element) {
					places[i], taken[j] = j, true
				}
			}
		}
	}
	names := identifying(f)
	pair(func(before, after map[string]any) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return composedIfText(before[name]) != composedIfText(after[name]) })
	})
	for _, name := range names {
		pair(func(before, after map[string]any) bool {
			return after[name] != nil && composedIfText(before[name]) == composedIfText(after[name])
		})
	}
	return places
}

// composedIfText is a value to be compared: a text is composed.
func composedIfText(v any) any {
	if text, ok := v.(string); ok {
		return Composed(text)
	}
	return v
}

// identifying are the fields by which an element is known again: its actor and its texts, of a place the name.
func identifying(f *Field) []string {
	if f.Kind == Place {
		return []string{"name"}
	}
	var names []string
	for _, g := range f.Fields {
		if g.Name == "actor" || g.Translatable() {
			names = append(names, g.Name)
		}
	}
	return names
}

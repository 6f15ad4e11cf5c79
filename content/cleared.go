package content

import (
	"fmt"
	"slices"
)

// Cleared returns what changes of an item take away without putting anything in its place: fields that lose their value,
// and of lists and places the parts that they lose. After is the item once it has changed; After of each of the changes
// is nil, or the value that an enumeration has where none is given.
func Cleared(changes []FieldChange, after Item) []FieldChange {
	var list []FieldChange
	for _, c := range changes {
		f := after.Type.Field(c.Field)
		switch {
		case f == nil || c.Before == nil:
		case f.Kind == Enum:
			if said, _ := after.Values[c.Field].(string); said == "" {
				list = append(list, c)
			}
		default:
			if lost := lostOf(c.Before, c.After); lost != nil {
				list = append(list, FieldChange{Field: c.Field, Before: lost})
			}
		}
	}
	return list
}

// lostOf returns what of a value is not in the one that follows it; nil where another value took its place.
func lostOf(before, after any) any {
	if after == nil {
		return before
	}
	switch was := before.(type) {
	case []Ref:
		return lostWords(was, after)
	case []string:
		return lostWords(was, after)
	case []map[string]any:
		now, _ := after.([]map[string]any)
		lost := lostElements(was, now)
		return orNil(lost, len(lost) == 0)
	case map[string]any:
		now, _ := after.(map[string]any)
		lost := map[string]any{}
		for name, v := range was {
			if now[name] == nil {
				lost[name] = v
			}
		}
		return orNil(lost, len(lost) == 0)
	default:
		return nil
	}
}

func lostWords[T comparable](was []T, after any) any {
	now, _ := after.([]T)
	lost := slices.DeleteFunc(slices.Clone(was), func(v T) bool { return slices.Contains(now, v) })
	return orNil(lost, len(now) >= len(was))
}

// lostElements returns the elements of a list that another list does not have: those of a translation, and of any other
// list where it is shorter. Of a translation that loses texts it is those.
func lostElements(was, now []map[string]any) []map[string]any {
	left := slices.Clone(now)
	var lost []map[string]any
	for _, element := range was {
		key, translated := about(element)
		at := slices.IndexFunc(left, func(other map[string]any) bool {
			same, _ := about(other)
			return same == key
		})
		if at < 0 {
			if translated || len(now) < len(was) {
				lost = append(lost, element)
			}
			continue
		}
		texts, _ := element["text"].([]map[string]any)
		others, _ := left[at]["text"].([]map[string]any)
		if gone := lostElements(texts, others); len(gone) > 0 {
			lost = append(lost, map[string]any{"locale": element["locale"], "text": gone})
		}
		left = slices.Delete(left, at, at+1)
	}
	return lost
}

// about returns what the element of a list is about, and whether that is a language or a field of a translation.
func about(element map[string]any) (key string, translated bool) {
	for _, name := range []string{"locale", "number", "title", "question", "actor", "attribution", "issue", "agreement", "source"} {
		switch v := element[name].(type) {
		case Ref:
			return fmt.Sprint(name, v.Type, v.Key), false
		case string:
			return name + v, name == "locale"
		}
	}
	if field, ok := element["field"].(string); ok {
		return field, true
	}
	return fmt.Sprint(element["scheme"], element["value"]), false
}

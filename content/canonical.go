package content

import (
	"maps"
	"slices"
	"strings"
)

// Canonical returns an item with its texts composed, its language tags in canonical form, as [Field.TextOf] returns them, and its
// values of enumerations in the case of the schema, and reports whether that differs from the item. Aliases, external ids
// and translations that become the same are merged: of a field that was translated twice, the text stays that had the
// canonical tag. Values that do not differ are shared.
func Canonical(item Item) (Item, bool) {
	values, changed := canonicalFields(item.Type.Fields, item.Values)
	if p := item.Publication; p != nil && strings.ToUpper(string(p.Status)) != string(p.Status) {
		item.Publication = &Publication{Status: PubStatus(strings.ToUpper(string(p.Status))), EmbargoedUntil: p.EmbargoedUntil}
		changed = true
	}
	if !changed {
		return item, false
	}
	if list, ok := values["translations"].([]map[string]any); ok {
		former, _ := item.Values["translations"].([]map[string]any)
		values["translations"] = onePerLocale(values, former, list)
	}
	item.Values = values
	return item, true
}

// canonicalFields returns the canonical values of fields: the same map where nothing differs.
func canonicalFields(fields []Field, values map[string]any) (map[string]any, bool) {
	var canonical map[string]any
	for i := range fields {
		f := &fields[i]
		if v, changed := f.canonical(values[f.Name]); changed {
			if canonical == nil {
				canonical = maps.Clone(values)
			}
			canonical[f.Name] = v
		}
	}
	if canonical == nil {
		return values, false
	}
	return canonical, true
}

// canonical returns the canonical value of a field, and whether it differs.
func (f *Field) canonical(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		text := f.canonicalText(v)
		return text, text != v
	case FuzzyDate:
		d := v.WithVerbatimIn(Composed(v.Verbatim()), v.VerbatimLocale())
		return d, d != v
	case []string:
		list, changed := make([]string, 0, len(v)), false
		for _, text := range v {
			canonical := f.canonicalText(text)
			if changed = changed || canonical != text; !slices.Contains(list, canonical) {
				list = append(list, canonical)
			}
		}
		if !changed {
			return v, false
		}
		return list, true
	case map[string]any: // a place
		return canonicalFields(f.Fields, v)
	case []map[string]any:
		list, changed := slices.Clone(v), false
		for i := range list {
			var differs bool
			list[i], differs = canonicalFields(f.Fields, list[i])
			changed = changed || differs
		}
		if changed && f.Name == "externalIds" {
			list = distinct(list, "scheme", "value")
		}
		return list, changed
	default:
		return v, false
	}
}

// canonicalText returns a text in canonical form; an invalid language tag is composed only, and a value that the enumeration
// does not have in any case stays as it is.
func (f *Field) canonicalText(text string) string {
	if f.Enum != nil {
		if upper := strings.ToUpper(text); slices.Contains(f.Enum, upper) {
			return upper
		}
		return text
	}
	if f.IsLocale() {
		if locale, err := ParseLocale(text); err == nil {
			return string(locale)
		}
	}
	return Composed(f.directed(text))
}

// directed returns a text that an earlier program kept, without changes of direction that reach the text around it: in a text
// of one line without any embedding or override.
func (f *Field) directed(text string) string {
	if f.Kind == RichText || !hasBidi(text) {
		return IsolateBidi(text)
	}
	embeds := func(r rune) rune {
		if r >= bidiEmbedLeft && r <= bidiOverrideRight {
			return -1
		}
		return r
	}
	return IsolateBidi(strings.Map(embeds, text))
}

// distinct returns the elements of a list without those that share the values of all the named fields with one before.
func distinct(list []map[string]any, names ...string) []map[string]any {
	var out []map[string]any
	for _, element := range list {
		twice := slices.ContainsFunc(out, func(other map[string]any) bool {
			return !slices.ContainsFunc(names, func(name string) bool { return element[name] != other[name] })
		})
		if !twice {
			out = append(out, element)
		}
	}
	return out
}

// onePerLocale merges the translations of an item, whose values become canonical, that are in one locale now. Those whose tag
// was canonical in the former list win. One into the locale of the item itself fills the fields that the item lacks.
func onePerLocale(values map[string]any, former, list []map[string]any) []map[string]any {
	var merged []map[string]any
	at := map[any]int{}
	for _, canonical := range []bool{true, false} {
		for i, t := range list {
			if canonical != (former[i]["locale"] == t["locale"]) {
				continue
			}
			if t["locale"] == values["locale"] {
				for field, text := range TextsOf(t) {
					if values[field] == nil {
						values[field] = text
					}
				}
				continue
			}
			n, there := at[t["locale"]]
			if !there {
				at[t["locale"]] = len(merged)
				merged = append(merged, t)
				continue
			}
			merged[n] = maps.Clone(merged[n])
			merged[n]["text"] = distinct(slices.Concat(textsIn(merged[n]), textsIn(t)), "field")
		}
	}
	return merged
}

package content

import (
	"reflect"
	"strings"
)

// Differences returns what differs between two versions of an item: its slug, its publication where after says it, and
// its fields in the order of the model. Ways to write the same do not count: an enumeration that is left out has its
// default, and what is empty is absent. Before and After of each are values of the Go types that [Kind] documents, or nil.
func Differences(before, after Item) []FieldChange {
	var list []FieldChange
	if before.Slug != after.Slug {
		list = append(list, FieldChange{"slug", string(before.Slug), string(after.Slug)})
	}
	if p := after.Publication; p != nil {
		was := Publication{}
		if before.Publication != nil {
			was = *before.Publication
		}
		if was.Status != p.Status {
			list = append(list, FieldChange{"pubStatus", string(was.Status), string(p.Status)})
		}
		if !was.EmbargoedUntil.Equal(p.EmbargoedUntil) {
			list = append(list, FieldChange{"embargoedUntil", was.EmbargoedUntil, p.EmbargoedUntil})
		}
	}
	for i := range after.Type.Fields {
		f := &after.Type.Fields[i]
		a, b := Normal(f, before.Values[f.Name]), Normal(f, after.Values[f.Name])
		if !same(a, b) {
			list = append(list, FieldChange{f.Name, a, b})
		}
	}
	return list
}

// same reports whether two normal values are equal.
func same(a, b any) bool {
	if d, ok := a.(FuzzyDate); ok {
		e, ok := b.(FuzzyDate)
		return ok && d.EDTF() == e.EDTF() && d.Verbatim() == e.Verbatim() && d.VerbatimLocale() == e.VerbatimLocale()
	}
	if place, ok := a.(map[string]any); ok {
		other, ok := b.(map[string]any)
		return ok && sameFields(place, other)
	}
	list, ok := a.([]map[string]any)
	if !ok {
		return reflect.DeepEqual(a, b)
	}
	other, ok := b.([]map[string]any)
	if !ok || len(list) != len(other) {
		return false
	}
	for i := range list {
		if !sameFields(list[i], other[i]) {
			return false
		}
	}
	return true
}

// sameFields reports whether two elements have the same normal values.
func sameFields(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for name, v := range a {
		if !same(v, b[name]) {
			return false
		}
	}
	return true
}

// Normal returns the one way to write the value of a field: nil for what is empty, the default for an enumeration that
// is left out, and numbers of one type.
func Normal(f *Field, v any) any {
	switch v := v.(type) {
	case nil:
		return f.absent()
	case string:
		if v = strings.TrimSpace(v); v == "" {
			return f.absent()
		}
		return v
	case FuzzyDate:
		return orNil(v, v.IsZero())
	case Ref:
		return orNil(v, v.Key == 0)
	case []Ref:
		return orNil(v, len(v) == 0)
	case []string:
		return orNil(v, len(v) == 0)
	case []map[string]any:
		list := make([]map[string]any, len(v))
		for i, element := range v {
			list[i] = normalFields(f.Fields, element)
		}
		return orNil(list, len(list) == 0)
	case map[string]any:
		place := normalFields(f.Fields, v)
		for _, name := range []string{"latitude", "longitude"} {
			if n := number64(v[name]); n != nil {
				place[name] = n
			}
		}
		return orNil(place, len(place) == 0)
	case int:
		return int64(v)
	case float64:
		if f.Kind == Int {
			return int64(v)
		}
	case bool:
		if f.Name == "stale" { // a translation is stale or not: left out is false
			return orNil(v, !v)
		}
	}
	return v
}

// normalFields are the normal values of fields; those that say nothing are left out.
func normalFields(fields []Field, values map[string]any) map[string]any {
	normal := map[string]any{}
	for i := range fields {
		f := &fields[i]
		if n := Normal(f, values[f.Name]); n != nil {
			normal[f.Name] = n
		}
	}
	return normal
}

// absent is the value of a field that says nothing.
func (f *Field) absent() any {
	if f.Kind == Enum {
		return f.Default()
	}
	return nil
}

func orNil[T any](v T, empty bool) any {
	if empty {
		return nil
	}
	return v
}

// number64 makes one type of the numbers of a place.
func number64(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	default:
		return v
	}
}

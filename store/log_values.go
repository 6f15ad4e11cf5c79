package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// differences returns the differences between two states of an item, field by field in the order of the type. Items that
// the reader may not see now are left out of the values.
func differences(t *content.Type, before, after map[string]any, seen visibleSet) ([]content.FieldChange, error) {
	return differencesSeen(t, before, after, seen, seen)
}

// differencesSeen is differences for a reader who saw some items at the former state and sees others at the latter.
func differencesSeen(t *content.Type, before, after map[string]any, then, now visibleSet) ([]content.FieldChange, error) {
	fields := append([]content.Field{{Name: "slug"}, {Name: "pubStatus"}, {Name: "embargoedUntil"}}, t.Fields...)
	list := []content.FieldChange{}
	for i := range fields {
		f := &fields[i]
		b, err := historyJSON(f, before[f.Name], then)
		if err != nil {
			return nil, err
		}
		a, err := historyJSON(f, after[f.Name], now)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(a, b) {
			list = append(list, content.FieldChange{Field: f.Name, Before: b, After: a})
		}
	}
	return list, nil
}

func historyJSON(f *content.Field, v any, seen visibleSet) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(historyValue(f, v, seen)); err != nil {
		return nil, fmt.Errorf("tell %s: %w", f.Name, err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// historyValue is a value in the form in which a history shows it: dates as edtf and verbatim, items as their ids, lists of
// nothing as nothing.
func historyValue(f *content.Field, v any, seen visibleSet) any {
	switch v := v.(type) {
	case content.FuzzyDate:
		return dateOf(v)
	case content.Ref:
		if !seen.has(v) {
			return nil
		}
		return content.NewID(v.Type, v.Key)
	case []content.Ref:
		var ids []content.ID
		for _, ref := range v {
			if seen.has(ref) {
				ids = append(ids, content.NewID(ref.Type, ref.Key))
			}
		}
		if ids == nil {
			return nil
		}
		return ids
	case []map[string]any:
		var list []map[string]any
		for _, element := range v {
			if e := historyElement(f, element, seen); e != nil {
				list = append(list, e)
			}
		}
		if list == nil {
			return nil
		}
		return list
	default:
		return v
	}
}

// historyElement returns an element of a list; nil where it has no meaning without an item that is hidden.
func historyElement(f *content.Field, element map[string]any, seen visibleSet) map[string]any {
	out := map[string]any{}
	for i := range f.Fields {
		sub := &f.Fields[i]
		if v := historyValue(sub, element[sub.Name], seen); v != nil {
			out[sub.Name] = v
		}
	}
	if len(out) == 0 || f.Name == "participations" && out["actor"] == nil {
		return nil
	}
	for list, ref := range map[string]string{"citations": "source", "participants": "actor", "related": "agreement"} { // they go with what they refer to
		if _, refers := element[ref].(content.Ref); refers && f.Name == list && out[ref] == nil && out["attribution"] == nil {
			return nil
		}
	}
	return out
}

// visibleSet knows which items the audience sees now; nil sees all.
type visibleSet map[content.Ref]bool

func (s visibleSet) has(ref content.Ref) bool { return s == nil || s[ref] }

// visibleSetOf finds out which of the items that states refer to the audience sees now.
func (r *reader) visibleSetOf(ctx context.Context, found ...map[rowVersion]state) (visibleSet, error) {
	if r.view.Audience != content.Public {
		return nil, nil //nolint:nilnil // all are seen
	}
	var all []map[string]any
	for _, states := range found {
		for _, s := range states {
			all = append(all, s.values)
		}
	}
	return visibleAmong(ctx, r.run, all)
}

// visibleAmong finds out which of the items that values refer to readers without a token see now.
func visibleAmong(ctx context.Context, query queryFunc, all []map[string]any) (visibleSet, error) {
	keys := map[string][]content.Key{}
	for _, values := range all {
		for _, v := range values {
			gather(v, keys)
		}
	}
	var parts []string
	var args []any
	for _, t := range content.Types() {
		if keys[t.Name] == nil {
			continue
		}
		slices.Sort(keys[t.Name])
		args = append(args, keyList(slices.Compact(keys[t.Name])))
		parts = append(parts, fmt.Sprintf("SELECT '%s', x.id\nFROM %s\nWHERE x.id IN (SELECT value FROM json_each($%d))\n  AND x.visible = 1", t.Name, sqlgen.Render(sqlgen.Source(t)), len(args)))
	}
	seen := visibleSet{}
	if parts == nil {
		return seen, nil
	}
	err := query(ctx, strings.Join(parts, "\nUNION ALL\n"), args, func(row *row) error {
		var ref content.Ref
		err := row.Scan(&ref.Type, &ref.Key)
		seen[ref] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the visible items: %w", err)
	}
	return seen, nil
}

// gather adds the items that a value refers to, by type.
func gather(v any, keys map[string][]content.Key) {
	switch v := v.(type) {
	case content.Ref:
		keys[v.Type] = append(keys[v.Type], v.Key)
	case []content.Ref:
		for _, ref := range v {
			gather(ref, keys)
		}
	case []map[string]any:
		for _, element := range v {
			for _, e := range element {
				gather(e, keys)
			}
		}
	}
}

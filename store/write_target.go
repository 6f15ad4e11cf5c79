package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// targets are the keys that items refer to, by table, where the schema wants them to be there.
type targets map[string]map[content.Key]bool

// add adds what the values of fields refer to.
func (to targets) add(fields []content.Field, values map[string]any) {
	for i := range fields {
		f := &fields[i]
		switch v := values[f.Name].(type) {
		case content.Ref:
			if f.Kind == content.SingleRef && len(f.To) == 1 {
				to.one(v)
			}
		case []content.Ref:
			if f.Kind == content.RefList {
				for _, ref := range v {
					to.one(ref)
				}
			}
		case []map[string]any:
			if f.Kind == content.ChildRows {
				for _, element := range v {
					to.add(f.Fields, element)
				}
			}
		}
	}
}

func (to targets) one(ref content.Ref) {
	if ref.Key == 0 {
		return
	}
	keys := to[ref.Type]
	if keys == nil {
		keys = map[content.Key]bool{}
		to[ref.Type] = keys
	}
	keys[ref.Key] = true
}

// reach looks whether all targets are there.
func (w *writer) reach(ctx context.Context, to targets) error {
	for _, name := range slices.Sorted(maps.Keys(to)) {
		keys := to[name]
		text := "SELECT COALESCE(MIN(value), 0) FROM json_each($1) WHERE value NOT IN (SELECT id FROM " + sqlgen.Snake(content.TypeNamed(name).Base) + ")"
		var missing content.Key
		if err := w.scan(ctx, text, []any{keyList(slices.Sorted(maps.Keys(keys)))}, []any{&missing}); err != nil {
			return fmt.Errorf("find the referenced items: %w", err)
		}
		if missing != 0 {
			return content.Errorf(content.Conflict, "an item references %s, which does not exist or was deleted: nothing was written", content.NewID(name, missing))
		}
	}
	return nil
}

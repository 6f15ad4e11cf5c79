package store

import (
	"encoding/json"
	"fmt"
	"math"

	"parley/content"
)

// itemColumns are the columns of an item's own row.
func itemColumns(item content.Item) ([]string, []any, error) {
	cols, vals, err := fieldColumns(item.Type.Fields, item.Values)
	cols = append(cols, "slug", "pub_status", "visible")
	vals = append(vals, string(item.Slug), "USABLE", int64(1))
	return cols, vals, err
}

// fieldColumns turns values into columns, as columns in table.go reads them.
func fieldColumns(fields []content.Field, values map[string]any) ([]string, []any, error) {
	var cols []string
	var vals []any
	for i := range fields {
		f := &fields[i]
		name := snake(f.Name)
		v := values[f.Name]
		switch f.Kind {
		case content.Refs, content.Rows:
		case content.Date:
			d, _ := v.(content.FuzzyDate)
			cols = append(cols, name, name+"_verbatim", name+"_earliest", name+"_latest")
			if d.IsZero() {
				vals = append(vals, nil, nil, int64(math.MaxInt64), int64(math.MaxInt64))
				continue
			}
			from, until := d.SortKeys()
			vals = append(vals, d.EDTF(), orNil(d.Verbatim()), from, until)
		case content.One:
			ref, ok := v.(content.Ref)
			cols = append(cols, name+"_id")
			vals = append(vals, keyOrNil(ref, ok))
			if len(f.To) > 1 {
				cols, vals = append(cols, name+"_type"), append(vals, orNil(ref.Type))
			}
		default:
			encoded, err := encode(f, v)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			cols, vals = append(cols, name), append(vals, encoded)
		}
	}
	return cols, vals, nil
}

// encode turns a value into that of its one column.
func encode(f *content.Field, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		if f.Kind == content.Enum {
			return f.Default(), nil
		}
		return nil, nil //nolint:nilnil // NULL
	case string:
		return orNil(v), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case int:
		return int64(v), nil
	case int64:
		return v, nil
	case []map[string]any:
		if len(v) == 0 {
			return nil, nil //nolint:nilnil // NULL
		}
		return encodeValues(v)
	default:
		b, err := json.Marshal(v)
		return string(b), err
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func keyOrNil(ref content.Ref, ok bool) any {
	if !ok || ref.Key == 0 {
		return nil
	}
	return int64(ref.Key)
}

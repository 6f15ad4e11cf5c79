package store

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// cell is one column of a row that is written, and the field whose value it holds.
type cell struct {
	column, field string
	value         any
}

// cells turns values into columns, as columns in table.go reads them. Lists that are rows of their own have none.
func cells(fields []content.Field, values map[string]any) ([]cell, error) {
	list := make([]cell, 0, len(fields)+8)
	for i := range fields {
		f := &fields[i]
		name := sqlgen.Snake(f.Name)
		add := func(suffix string, v any) { list = append(list, cell{name + suffix, f.Name, v}) }
		v := values[f.Name]
		switch f.Kind {
		case content.RefList, content.ChildRows:
		case content.Date:
			d, _ := v.(content.FuzzyDate)
			var edtf, verbatim any
			from, until := int64(math.MaxInt64), int64(math.MaxInt64)
			if !d.IsZero() {
				edtf, verbatim = d.EDTF(), orNil(verbatimText(d))
				from, until = d.SortKeys()
			}
			add("", edtf)
			add("_verbatim", verbatim)
			add("_earliest", from)
			add("_latest", until)
		case content.SingleRef:
			ref, _ := v.(content.Ref)
			add("_id", keyOrNil(ref))
			if len(f.To) > 1 {
				add("_type", orNil(ref.Type))
			}
		default:
			encoded, err := encode(f, v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			add("", encoded)
		}
	}
	return list, nil
}

// publicationCells returns the columns of an item's publication from a time on.
func publicationCells(p content.Publication, now time.Time) []cell {
	var embargo any
	public := p.Status == content.PubUsable
	if !p.EmbargoedUntil.IsZero() && p.EmbargoedUntil.After(now) {
		embargo = p.EmbargoedUntil.UTC().Format(sqlgen.EmbargoLayout)
		public = false
	}
	visible := int64(0)
	if public {
		visible = 1
	}
	return []cell{
		{"pub_status", "pubStatus", string(p.Status)},
		{"embargoed_until", "embargoedUntil", embargo},
		{"visible", "", visible},
	}
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
		if v == "" {
			return encode(f, nil)
		}
		return v, nil
	case []string:
		if len(v) == 0 {
			return nil, nil //nolint:nilnil // NULL
		}
		b, err := json.Marshal(v)
		return string(b), err
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

func keyOrNil(ref content.Ref) any {
	if ref.Key == 0 {
		return nil
	}
	return int64(ref.Key)
}

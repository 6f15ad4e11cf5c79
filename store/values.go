package store

import (
	"encoding/json"
	"fmt"

	"parley/content"
)

// date is how a FuzzyDate stands in JSON.
type date struct {
	EDTF     string `json:"edtf"`
	Verbatim string `json:"verbatim,omitempty"`
}

// encodeValues writes the elements of a list that is kept inside its item.
func encodeValues(list []map[string]any) (string, error) {
	plain := make([]map[string]any, len(list))
	for i, element := range list {
		plain[i] = map[string]any{}
		for name, v := range element {
			switch v := v.(type) {
			case content.FuzzyDate:
				plain[i][name] = date{v.EDTF(), v.Verbatim()}
			default:
				plain[i][name] = v
			}
		}
	}
	b, err := json.Marshal(plain)
	if err != nil {
		return "", fmt.Errorf("encode a list: %w", err)
	}
	return string(b), nil
}

// decodeValues reads what encodeValues wrote.
func decodeValues(fields []content.Field, text []byte) ([]map[string]any, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("decode a list: %w", err)
	}
	out := make([]map[string]any, len(list))
	for i, element := range list {
		out[i] = map[string]any{}
		for j := range fields {
			f := &fields[j]
			raw, ok := element[f.Name]
			if !ok || string(raw) == "null" {
				continue
			}
			v, err := decodeValue(f, raw)
			if err != nil {
				return nil, err
			}
			out[i][f.Name] = v
		}
	}
	return out, nil
}

func decodeValue(f *content.Field, raw json.RawMessage) (any, error) {
	var err error
	switch f.Kind {
	case content.One:
		var v content.Ref
		err = json.Unmarshal(raw, &v)
		return v, err
	case content.Date:
		var v date
		if err = json.Unmarshal(raw, &v); err != nil {
			return nil, err
		}
		d, err := content.ParseEDTF(v.EDTF)
		return d.WithVerbatim(v.Verbatim), err
	case content.Values:
		return decodeValues(f.Fields, raw)
	default:
		var v any
		err = json.Unmarshal(raw, &v)
		return v, err
	}
}

package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/content"
)

// date is the JSON form of a FuzzyDate.
type date struct {
	EDTF           string         `json:"edtf"`
	Verbatim       string         `json:"verbatim,omitempty"`
	VerbatimLocale content.Locale `json:"verbatimLocale,omitempty"`
}

func dateOf(d content.FuzzyDate) date { return date{d.EDTF(), d.Verbatim(), d.VerbatimLocale()} }

// languageMark separates, in a column, the source's words for a date and their language, which follows them where it is
// not that of the item. No text has it.
const languageMark = "\x1f"

// verbatimText returns the value of the column of the source's words for a date; empty without words.
func verbatimText(d content.FuzzyDate) string {
	if l := d.VerbatimLocale(); l != "" {
		return d.Verbatim() + languageMark + string(l)
	}
	return d.Verbatim()
}

// withVerbatim is a date with the words that verbatimText made a text of.
func withVerbatim(d content.FuzzyDate, text string) content.FuzzyDate {
	words, language, _ := strings.Cut(text, languageMark)
	return d.WithVerbatimIn(words, content.Locale(language))
}

// encodeValues writes the elements of a list that is kept inside its item.
func encodeValues(list []map[string]any) (string, error) {
	plain := make([]map[string]any, len(list))
	for i, element := range list {
		plain[i] = map[string]any{}
		for name, v := range element {
			switch v := v.(type) {
			case content.FuzzyDate:
				plain[i][name] = dateOf(v)
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
		var err error
		if out[i], err = decodeElement(fields, element); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decodeElement reads the fields of one element.
func decodeElement(fields []content.Field, element map[string]json.RawMessage) (map[string]any, error) {
	out := map[string]any{}
	for i := range fields {
		f := &fields[i]
		raw, ok := element[f.Name]
		if !ok || string(raw) == "null" {
			continue
		}
		v, err := decodeValue(f, raw)
		if err != nil {
			return nil, err
		}
		out[f.Name] = v
	}
	return out, nil
}

// decodePlace reads a place: its fields, and its coordinates.
func decodePlace(f *content.Field, text []byte) (map[string]any, error) {
	var place map[string]json.RawMessage
	if err := json.Unmarshal(text, &place); err != nil {
		return nil, fmt.Errorf("decode a place: %w", err)
	}
	out, err := decodeElement(f.Fields, place)
	for _, name := range []string{"latitude", "longitude"} {
		if raw, ok := place[name]; ok && string(raw) != "null" && err == nil {
			var degrees float64
			err = json.Unmarshal(raw, &degrees)
			out[name] = degrees
		}
	}
	return out, err
}

func decodeValue(f *content.Field, raw json.RawMessage) (any, error) {
	var err error
	switch f.Kind {
	case content.SingleRef:
		var v content.Ref
		err = json.Unmarshal(raw, &v)
		return v, err
	case content.Date:
		var v date
		if err = json.Unmarshal(raw, &v); err != nil {
			return nil, err
		}
		d, err := content.ParseEDTF(v.EDTF)
		return d.WithVerbatimIn(v.Verbatim, v.VerbatimLocale), err
	case content.JSONList:
		return decodeValues(f.Fields, raw)
	default:
		var v any
		err = json.Unmarshal(raw, &v)
		return v, err
	}
}

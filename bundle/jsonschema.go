package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"parley/content"
)

// Schema returns a JSON Schema (draft 2020-12) of the files of a bundle, which editors complete keys and values by: the
// definition of each type ("talk"), and a choice of them, one item or a list.
func Schema() ([]byte, error) {
	defs := map[string]any{}
	var names []any
	for _, t := range content.Types() {
		name := strings.ToLower(t.Name)
		defs[name] = itemSchema(t)
		names = append(names, map[string]any{"$ref": "#/$defs/" + name})
		defs[t.Plural] = map[string]any{
			"description": "A file of " + t.Plural + ": one item, or a list of them.",
			"oneOf":       []any{map[string]any{"$ref": "#/$defs/" + name}, map[string]any{"type": "array", "items": map[string]any{"$ref": "#/$defs/" + name}}},
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Content of parley",
		"description": "An item of a bundle, or a list of items. A file of one type is checked best by its own definition, such as #/$defs/talks.",
		"$defs":       defs,
		"anyOf":       append(names, map[string]any{"type": "array", "items": map[string]any{"anyOf": names}}),
	})
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return b.Bytes(), nil
}

// itemSchema describes an item.
func itemSchema(t *content.Type) map[string]any {
	s := mappingSchema(fieldsOf(t), required(t))
	s["title"] = t.Name
	if t.Cited() {
		s["required"] = append(required(t), "citations")
	}
	return s
}

func mappingSchema(fields []content.Field, required []string) map[string]any {
	properties := map[string]any{}
	for i := range fields {
		f := &fields[i]
		properties[f.Name] = orNull(fieldSchema(f))
	}
	for _, name := range required { // what must be there is not null
		properties[name] = fieldSchema(fieldNamed(fields, name))
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func fieldNamed(fields []content.Field, name string) *content.Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	panic("a required field is not in the model: " + name)
}

// orNull lets a value be null, which says as much as leaving it out.
func orNull(s map[string]any) map[string]any {
	if one, ok := s["type"].(string); ok && s["enum"] == nil {
		s["type"] = []any{one, "null"}
		return s
	}
	return map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
}

const slugPattern = "[a-z0-9]+(-[a-z0-9]+)*"

// fieldSchema describes the value of a field.
func fieldSchema(f *content.Field) map[string]any {
	switch f.Kind {
	case content.Enum:
		return map[string]any{"type": "string", "enum": f.Enum}
	case content.Date:
		edtf := map[string]any{"type": "string", "maxLength": 100, "description": "A date in EDTF: 2023-11-24, 2023-11, 2024~, 2023-10~/2023-12~."}
		written := mappingSchema(dateFields(), []string{"edtf"})
		return map[string]any{"anyOf": []any{edtf, map[string]any{"type": "integer", "description": "A year."}, written}}
	case content.Bool:
		return map[string]any{"type": "boolean"}
	case content.Int:
		return map[string]any{"type": "integer"}
	case content.Place:
		s := mappingSchema(f.Fields, []string{"name"})
		properties, _ := s["properties"].(map[string]any)
		properties["latitude"] = map[string]any{"type": "number", "minimum": -90, "maximum": 90}
		properties["longitude"] = map[string]any{"type": "number", "minimum": -180, "maximum": 180}
		return s
	case content.SingleRef:
		return referenceSchema(f)
	case content.RefList:
		return map[string]any{"type": "array", "items": referenceSchema(f), "maxItems": f.Max, "uniqueItems": true}
	case content.StringList:
		element := textSchema(f)
		if f.Enum != nil {
			element = map[string]any{"type": "string", "enum": f.Enum}
		}
		return map[string]any{"type": "array", "items": element, "maxItems": f.Max, "uniqueItems": true}
	case content.JSONList, content.ChildRows:
		return map[string]any{"type": "array", "items": mappingSchema(f.Fields, elementNeeds(f.Name)), "maxItems": f.Max}
	default:
		return textSchema(f)
	}
}

func referenceSchema(f *content.Field) map[string]any {
	pattern := "^" + slugPattern + "$"
	if len(f.To) > 1 {
		pattern = "^(" + strings.ToLower(strings.Join(f.To, "|")) + ")/" + slugPattern + "$"
	}
	return map[string]any{"type": "string", "pattern": pattern, "description": "The slug of " + indefinite(f.To[0]) + " " + strings.ToLower(strings.Join(f.To, " or a ")) + "."}
}

// textSchema describes a text. YAML reads a bare number as one, so these are texts too.
func textSchema(f *content.Field) map[string]any {
	switch f.Name {
	case "slug":
		return map[string]any{"type": "string", "pattern": "^" + slugPattern + "$", "maxLength": 100}
	case "url", "archivedUrl":
		return map[string]any{"type": "string", "pattern": "^https?://", "maxLength": f.Longest()}
	}
	text := map[string]any{"type": "string", "maxLength": f.Longest()}
	if f.Kind == content.RichText {
		text["description"] = "Markdown."
	}
	return map[string]any{"anyOf": []any{text, map[string]any{"type": "number"}}}
}

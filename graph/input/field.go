package input

import (
	"slices"
	"strconv"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// cited notes citations of fields that there are not.
func (in *Reader) cited(fields []content.Field, citations any, path string) {
	list, _ := citations.([]map[string]any)
	for i, c := range list {
		name, ok := c["field"].(string)
		if ok && !slices.ContainsFunc(fields, func(f content.Field) bool { return f.Name == name }) {
			in.fieldError(path+".citations."+strconv.Itoa(i)+".field", "%q is not a field that a citation can name", operation.Shorten(name))
		}
	}
}

// translations notes translated texts of fields that there are not, or that no language changes, and such as the field
// could not have itself.
func (in *Reader) translations(fields []content.Field, translations any, path string) {
	list, _ := translations.([]map[string]any)
	for i, translation := range list {
		texts, _ := translation["text"].([]map[string]any)
		seen := map[string]bool{}
		for j, text := range texts {
			at := path + ".translations." + strconv.Itoa(i) + ".text." + strconv.Itoa(j)
			name, _ := text["field"].(string)
			k := slices.IndexFunc(fields, func(f content.Field) bool { return f.Name == name && f.Translatable() })
			switch {
			case k < 0:
				in.fieldError(at+".field", "%q is not a translatable field: the translatable fields are %s", operation.Shorten(name), strings.Join(translatable(fields), ", "))
				continue
			case seen[name]:
				in.fieldError(at+".field", "%s is in this translation twice", name)
			}
			seen[name] = true
			if value, ok := text["value"].(string); ok {
				in.text(&fields[k], value, at+".value")
			}
		}
	}
}

// translatable are the names of the fields that may have translations.
func translatable(fields []content.Field) []string {
	var names []string
	for i := range fields {
		if fields[i].Translatable() {
			names = append(names, fields[i].Name)
		}
	}
	return names
}

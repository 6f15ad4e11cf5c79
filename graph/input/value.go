package input

import (
	"math"
	"slices"
	"strconv"

	"parley/content"
	"parley/graph/operation"
)

// values reads the fields of an item that an input has: those that are absent are absent, null is nil.
func (in *Reader) values(t *content.Type, m map[string]any, path string) map[string]any {
	in.plain = m["plain"] == true
	values := in.fields(t.Fields, m, path)
	in.translations(t.Fields, values["translations"], path)
	if in.plain {
		content.EscapePlain(t.Fields, values)
	}
	in.cited(t.Fields, values["citations"], path)
	return values
}

// fields reads the fields that an input object has.
func (in *Reader) fields(fields []content.Field, m map[string]any, path string) map[string]any {
	values := map[string]any{}
	for i := range fields {
		f := &fields[i]
		v, given := m[f.Name]
		switch {
		case !given:
		case v == nil:
			values[f.Name] = nil
		default:
			values[f.Name] = in.value(f, v, path+"."+f.Name)
		}
	}
	for _, err := range content.CheckSpans(values) {
		err.Field = path + "." + err.Field
		in.note(err)
	}
	return values
}

// value reads the value of a field; nil where it is wrong, or empty.
func (in *Reader) value(f *content.Field, v any, path string) any {
	switch f.Kind {
	case content.Text, content.RichText:
		return in.text(f, v, path)
	case content.Enum, content.Bool, content.Int:
		return v
	case content.Date:
		return in.date(v, path)
	case content.Place:
		return in.place(f, v, path)
	case content.SingleRef:
		return in.one(f, v, path)
	default:
		return in.list(f, operation.List(v), path)
	}
}

// text reads a text; nil where it is empty.
func (in *Reader) text(f *content.Field, v any, path string) any {
	s, ok := v.(string)
	if !ok {
		in.fieldError(path, "%s must be a string, in quotation marks", f.Name)
		return nil
	}
	read := f.TextOf
	if in.plain {
		read = f.PlainTextOf
	}
	s, err := read(s)
	if err != nil {
		err.Field = path
		in.note(err)
		return nil
	}
	if s == "" {
		return nil
	}
	return s
}

func (in *Reader) date(v any, path string) any {
	m, _ := v.(map[string]any)
	text, _ := m["edtf"].(string)
	d, err := content.ParseEDTF(text)
	if err != nil {
		in.fieldError(path+".edtf", "%s", err)
		return nil
	}
	words, _ := in.text(&content.Field{Name: "verbatim", Kind: content.Text}, orEmpty(m["verbatim"]), path+".verbatim").(string)
	language, _ := m["verbatimLocale"].(string)
	if language == "" {
		return d.WithVerbatim(words)
	}
	locale, err := content.ParseLocale(language)
	switch {
	case err != nil:
		in.fieldError(path+".verbatimLocale", "%s", err)
	case words == "":
		in.fieldError(path+".verbatimLocale", "verbatimLocale is the language of verbatim: give verbatim too, or omit it")
	}
	return d.WithVerbatimIn(words, locale)
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

func (in *Reader) place(f *content.Field, v any, path string) any {
	m, _ := v.(map[string]any)
	out := in.fields(f.Fields, m, path)
	for _, name := range []string{"name", "country"} {
		if out[name] == nil {
			delete(out, name)
		}
	}
	in.translations(f.Fields, out["translations"], path)
	if blank(m["name"]) {
		in.fieldError(path+".name", "a place has a name")
	}
	for _, of := range []struct {
		name string
		most float64
	}{{"latitude", 90}, {"longitude", 180}} {
		if m[of.name] == nil {
			continue
		}
		n, _ := m[of.name].(float64)
		if math.Abs(n) > of.most {
			in.fieldError(path+"."+of.name, "%s must be a number of degrees from -%g to %g", of.name, of.most, of.most)
		}
		out[of.name] = n
	}
	if (m["latitude"] == nil) != (m["longitude"] == nil) {
		in.fieldError(path, "latitude and longitude must be given together")
	}
	return out
}

// list reads a list. A list that is too long is reported, and not read.
func (in *Reader) list(f *content.Field, list []any, path string) any {
	if len(list) > f.Max {
		in.fieldError(path, "%s has %d elements: at most %d are allowed", f.Name, len(list), f.Max)
		return nil
	}
	switch f.Kind {
	case content.StringList:
		return in.texts(f, list, path)
	case content.RefList:
		targets := make([]content.Target, len(list))
		for i, v := range list {
			targets[i] = in.one(f, v, path+"."+strconv.Itoa(i))
		}
		return targets
	default:
		elements := make([]map[string]any, len(list))
		for i, v := range list {
			elements[i] = in.element(f, v, path+"."+strconv.Itoa(i))
		}
		return elements
	}
}

func (in *Reader) texts(f *content.Field, list []any, path string) []string {
	var texts []string
	for i, v := range list {
		at := path + "." + strconv.Itoa(i)
		text, _ := v.(string)
		if f.Enum == nil {
			if blank(v) {
				in.fieldError(at, "%s has an empty element", f.Name)
			}
			text, _ = in.text(f, v, at).(string)
		}
		if slices.Contains(texts, text) {
			in.fieldError(at, "%q is in %s twice", operation.Shorten(text), f.Name)
		}
		texts = append(texts, text)
	}
	return texts
}

// element reads an element of a list. One that is nothing but a reference is written as that alone.
func (in *Reader) element(f *content.Field, v any, path string) map[string]any {
	if len(f.Fields) == 1 && f.Fields[0].Kind == content.SingleRef {
		return map[string]any{f.Fields[0].Name: in.one(&f.Fields[0], v, path)}
	}
	m, _ := v.(map[string]any)
	values := in.fields(f.Fields, m, path)
	for i := range f.Fields {
		g := &f.Fields[i]
		v, given := values[g.Name]
		switch merged := merges(f.Name); {
		case v != nil, given && (merged == g.Name || g.Name == "translations"):
		case g.Kind == content.Enum && merged == "":
			values[g.Name] = g.Default()
		default:
			delete(values, g.Name)
		}
	}
	for _, name := range wanted(f.Name) {
		if v, given := m[name]; blank(v) && (!given || v != nil || name != merges(f.Name)) {
			in.fieldError(path+"."+name, "%s is empty", name)
		}
	}
	for _, either := range alternatives(f.Name) {
		if blank(m[either[0]]) && blank(m[either[1]]) {
			in.fieldError(path, "this element of %s has neither %s nor %s", f.Name, either[0], either[1])
		}
	}
	in.translations(f.Fields, values["translations"], path)
	in.cited(f.Fields, values["citations"], path)
	return values
}

// merges is, of a list whose elements are merged into those that the item has, the field whose null takes an element out;
// empty for lists that replace the former one.
func merges(list string) string {
	return map[string]string{"translations": "text", "text": "value"}[list]
}

// wanted are the texts that the elements of a list have, beyond what the schema demands: none of them is empty.
func wanted(list string) []string {
	switch list {
	case "externalIds":
		return []string{"scheme", "value"}
	case "questions":
		return []string{"question", "answer"}
	case "text":
		return []string{"field", "value"}
	default:
		return nil
	}
}

// alternatives are the fields of the elements of a list of which one at least is there.
func alternatives(list string) [][2]string {
	switch list {
	case "participants":
		return [][2]string{{"actor", "attribution"}}
	case "provisions":
		return [][2]string{{"title", "text"}}
	default:
		return nil
	}
}

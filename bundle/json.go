package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"parley/content"
)

// encoder writes items as JSON: an object with the fields in the order of the model, and nothing that is absent.
type encoder struct {
	bytes.Buffer
	slugs func(content.Ref) (content.Slug, error)
	err   error
}

// line writes an item and its type on a line.
func (e *encoder) line(item content.Item) error {
	e.Reset()
	e.WriteString(`{"type":`)
	e.text(item.Type.Name)
	for _, p := range ownKeys(item) {
		e.key(p[0])
		if p[0] == "revision" {
			e.WriteString(p[1])
		} else {
			e.text(p[1])
		}
	}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if v := content.Normal(f, item.Values[f.Name]); v != nil {
			e.key(f.Name)
			e.value(f, v)
		}
	}
	e.WriteString("}\n")
	return e.err
}

// ownKeys are the names and values of what an item has beside the fields of its type.
func ownKeys(item content.Item) [][2]string {
	list := [][2]string{{"slug", string(item.Slug)}}
	if item.Key != content.NamedKey(item.Type.Name, item.Slug) {
		list = append(list, [2]string{"id", string(content.NewID(item.Type.Name, item.Key))})
	}
	if item.Revision > 0 {
		list = append(list, [2]string{"revision", strconv.FormatInt(int64(item.Revision), 10)})
	}
	pub := item.Publication
	if pub == nil {
		return list
	}
	if pub.Status != "USABLE" || !pub.EmbargoedUntil.IsZero() {
		list = append(list, [2]string{"pubStatus", string(pub.Status)})
	}
	if !pub.EmbargoedUntil.IsZero() {
		list = append(list, [2]string{"embargoedUntil", pub.EmbargoedUntil.UTC().Format(time.RFC3339Nano)})
	}
	return list
}

func (e *encoder) key(name string) {
	if b := e.Bytes(); b[len(b)-1] != '{' {
		e.WriteByte(',')
	}
	e.text(name)
	e.WriteByte(':')
}

func (e *encoder) text(s string) {
	enc := json.NewEncoder(&e.Buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil && e.err == nil {
		e.err = err
	}
	e.Truncate(e.Len() - 1) // the line feed that Encode adds
}

func (e *encoder) value(f *content.Field, v any) {
	switch v := v.(type) {
	case string:
		e.text(v)
	case content.FuzzyDate:
		e.date(v)
	case content.Ref:
		e.text(e.ref(f, v))
	case []content.Ref:
		writeList(e, v, func(ref content.Ref) { e.text(e.ref(f, ref)) })
	case []string:
		writeList(e, v, e.text)
	case []map[string]any:
		writeList(e, v, func(element map[string]any) {
			e.WriteByte('{')
			e.fields(f.Fields, element)
			e.WriteByte('}')
		})
	case map[string]any:
		e.place(f, v)
	default:
		_, _ = fmt.Fprint(e, v) // numbers and flags; a buffer takes everything
	}
}

// fields writes the fields of an element that say something.
func (e *encoder) fields(fields []content.Field, element map[string]any) {
	for i := range fields {
		f := &fields[i]
		if v := content.Normal(f, element[f.Name]); v != nil {
			e.key(f.Name)
			e.value(f, v)
		}
	}
}

// place writes a place: its names, its coordinates and its translations.
func (e *encoder) place(f *content.Field, place map[string]any) {
	e.WriteByte('{')
	e.fields(f.Fields[:2], place)
	for _, name := range []string{"latitude", "longitude"} {
		if degrees, ok := place[name].(float64); ok {
			e.key(name)
			e.WriteString(strconv.FormatFloat(degrees, 'f', -1, 64))
		}
	}
	e.fields(f.Fields[2:], place)
	e.WriteByte('}')
}

func (e *encoder) date(d content.FuzzyDate) {
	if d.Verbatim() == "" {
		e.text(d.EDTF())
		return
	}
	e.WriteByte('{')
	e.key("edtf")
	e.text(d.EDTF())
	e.key("verbatim")
	e.text(d.Verbatim())
	if l := d.VerbatimLocale(); l != "" {
		e.key("verbatimLocale")
		e.text(string(l))
	}
	e.WriteByte('}')
}

// ref is how a reference is written: the slug, with the type where several are possible.
func (e *encoder) ref(f *content.Field, ref content.Ref) string {
	slug, err := e.slugs(ref)
	if err != nil && e.err == nil {
		e.err = err
	}
	if len(f.To) > 1 {
		return refName(ref.Type, string(slug))
	}
	return string(slug)
}

func writeList[T any](e *encoder, elements []T, write func(T)) {
	e.WriteByte('[')
	for i, element := range elements {
		if i > 0 {
			e.WriteByte(',')
		}
		write(element)
	}
	e.WriteByte(']')
}

// placeParts are the names and the coordinates of a place.
func placeParts() []string { return []string{"name", "country", "latitude", "longitude"} }

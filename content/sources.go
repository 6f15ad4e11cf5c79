package content

import (
	"fmt"
	"strings"
	"time"
)

// LacksCitation returns the refusal to publish an item that cites nothing though its type needs a source; nil for another item.
func LacksCitation(item Item, status PubStatus) *Error {
	list, _ := item.Values["citations"].([]map[string]any)
	if !item.Type.Cited() || len(list) > 0 || status != PubUsable {
		return nil
	}
	return Errorf(BadUserInput, "a published %s needs at least one citation: give its source", strings.ToLower(item.Type.Name))
}

// CitationFields are the fields of a type that hold citations: its own, and the lists whose elements have some.
func (t *Type) CitationFields() []*Field {
	var list []*Field
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Name == "citations" || f.Kind == ChildRows && f.Field("citations") != nil {
			list = append(list, f)
		}
	}
	return list
}

// CitedSources returns the sources of each list of citations of an item that has any: its own, and those of elements of lists.
func CitedSources(item Item) [][]Key {
	var lists [][]Key
	add := func(v any) {
		citations, _ := v.([]map[string]any)
		var list []Key
		for _, c := range citations {
			if ref, ok := c["source"].(Ref); ok {
				list = append(list, ref.Key)
			}
		}
		if len(list) > 0 {
			lists = append(lists, list)
		}
	}
	for _, f := range item.Type.CitationFields() {
		if f.Kind != ChildRows {
			add(item.Values[f.Name])
			continue
		}
		rows, _ := item.Values[f.Name].([]map[string]any)
		for _, row := range rows {
			add(row["citations"])
		}
	}
	return lists
}

// VisibleAt reports whether the public sees an item of that publication at a time.
func (p Publication) VisibleAt(now time.Time) bool {
	return p.Status == PubUsable && !p.EmbargoedUntil.After(now)
}

// SeenWith reports whether the public sees an item of that publication once it sees another, at a time or after it.
func (p Publication) SeenWith(other Publication, now time.Time) bool {
	return p.VisibleAt(now) || p.Status == PubUsable && !other.VisibleAt(now) && !p.EmbargoedUntil.After(other.EmbargoedUntil)
}

// Unsourced is the error for publishing an item without a visible source; it lists the sources that the item cites.
func Unsourced(t *Type, slug string, hidden []Item) *Error {
	var names []string
	details := make([]map[string]any, len(hidden))
	for i, s := range hidden {
		state := string(s.Publication.Status)
		if until := s.Publication.EmbargoedUntil; !until.IsZero() {
			state = "embargoed until " + until.UTC().Format(time.RFC3339)
		}
		names = append(names, fmt.Sprintf("source %q (%s)", s.Slug, state))
		details[i] = map[string]any{"id": NewID(SourceType().Name, s.Key), "slug": s.Slug, "pubStatus": s.Publication.Status}
	}
	problem := Errorf(Conflict, "readers would see %s %q without its sources: %s; publish these first, or with it by includeSources: true",
		strings.ToLower(t.Name), slug, strings.Join(names[:min(len(names), 5)], ", "))
	problem.Details = map[string]any{"sources": details}
	return problem
}

// Citing is an item that cites a source.
type Citing struct {
	Ref  Ref
	Slug string
}

// LastSource is the error for hiding the last visible source of public items, of which it lists the first.
func LastSource(source string, list []Citing) *Error {
	const most = 20
	names, details := make([]string, 0, len(list)), make([]map[string]any, 0, len(list))
	for _, c := range list[:min(len(list), most)] {
		names = append(names, fmt.Sprintf("%s %q", strings.ToLower(c.Ref.Type), c.Slug))
		details = append(details, map[string]any{"id": NewID(c.Ref.Type, c.Ref.Key), "slug": c.Slug})
	}
	more := ""
	if n := len(list) - min(len(names), 5); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	problem := Errorf(Conflict, "readers would see no source of %s%s without source %q: cite another one, or withdraw these too, by includeCiting: true of withdrawContent",
		strings.Join(names[:min(len(names), 5)], ", "), more, source)
	problem.Details = map[string]any{"citing": details, "citingCount": len(list)}
	return problem
}

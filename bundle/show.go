package bundle

import "parley/content"

// Show writes a value of a field for people: as JSON, with slugs for what it leads to, and "nothing" where it is nil. A
// text of more than most characters is cut.
func Show(f *content.Field, v any, most int, slugs func(content.Ref) content.Slug) string {
	if v == nil {
		return "nothing"
	}
	e := &encoder{slugs: func(ref content.Ref) (content.Slug, error) { return slugs(ref), nil }}
	e.value(f, v)
	text := []rune(e.String())
	if len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(text)
}

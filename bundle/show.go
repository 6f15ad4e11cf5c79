package bundle

import "parley/content"

// Show writes two values of a field for people: as JSON, with slugs for what they lead to, and "nothing" for nil. Where
// they are long, it is the stretch in which they begin to differ.
func Show(f *content.Field, before, after any, slugs func(content.Ref) content.Slug) (was, now string) {
	a, b := []rune(shown(f, before, slugs)), []rune(shown(f, after, slugs))
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return stretch(a, same), stretch(b, same)
}

func shown(f *content.Field, v any, slugs func(content.Ref) content.Slug) string {
	if v == nil {
		return "nothing"
	}
	e := &encoder{slugs: func(ref content.Ref) (content.Slug, error) { return slugs(ref), nil }}
	e.value(f, v)
	return e.String()
}

// stretch cuts a long text to the part around a place in it.
func stretch(text []rune, at int) string {
	const before, most = 40, 200
	head, tail := "", ""
	if begin := at - before; begin > before {
		head, text = "...", text[begin:]
	}
	if len(text) > most {
		tail, text = "...", text[:most]
	}
	return head + string(text) + tail
}

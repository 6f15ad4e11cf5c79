package graph

import (
	"cmp"
	"slices"
	"time"

	"parley/content"
	"parley/internal/markdown"
)

// plain writes a value that is no item: a scalar, an object of the schema's value types, or a list of either.
func (e *encoder) plain(sel *content.Selection, res *content.Result, v any, f *field, in language) error {
	if f.def.Type.Elem == nil {
		return e.one(sel, res, v, f, in)
	}
	limit, err := first(f, listPage(f.name))
	if err != nil {
		return err
	}
	switch list := v.(type) {
	case []string:
		return e.list(shorter(len(list), limit), func(i int) error { return e.string(list[i]) })
	case []map[string]any:
		if f.named == "Citation" {
			list = seenCitations(sel, res, list, f)
		}
		return e.list(shorter(len(list), limit), func(i int) error { return e.element(sel, res, list[i], f, in) })
	default:
		return e.list(0, nil)
	}
}

// seenCitations returns those of the citations whose sources the reader sees.
func seenCitations(sel *content.Selection, res *content.Result, list []map[string]any, f *field) []map[string]any {
	_, sources := under(sel, res, citedPath(f))
	seen := make([]map[string]any, 0, len(list))
	for _, c := range list {
		ref, cites := c["source"].(content.Ref)
		if !cites || sources.Lists[ref.Key] != nil {
			seen = append(seen, c)
		}
	}
	return seen
}

func shorter(n, limit int) int {
	if limit >= 0 {
		return min(n, limit)
	}
	return n
}

// one writes a single value after the type that the schema gives it.
func (e *encoder) one(sel *content.Selection, res *content.Result, v any, f *field, in language) error {
	if v == nil {
		return e.absent(f, in)
	}
	switch f.named {
	case "RichText":
		text, _ := v.(string)
		return e.richText(text, f, in.of(f.name))
	case "FuzzyDate":
		d, _ := v.(content.FuzzyDate)
		return e.fuzzyDate(d, f, in)
	case "Place":
		m, _ := v.(map[string]any)
		return e.element(sel, res, m, f, in)
	case "Boolean":
		return e.value(v == true || v == int64(1))
	default:
		return e.value(v)
	}
}

// absent writes null, or what a required field has where nothing was said.
func (e *encoder) absent(f *field, in language) error {
	switch {
	case !f.def.Type.NonNull:
		return e.null()
	case f.named == "Boolean":
		return e.value(false)
	case f.enumDefault != "":
		return e.string(f.enumDefault)
	case f.named == "RichText":
		return e.richText("", f, in.of(f.name))
	default:
		return e.string("")
	}
}

// element writes an object whose values are kept by name, in a language of its own where it is served in one.
func (e *encoder) element(sel *content.Selection, res *content.Result, m map[string]any, f *field, in language) error {
	if locale, ok := m["locale"].(string); ok {
		in = languageIn(locale, m["ownLocale"], m["untranslated"])
	}
	return e.object(f, func(sub *field) error {
		switch {
		case sub.form == referenceForm:
			ref, ok := m[sub.name].(content.Ref)
			if !ok {
				return e.null()
			}
			return e.refer(sel, res, ref, sub)
		case sub.name == "locale":
			return e.string(string(in.served))
		case sub.name == "direction":
			return e.direction(in.served)
		default:
			return e.plain(sel, res, m[sub.name], sub, in)
		}
	})
}

// language tells in which languages the texts of an item, or of an element of one, are served.
type language struct {
	served, own content.Locale
	// untranslated are the fields whose texts are in their own language, though another one is served.
	untranslated []string
}

// languageOf is the language of a row, as far as its selection asks for it.
func languageOf(sel *content.Selection, row content.Row) language {
	locale, _ := read(sel, row, "locale").(string)
	return languageIn(locale, read(sel, row, "ownLocale"), read(sel, row, "untranslated"))
}

// languageIn is the language of texts that are served in a locale, which is their own where own is nil.
func languageIn(locale string, own, untranslated any) language {
	in := language{served: content.Locale(locale), own: content.Locale(locale)}
	if text, ok := own.(string); ok {
		in.own = content.Locale(text)
	}
	in.untranslated, _ = untranslated.([]string)
	return in
}

// of is the language of the text of a field.
func (l language) of(name string) content.Locale {
	if slices.Contains(l.untranslated, name) {
		return l.own
	}
	return l.served
}

func (e *encoder) richText(text string, f *field, locale content.Locale) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "locale":
			return e.string(string(locale))
		case "direction":
			return e.direction(locale)
		case "markdown":
			return e.string(text)
		case "html":
			e.derived++
			html, err := e.html(text)
			if err != nil {
				return err
			}
			return e.string(html)
		}
		e.derived++
		words, err := e.words(text)
		if err != nil {
			return err
		}
		if sub.name == "excerpt" {
			n, _ := sub.args["length"].(int64)
			words = markdown.Excerpt(words, int(n))
		}
		return e.string(words)
	})
}

func (e *encoder) fuzzyDate(d content.FuzzyDate, f *field, in language) error {
	instant := func(t time.Time, ok bool) error {
		if !ok {
			return e.null()
		}
		return e.value(t)
	}
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "edtf":
			return e.string(d.EDTF())
		case "verbatim":
			if d.Verbatim() == "" {
				return e.null()
			}
			return e.string(d.Verbatim())
		case "verbatimLocale":
			if d.Verbatim() == "" {
				return e.null()
			}
			return e.string(string(cmp.Or(d.VerbatimLocale(), in.own)))
		case "earliest":
			return instant(d.Earliest())
		case "latest":
			return instant(d.Latest())
		case "at":
			return instant(d.At())
		case "precision":
			return e.string(string(d.Precision()))
		case "approximate":
			return e.value(d.Approximate())
		case "uncertain":
			return e.value(d.Uncertain())
		default:
			return e.string(labelOf(d, sub, in, e.locales))
		}
	})
}

// labelOf is the date for readers of the language that is asked for, or else of those that the operation wants, or else of
// the one in which the item is served.
func labelOf(d content.FuzzyDate, f *field, in language, wanted []content.Locale) string {
	if text, ok := f.args["locale"].(string); ok {
		if locale, err := content.ParseLocale(text); err == nil {
			return d.LabelFor(in.own, locale)
		}
	}
	return d.LabelFor(in.own, append(slices.Clip(wanted), in.served)...)
}

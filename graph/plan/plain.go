package plan

import (
	"cmp"
	"slices"
	"time"

	"parley/content"
	"parley/graph/operation"
	"parley/internal/markdown"
)

// plain writes a value that is no item: a scalar, an object of the schema's value types, or a list of either.
func (e *Encoder) plain(sel *content.Selection, res *content.Result, v any, f *operation.Field, in Language) error {
	if f.Def.Type.Elem == nil {
		return e.one(sel, res, v, f, in)
	}
	limit, err := First(f, operation.ListPage(f.Name))
	if err != nil {
		return err
	}
	switch list := v.(type) {
	case []string:
		return e.List(shorter(len(list), limit), func(i int) error { return e.String(list[i]) })
	case []map[string]any:
		if ref := belongsTo(sel.Type, f); ref != nil {
			list = seenElements(sel, res, list, f, ref.Name)
		}
		return e.List(shorter(len(list), limit), func(i int) error { return e.element(sel, res, list[i], f, in) })
	default:
		return e.List(0, nil)
	}
}

// seenElements returns those of the elements that refer to nothing, or by the named field to an item that the reader sees.
func seenElements(sel *content.Selection, res *content.Result, list []map[string]any, f *operation.Field, name string) []map[string]any {
	path := seenPath(f)
	seen := make([]map[string]any, 0, len(list))
	for _, element := range list {
		ref, refers := element[name].(content.Ref)
		if refers && element["attribution"] == nil { // a participant is seen by its attribution too
			if _, items := under(sel, res, path+":"+ref.Type); items.Lists[ref.Key] == nil {
				continue
			}
		}
		seen = append(seen, element)
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
func (e *Encoder) one(sel *content.Selection, res *content.Result, v any, f *operation.Field, in Language) error {
	if v == nil {
		return e.absent(f, in)
	}
	switch f.Named {
	case "RichText":
		text, _ := v.(string)
		return e.richText(text, f, in.Of(f.Name))
	case "FuzzyDate":
		d, _ := v.(content.FuzzyDate)
		return e.fuzzyDate(d, f, in)
	case "Place":
		m, _ := v.(map[string]any)
		return e.element(sel, res, m, f, in)
	case "Boolean":
		return e.Value(v == true || v == int64(1))
	default:
		return e.Value(v)
	}
}

// absent writes null, or what a required field has where nothing was said.
func (e *Encoder) absent(f *operation.Field, in Language) error {
	switch {
	case !f.Def.Type.NonNull:
		return e.Null()
	case f.Named == "Boolean":
		return e.Value(false)
	case f.EnumDefault != "":
		return e.String(f.EnumDefault)
	case f.Named == "RichText":
		return e.richText("", f, in.Of(f.Name))
	default:
		return e.String("")
	}
}

// element writes an object whose values are stored by name, in the language in which it is served.
func (e *Encoder) element(sel *content.Selection, res *content.Result, m map[string]any, f *operation.Field, in Language) error {
	if locale, ok := m["locale"].(string); ok {
		in = LanguageIn(locale, m["ownLocale"], m["untranslated"])
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Form == operation.ReferenceForm:
			ref, ok := m[sub.Name].(content.Ref)
			if !ok {
				return e.Null()
			}
			return e.refer(sel, res, ref, sub)
		case sub.Name == "locale":
			return e.String(string(in.Served))
		case sub.Name == "direction":
			return e.direction(in.Served)
		default:
			return e.plain(sel, res, m[sub.Name], sub, in)
		}
	})
}

// Language holds the languages in which the texts of an item, or of an element of one, are served.
type Language struct {
	Served, Own content.Locale
	// untranslated are the fields whose texts are in their own language, though another one is served.
	untranslated []string
}

// LanguageOf is the language of a row, as far as its selection asks for it.
func LanguageOf(sel *content.Selection, row content.Row) Language {
	locale, _ := FieldOf(sel, row, "locale").(string)
	return LanguageIn(locale, FieldOf(sel, row, "ownLocale"), FieldOf(sel, row, "untranslated"))
}

// LanguageIn is the language of texts that are served in a locale, which is their own where own is nil.
func LanguageIn(locale string, own, untranslated any) Language {
	in := Language{Served: content.Locale(locale), Own: content.Locale(locale)}
	if text, ok := own.(string); ok {
		in.Own = content.Locale(text)
	}
	in.untranslated, _ = untranslated.([]string)
	return in
}

// Of is the language of the text of a field.
func (l Language) Of(name string) content.Locale {
	if slices.Contains(l.untranslated, name) {
		return l.Own
	}
	return l.Served
}

func (e *Encoder) richText(text string, f *operation.Field, locale content.Locale) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "locale":
			return e.String(string(locale))
		case "direction":
			return e.direction(locale)
		case "markdown":
			return e.String(text)
		case "html":
			html, err := e.HTML(text)
			if err != nil {
				return err
			}
			return e.String(html)
		}
		words, err := e.Words(text)
		if err != nil {
			return err
		}
		if sub.Name == "excerpt" {
			n, _ := sub.Args["length"].(int64)
			words = markdown.Excerpt(words, int(n))
		}
		return e.String(words)
	})
}

func (e *Encoder) fuzzyDate(d content.FuzzyDate, f *operation.Field, in Language) error {
	instant := func(t time.Time, ok bool) error {
		if !ok {
			return e.Null()
		}
		return e.Value(t)
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "edtf":
			return e.String(d.EDTF())
		case "verbatim":
			if d.Verbatim() == "" {
				return e.Null()
			}
			return e.String(d.Verbatim())
		case "verbatimLocale":
			if d.Verbatim() == "" {
				return e.Null()
			}
			return e.String(string(cmp.Or(d.VerbatimLocale(), in.Own)))
		case "earliest":
			return instant(d.Earliest())
		case "latest":
			return instant(d.Latest())
		case "at":
			return instant(d.At())
		case "precision":
			return e.String(string(d.Precision()))
		case "approximate":
			return e.Value(d.Approximate())
		case "uncertain":
			return e.Value(d.Uncertain())
		default:
			return e.String(LabelOf(d, sub, in, e.Locales))
		}
	})
}

// LabelOf is the date for readers of the language that is asked for, or else of those that the operation wants, or else of
// the one in which the item is served.
func LabelOf(d content.FuzzyDate, f *operation.Field, in Language, wanted []content.Locale) string {
	if text, ok := f.Args["locale"].(string); ok {
		if locale, err := content.ParseLocale(text); err == nil {
			return d.LabelFor(in.Own, locale)
		}
	}
	return d.LabelFor(in.Own, append(slices.Clip(wanted), in.Served)...)
}

package graph

import (
	"time"

	"parley/content"
	"parley/internal/markdown"
)

// plain writes a value that is no item: a scalar, an object of the schema's value types, or a list of either.
func (e *encoder) plain(sel *content.Selection, res *content.Result, v any, f *field) error {
	if f.def.Type.Elem == nil {
		return e.one(sel, res, v, f)
	}
	limit, err := first(f, listPage(f.name))
	if err != nil {
		return err
	}
	switch list := v.(type) {
	case []string:
		return e.list(shorter(len(list), limit), func(i int) error { return e.string(list[i]) })
	case []map[string]any:
		return e.list(shorter(len(list), limit), func(i int) error { return e.element(sel, res, list[i], f) })
	default:
		return e.list(0, nil)
	}
}

func shorter(n, limit int) int {
	if limit >= 0 {
		return min(n, limit)
	}
	return n
}

// one writes a single value after the type that the schema gives it.
func (e *encoder) one(sel *content.Selection, res *content.Result, v any, f *field) error {
	if v == nil {
		return e.absent(f)
	}
	switch f.named {
	case "RichText":
		text, _ := v.(string)
		return e.richText(text, f)
	case "FuzzyDate":
		d, _ := v.(content.FuzzyDate)
		return e.fuzzyDate(d, f)
	case "Place":
		m, _ := v.(map[string]any)
		return e.element(sel, res, m, f)
	case "Boolean":
		return e.value(v == true || v == int64(1))
	default:
		return e.value(v)
	}
}

// absent writes null, or what a required field has where nothing was said.
func (e *encoder) absent(f *field) error {
	switch {
	case !f.def.Type.NonNull:
		return e.null()
	case f.named == "Boolean":
		return e.value(false)
	case f.unsaid != "":
		return e.string(f.unsaid)
	case f.named == "RichText":
		return e.richText("", f)
	default:
		return e.string("")
	}
}

// element writes an object whose values are kept by name.
func (e *encoder) element(sel *content.Selection, res *content.Result, m map[string]any, f *field) error {
	return e.object(f, func(sub *field) error {
		if sub.form == referenceForm {
			ref, ok := m[sub.name].(content.Ref)
			if !ok {
				return e.null()
			}
			return e.refer(sel, res, ref, sub)
		}
		return e.plain(sel, res, m[sub.name], sub)
	})
}

func (e *encoder) richText(text string, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "markdown":
			return e.string(text)
		case "html":
			html, err := markdown.HTML(text)
			if err != nil {
				return err
			}
			return e.string(html)
		}
		words, err := markdown.Text(text)
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

func (e *encoder) fuzzyDate(d content.FuzzyDate, f *field) error {
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
			return e.string(labelOf(d, sub))
		}
	})
}

// labelOf is the date for readers: of the language that is asked for, or as the source has it.
func labelOf(d content.FuzzyDate, f *field) string {
	if text, ok := f.args["locale"].(string); ok {
		if locale, err := content.ParseLocale(text); err == nil {
			return d.LabelIn(locale)
		}
	}
	return d.Label()
}

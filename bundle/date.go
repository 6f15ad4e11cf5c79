package bundle

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/content"
)

// date reads a date: its EDTF text, or a mapping of that and the source's own words.
func (l *loader) date(f *content.Field, n *node) any {
	edtf, p, words, language := n.text, n.pos, "", content.Locale("")
	if n.kind != scalar {
		if n.kind != mapping {
			l.addProblem(p, "%s is a date as in 2023-11-24, 2023-11 or 2023-10~/2023-12~, or a mapping of edtf and verbatim", f.Name)
			return nil
		}
		values, at := l.mapping(n, dateFields())
		if values == nil {
			return nil
		}
		var ok bool
		if edtf, ok = values["edtf"].(string); !ok {
			l.addProblem(n.pos, "%s has no edtf: write {edtf: 2023-11, verbatim: late 2023}, or only the date", f.Name)
			return nil
		}
		p = at["edtf"]
		words, _ = values["verbatim"].(string)
		language = l.verbatimLocale(values, at)
	}
	if len(edtf) > 100 {
		l.addProblem(p, "%s is not a date, %s: write it as in 2023-11-24, 2023-11 or 2023-10~/2023-12~", f.Name, short(edtf))
		return nil
	}
	d, err := l.parseDate(edtf)
	if err != nil {
		l.fault(p, "date", err)
		return nil
	}
	if d.IsZero() {
		return nil
	}
	return d.WithVerbatimIn(words, language)
}

// parseDate reads a date. In a sheet it may have the order that was named for it.
func (l *loader) parseDate(text string) (content.FuzzyDate, error) {
	if l.headers[l.file] == nil {
		return content.ParseEDTF(text)
	}
	d, err := l.dateOrder.Parse(text)
	if err == nil || l.dateOrder != "" {
		return d, err
	}
	first := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
	if _, other := content.DateOrder("dmy").Parse(text); other == nil && first > 0 && utf8.RuneCountInString(text[:first]) <= 2 {
		err = fmt.Errorf("%w (--date-order dmy reads the day first, in all dates of the sheets)", err)
	}
	return d, err
}

// dateFields are the keys of a date that is written as a mapping.
func dateFields() []content.Field {
	return []content.Field{{Name: "edtf", Kind: content.Text}, {Name: "verbatim", Kind: content.Text}, {Name: "verbatimLocale", Kind: content.Text}}
}

// verbatimLocale reads the language of the source's words for a date; empty where it is that of the item.
func (l *loader) verbatimLocale(values map[string]any, at map[string]position) content.Locale {
	text, ok := values["verbatimLocale"].(string)
	if !ok {
		return ""
	}
	locale, err := content.ParseLocale(text)
	switch {
	case err != nil:
		l.addProblem(at["verbatimLocale"], "%s", err)
	case values["verbatim"] == nil:
		l.addProblem(at["verbatimLocale"], "verbatimLocale is the language of verbatim: write verbatim too, or omit it")
	}
	return locale
}

// place reads a place.
func (l *loader) place(f *content.Field, n *node) any {
	if n.kind == scalar {
		l.addProblem(n.pos, "a place is a mapping: {name: Doha, country: Qatar}, with latitude and longitude where known")
		return nil
	}
	coordinates := []content.Field{{Name: "latitude", Kind: content.Text}, {Name: "longitude", Kind: content.Text}}
	values, at := l.mapping(n, slices.Concat(f.Fields[:2], coordinates, f.Fields[2:]))
	if values == nil {
		return nil
	}
	l.required(n.pos, at, []string{"name"})
	for i, most := range []float64{90, 180} {
		name := coordinates[i].Name
		text, ok := values[name].(string)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > most {
			l.addProblem(at[name], "%s must be a number of degrees from -%g to %g, not %s", name, most, most, short(text))
		}
		values[name] = v
	}
	if (values["latitude"] == nil) != (values["longitude"] == nil) {
		l.addProblem(n.pos, "latitude and longitude must be given together")
	}
	return values
}

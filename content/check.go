package content

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TextOf returns a text of the field as it is kept: composed (NFC), with line feeds between its lines and no space around
// it, and a language tag in canonical form. It is an [Error] where it is too long, holds characters that no text has, could
// disguise its line (see [IsolateBidi]), or is not the address or the language tag that it should be.
func (f *Field) TextOf(text string) (string, *Error) {
	text, err := f.PlainTextOf(text)
	if err == nil && f.Kind == RichText {
		err = checkMarkdown(f, text)
	}
	if err != nil {
		return "", err
	}
	return text, nil
}

// PlainTextOf returns a text as [Field.TextOf] does, without a look at it as Markdown: see [EscapePlain].
func (f *Field) PlainTextOf(text string) (string, *Error) {
	text = strings.TrimSpace(Composed(strings.ReplaceAll(text, "\r\n", "\n")))
	if n, most := utf8.RuneCountInString(text), f.Longest(); n > most {
		return "", Errorf(BadUserInput, "%s is %d characters long, at most %d are allowed", f.Name, n, most)
	}
	for _, r := range text {
		switch {
		case !unicode.IsControl(r) || f.Kind == RichText && (r == '\n' || r == '\t'):
		case r == '\n':
			return "", Errorf(BadUserInput, "%s is a single line", f.Name)
		default:
			return "", Errorf(BadUserInput, "%s holds the control character U+%04X: take it out", f.Name, r)
		}
	}
	if f.Kind == RichText {
		text = IsolateBidi(text)
	} else if err := checkBidi(f, text); err != nil {
		return "", err
	}
	switch {
	case text == "":
	case f.Name == "url" || f.Name == "archivedUrl":
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return "", Errorf(BadUserInput, "%s is an absolute address with http or https, such as https://example.org/page, not %s",
				f.Name, quote(text))
		}
	case f.IsLocale():
		locale, err := ParseLocale(text)
		if err != nil {
			return "", Errorf(BadUserInput, "%s: %s", f.Name, err)
		}
		return string(locale), nil
	}
	return text, nil
}

// IsLocale reports whether the values of the field are language tags.
func (f *Field) IsLocale() bool { return f.Name == "locale" || f.Name == "language" }

// Composed returns text in Normalization Form C of Unicode, in which texts are kept and compared.
func Composed(text string) string { return norm.NFC.String(text) }

// MaxText is the most characters of a text.
const MaxText = 100_000

// Longest is the greatest number of characters of a text of the field.
func (f *Field) Longest() int {
	switch {
	case f.Kind == RichText:
		return MaxText
	case f.Name == "title", f.Name == "name", f.Name == "holder", f.Name == "aliases":
		return 300
	case f.Name == "url", f.Name == "archivedUrl":
		return 2000
	case f.Name == "value":
		return MaxText
	default:
		return 1000
	}
}

// Translatable reports whether an item, or an element of one, may have the field in other languages.
func (f *Field) Translatable() bool {
	switch f.Name {
	case "locale", "language", "url", "archivedUrl", "number", "capacity":
		return false
	default:
		return f.Kind == Text || f.Kind == RichText
	}
}

// spans are the dates that begin and end something.
func spans() [][2]string {
	return [][2]string{
		{"startedOn", "endedOn"},
		{"since", "until"},
		{"heldFrom", "heldUntil"},
		{"effectiveOn", "endedOn"},
		{"effectiveOn", "plannedEndOn"},
	}
}

// CheckSpans returns a problem for each date among values that precedes the date that it has to follow, by field.
func CheckSpans(values map[string]any) []*Error {
	var wrong []*Error
	for _, s := range spans() {
		from, _ := values[s[0]].(FuzzyDate)
		until, _ := values[s[1]].(FuzzyDate)
		earliest, known := from.Earliest()
		latest, ends := until.Latest()
		if known && ends && latest.Before(earliest) {
			err := Errorf(BadUserInput, "%s (%s) comes before %s (%s)", s[1], until.EDTF(), s[0], from.EDTF())
			err.Field = s[1]
			wrong = append(wrong, err)
		}
	}
	return wrong
}

// quote quotes a text for a message, cut to a length that a line bears.
func quote(text string) string { return strconv.Quote(shorten(text, 60)) }

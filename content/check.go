package content

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultLocale is the language of an item of which nobody says in which language it is.
const DefaultLocale Locale = "en"

// CheckText says what is wrong with the text of a field, without the space around it, or nil: its length, characters that
// no text has, and the form of addresses and language tags.
func CheckText(f *Field, text string) *Error {
	if n, most := utf8.RuneCountInString(text), f.Longest(); n > most {
		return Errorf(BadUserInput, "%s is %d characters long, at most %d are allowed", f.Name, n, most)
	}
	for _, r := range text {
		switch {
		case !unicode.IsControl(r) || f.Kind == Rich && (r == '\n' || r == '\t'):
		case r == '\n':
			return Errorf(BadUserInput, "%s is a single line", f.Name)
		default:
			return Errorf(BadUserInput, "%s holds the control character U+%04X: take it out", f.Name, r)
		}
	}
	if f.Kind == Rich {
		return checkMarkdown(f, text)
	}
	switch f.Name {
	case "url", "archivedUrl":
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return Errorf(BadUserInput, "%s is an absolute address with http or https, such as https://example.org/page, not %s", f.Name, quote(text))
		}
	case "locale", "language":
		if !languageTag(text) {
			return Errorf(BadUserInput, "%s is a language tag such as en, ar or pt-BR, not %s", f.Name, quote(text))
		}
	}
	return nil
}

// Longest is the greatest number of characters of a text of the field.
func (f *Field) Longest() int {
	switch {
	case f.Kind == Rich:
		return 100_000
	case f.Name == "title", f.Name == "name", f.Name == "holder", f.Name == "aliases":
		return 300
	case f.Name == "url", f.Name == "archivedUrl":
		return 2000
	case f.Name == "value":
		return 100_000
	default:
		return 1000
	}
}

// languageTag reports whether text has the form of a BCP 47 tag, as far as items have them.
func languageTag(text string) bool {
	for i, part := range strings.Split(text, "-") {
		if n := len(part); n < 2 || n > 8 || i == 0 && n > 3 {
			return false
		}
		for _, r := range part {
			if letter := 'a' <= r|' ' && r|' ' <= 'z'; !letter && (i == 0 || r < '0' || r > '9') {
				return false
			}
		}
	}
	return len(text) <= 35
}

// Translatable reports whether an item may have the field in other languages.
func (f *Field) Translatable() bool {
	switch f.Name {
	case "locale", "language", "url", "archivedUrl":
		return false
	default:
		return f.Kind == Text || f.Kind == Rich
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

// CheckSpans says which dates among values come before those that they follow, by the field of each.
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

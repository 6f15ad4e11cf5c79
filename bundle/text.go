package bundle

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/content"
)

// text checks the text of a field and returns it without the space around it. It is not ok where it is empty or wrong.
func (l *loader) text(f *content.Field, p position, text string) (string, bool) {
	text = strings.TrimSpace(text)
	if n, most := utf8.RuneCountInString(text), longest(f); n > most {
		l.problem(p, "%s is %d characters long, at most %d are allowed", f.Name, n, most)
		return "", false
	}
	for _, r := range text {
		if !unicode.IsControl(r) || f.Kind == content.Rich && (r == '\n' || r == '\t') {
			continue
		}
		if r == '\n' {
			l.problem(p, "%s is a single line", f.Name)
		} else {
			l.problem(p, "%s holds the control character U+%04X: take it out", f.Name, r)
		}
		return "", false
	}
	switch f.Name {
	case "url", "archivedUrl":
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			l.problem(p, "%s is an absolute address with http or https, such as https://example.org/page, not %s", f.Name, short(text))
			return "", false
		}
	case "locale", "language":
		if !languageTag(text) {
			l.problem(p, "%s is a language tag such as en, ar or pt-BR, not %s", f.Name, short(text))
			return "", false
		}
	case "field":
		return text, l.spokenOf(p, text)
	}
	return text, text != ""
}

// longest is the greatest number of characters of a text.
func longest(f *content.Field) int {
	switch {
	case f.Kind == content.Rich:
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

// languageTag reports whether text has the form of a BCP 47 tag, as far as parley uses them.
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

// spokenOf notes where a citation or a translation speaks of a field that there is not.
func (l *loader) spokenOf(p position, name string) bool {
	names := fieldNames(l.owner)
	if slices.Contains(names, name) {
		return true
	}
	l.problem(p, "there is no field %s here to speak of%s", short(name), suggest(name, names))
	return false
}

package content

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Locale is a BCP 47 language tag in its usual case: "en", "ar-EG", "zh-Hant-TW".
type Locale string

// maxLocales bounds the languages that one read may ask for.
const maxLocales = 10

var localePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,7}$`) })

// ParseLocale reads a language tag. A text that is none is an [Error] with code [BadUserInput].
func ParseLocale(text string) (Locale, error) {
	if len(text) > 35 || !localePattern().MatchString(text) {
		return "", Errorf(BadUserInput, "%q is no language tag: they look like en, ar-EG or zh-Hant (BCP 47)", shorten(text, 40))
	}
	subtags := strings.Split(strings.ToLower(text), "-")
	for i, s := range subtags[1:] {
		switch len(s) {
		case 2:
			subtags[i+1] = strings.ToUpper(s)
		case 4:
			subtags[i+1] = strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return Locale(strings.Join(subtags, "-")), nil
}

// Lookup lists the tags that answer the wanted languages, best first, after the lookup of RFC 4647: "ar-EG" finds ar-EG,
// then ar. More than 10 languages, or a text that is no tag, are an [Error] with code [BadUserInput].
func Lookup(wanted []string) ([]Locale, error) {
	if len(wanted) > maxLocales {
		return nil, Errorf(BadUserInput, "%d languages are too many: ask for at most %d, the best first", len(wanted), maxLocales)
	}
	var list []Locale
	for _, text := range wanted {
		l, err := ParseLocale(text)
		if err != nil {
			return nil, err
		}
		for l != "" {
			if !slices.Contains(list, l) {
				list = append(list, l)
			}
			l = l.shorter()
		}
	}
	return list, nil
}

// shorter takes away the last subtag, and a single letter that would then end the tag.
func (l Locale) shorter() Locale {
	i := strings.LastIndexByte(string(l), '-')
	if i < 0 {
		return ""
	}
	if i >= 2 && l[i-2] == '-' {
		i -= 2
	}
	return l[:i]
}

// Direction is the direction in which the locale is written: "RTL" for the languages that use the Arabic, Hebrew, Syriac
// or Thaana script unless the tag says otherwise, else "LTR".
func (l Locale) Direction() string {
	subtags := strings.Split(string(l), "-")
	for _, s := range subtags[1:] {
		switch s {
		case "Arab", "Hebr", "Syrc", "Thaa":
			return "RTL"
		case "Latn", "Cyrl":
			return "LTR"
		}
	}
	switch subtags[0] {
	case "ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "ckb", "dv", "syr", "prs":
		return "RTL"
	default:
		return "LTR"
	}
}

// shorten cuts a text that is shown in a message.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

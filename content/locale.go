package content

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Locale is a BCP 47 language tag in canonical form: "en", "ar-EG", "zh-Hant-TW".
type Locale string

// DefaultLocale is the language of an item that names none.
const DefaultLocale Locale = "en"

const (
	// maxLocales bounds the languages that one read may ask for.
	maxLocales = 10
	// maxTag is the greatest length of a language tag, in bytes.
	maxTag = 35
)

// ParseLocale reads a language tag and returns its canonical form after RFC 5646: subtags in their usual case, hyphens for
// underscores, the preferred subtags for deprecated ones ("iw" is "he"), and no script that goes without saying ("ar-Arab"
// is "ar"). A text that is not a tag, or that has a subtag which is not registered, is an [Error] with code [BadUserInput].
func ParseLocale(text string) (Locale, error) {
	if len(text) <= maxTag {
		tag, err := language.BCP47.Parse(text)
		if err == nil && !strings.HasPrefix(tag.String(), "x-") {
			return Locale(tag.String()), nil
		}
		if unknown, ok := errors.AsType[language.ValueError](err); ok {
			return "", Errorf(BadUserInput, "%s is not a language tag: the subtag %s is not registered (BCP 47); tags look like en, ar-EG or zh-Hant", quote(text), unknown.Subtag())
		}
	}
	return "", Errorf(BadUserInput, "%s is not a language tag: they look like en, ar-EG or zh-Hant (BCP 47)", quote(text))
}

// Lookup lists the tags that answer the wanted languages, best first, after the lookup of RFC 4647: "ar-EG" finds ar-EG,
// then ar. More than 10 languages, or a text that is no tag, are an [Error] with code [BadUserInput].
func Lookup(wanted []string) ([]Locale, error) {
	if len(wanted) > maxLocales {
		return nil, Errorf(BadUserInput, "%d languages are too many: give at most %d, in order of preference", len(wanted), maxLocales)
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
	if i < 1 {
		return ""
	}
	if i >= 2 && l[i-2] == '-' {
		i -= 2
	}
	return l[:i]
}

// language is the first subtag: "zh" of zh-Hant-TW.
func (l Locale) language() string {
	first, _, _ := strings.Cut(string(l), "-")
	return first
}

// Direction returns the direction in which the locale is written: "RTL" where its script, the usual one of the language unless
// the tag names another, is written from right to left, else "LTR".
func (l Locale) Direction() string {
	tag := language.Raw.Make(string(l))
	script, confidence := tag.Script()
	name := script.String()
	if confidence == language.No {
		base, _ := tag.Base()
		name = usualScript(base.String())
	}
	if rightToLeft(name) {
		return "RTL"
	}
	return "LTR"
}

// rightToLeft reports whether a script of ISO 15924 is written from right to left.
func rightToLeft(script string) bool {
	switch script {
	case "Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr", "Hung", "Khar", "Lydi", "Mand", "Mani",
		"Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo", "Orkh", "Ougr", "Palm", "Perm", "Phli", "Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb",
		"Sidt", "Sogd", "Sogo", "Syrc", "Syre", "Syrj", "Syrn", "Thaa", "Todr", "Yezi":
		return true
	default:
		return false
	}
}

// usualScript is the script of languages written from right to left for which the registry of the library names none: Dari,
// Pashto and Azerbaijani as spoken in Iran, varieties of Arabic, and Assyrian.
func usualScript(base string) string {
	switch base {
	case "prs", "pbt", "pbu", "pst", "azb", "abh", "abv", "acm", "acq", "acw", "acx", "acy", "adf", "afb", "apd", "auz", "avl", "ayh", "ayl", "ayn",
		"ayp", "bbz", "pga", "shu", "ssh":
		return "Arab"
	case "aii":
		return "Syrc"
	default:
		return ""
	}
}

// shorten cuts a text that is shown in a message.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

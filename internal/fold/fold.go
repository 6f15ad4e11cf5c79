// Package fold makes texts comparable: folded for search, and as keys that sort as readers of a language expect.
package fold

import (
	"encoding/base32"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Text returns the words of s without what readers leave out when they type: case, accents, Arabic vowel signs and
// tatweel, Hebrew points, control characters and repeated spaces. Letters with a stroke and the forms of alef, yeh and
// marbuta become their plain letters.
func Text(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	if ascii(s) {
		return asciiText(s)
	}
	var b strings.Builder
	space := true // none at the beginning
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || r == '\u0640':
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
		default:
			b.WriteString(letter(unicode.ToLower(r)))
			space = false
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// plain reports whether s is a word of ASCII letters and digits, which only its case can change.
func plain(s string) bool {
	for i := range len(s) {
		if !asciiWord(s[i]) {
			return false
		}
	}
	return true
}

// ascii reports whether s is ASCII alone.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// asciiText is Text of ASCII, which has neither accents nor letters of other forms.
func asciiText(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c|0x20)
		case c > ' ' && c < 0x7f:
			b = append(b, c)
		case len(b) > 0 && b[len(b)-1] != ' ':
			b = append(b, ' ')
		}
	}
	return strings.TrimSuffix(string(b), " ")
}

// asciiWord reports whether c is an ASCII letter or digit.
func asciiWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// letter gives the plain form of letters that decomposition leaves alone.
func letter(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'ł':
		return "l"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ٱ': // alef wasla
		return "ا"
	case 'ى': // alef maksura
		return "ي"
	case 'ة': // marbuta
		return "ه"
	case '’', '‘', 'ʼ':
		return "'"
	default:
		return string(r)
	}
}

// maxKey bounds the runes that a sort key is made of; texts that differ later sort by their id.
const maxKey = 64

// Key returns a text that sorts, byte by byte, as s does among texts of the language (a BCP 47 tag; the root order of
// Unicode where it is unknown), whatever its case and accents.
func Key(locale, s string) string { return NewKeyer().Key(locale, s) }

// Keyer makes sort keys and keeps what it needs for each language. It is for one goroutine at a time.
type Keyer struct {
	collators map[string]*collate.Collator
	buf       collate.Buffer
}

// maxCollators bounds the languages that a Keyer keeps something for.
const maxCollators = 100

// NewKeyer returns a Keyer that knows no language yet.
func NewKeyer() *Keyer { return &Keyer{collators: map[string]*collate.Collator{}} }

// Key returns what [Key] does.
func (k *Keyer) Key(locale, s string) string {
	runes := []rune(strings.ToValidUTF8(s, " "))
	if len(runes) > maxKey {
		runes = runes[:maxKey]
	}
	c := k.collators[locale]
	if c == nil {
		if len(k.collators) >= maxCollators {
			clear(k.collators)
		}
		c = collate.New(language.Make(locale), collate.Loose, collate.Numeric)
		k.collators[locale] = c
	}
	defer k.buf.Reset()
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(c.KeyFromString(&k.buf, string(runes)))
}

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

// maxKey bounds the runes that a sort key is made of; texts that differ later sort by their id.
const maxKey = 64

// Key returns a text that sorts, byte by byte, as s does among texts of the language (a BCP 47 tag; the root order of
// Unicode where it is unknown). Case, accents that make no letter of their own in the language, and what [sign] and [arabic]
// unify make no difference.
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
	c := k.collators[locale]
	if c == nil {
		if len(k.collators) >= maxCollators {
			clear(k.collators)
		}
		c = collate.New(language.Make(locale), collate.Loose, collate.Numeric)
		k.collators[locale] = c
	}
	defer k.buf.Reset()
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(c.Key(&k.buf, collated(s)))
}

// collated returns what a collator compares: the first runes of s with its signs and Arabic letters in their plain forms.
func collated(s string) []byte {
	out := make([]byte, 0, min(len(s), 4*maxKey))
	left := maxKey
	add := func(r rune) {
		switch r = arabic(sign(r)); {
		case r == dropped || left == 0:
			return
		case r < utf8.RuneSelf && r > ' ' && r < 0x7f:
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if len(out) == 0 || out[len(out)-1] == ' ' {
				return
			}
			r = ' '
		case r >= 0x2000 && unicode.Is(unicode.Cf, r) || r == '\u00ad':
			return
		}
		out = utf8.AppendRune(out, r)
		left--
	}
	for _, r := range strings.ToValidUTF8(s, " ") {
		if presented(r) {
			for _, part := range norm.NFKD.String(string(r)) {
				add(part)
			}
		} else {
			add(r)
		}
	}
	return out
}

// presented reports whether r is a form of letters for display, such as an Arabic ligature or a letter of full width.
func presented(r rune) bool { return r >= 0xfb00 && r <= 0xfefc || r > 0xff00 && r <= 0xffef }

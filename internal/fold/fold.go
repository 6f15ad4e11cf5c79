// Package fold makes texts comparable: [Text] and [Words] for search, [Key] for the order that readers of a language expect.
//
// All of them see the same letters: what [sign] and [arabic] unify is one letter for each. A change of what they return
// makes the rows stale that a database derives from them, so it comes with a migration: TestFoldingIsWhatDatabasesHold.
package fold

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text returns s as readers type it: without case, accents, Arabic vowel signs and tatweel, Hebrew points, quotation marks,
// apostrophes and the signs of ayn and hamza, control characters and repeated spaces. Letters with a stroke or a hook and
// the Persian, Kurdish and Urdu forms of Arabic letters become their plain letters, digits of all scripts 0 to 9, dashes
// hyphens. Vowel signs of scripts that do not leave them out, such as Devanagari and Thai, stay. The result is in NFC, and
// a part of s between two letters has a part of the result.
func Text(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	f := folder{out: make([]byte, 0, len(s))}
	f.add(s)
	return f.text(s)
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

// asciiWord reports whether c is an ASCII letter or digit.
func asciiWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// folder gathers a folded text.
type folder struct {
	out     []byte
	compose bool // whether out has marks or parts of syllables that NFC joins
}

// text returns what was gathered of a text: the text itself if it is that.
func (f *folder) text(of string) string {
	out := bytes.TrimSuffix(f.out, []byte{' '})
	switch {
	case f.compose:
		return norm.NFC.String(string(out))
	case string(out) == of:
		return of
	default:
		return string(out)
	}
}

// add folds a text.
func (f *folder) add(s string) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			f.ascii(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			f.ascii(' ')
		case uncomposed(r):
			f.rune(r)
		default:
			f.decompose(s[i:i+size], r)
		}
		i += size
	}
}

// uncomposed reports whether r is surely a letter that consists of nothing else, to spare a look-up.
func uncomposed(r rune) bool {
	return r >= 'א' && r <= 'ת' || r >= 'ا' && r <= 'ي' || r >= 'а' && r <= 'я' && r != 'й' || isHan(r)
}

// isHan reports whether r is a Chinese character of the common blocks.
func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf }

// decompose folds the parts of a character. Signs are taken as they are: some of them decompose into a space and a mark.
func (f *folder) decompose(s string, r rune) {
	parts := norm.NFKD.PropertiesString(s).Decomposition()
	if parts == nil || sign(r) != r {
		f.rune(r)
		return
	}
	for len(parts) > 0 {
		r, size := utf8.DecodeRune(parts)
		f.rune(r)
		parts = parts[size:]
	}
}

// ascii folds an ASCII character.
func (f *folder) ascii(c byte) {
	switch {
	case c >= 'A' && c <= 'Z':
		f.out = append(f.out, c|0x20)
	case c == '"' || c == '\'' || c == '`':
	case c > ' ' && c < 0x7f:
		f.out = append(f.out, c)
	case len(f.out) > 0 && f.out[len(f.out)-1] != ' ':
		f.out = append(f.out, ' ')
	}
}

// rune folds a character that consists of nothing else.
func (f *folder) rune(r rune) {
	switch r = arabic(sign(r)); {
	case r == dropped:
	case r < utf8.RuneSelf:
		f.ascii(byte(r)) //nolint:gosec // it is ASCII
	case uncomposed(r):
		f.out = utf8.AppendRune(f.out, r)
	case omitted(r):
	case unicode.IsSpace(r) || unicode.IsControl(r):
		f.ascii(' ')
	default:
		f.compose = f.compose || joins(r)
		f.out = append(f.out, letter(unicode.ToLower(r))...)
	}
}

// joins reports whether NFC may join r with the character before it.
func joins(r rune) bool { return unicode.IsMark(r) || r >= 0x1100 && r <= 0x11ff }

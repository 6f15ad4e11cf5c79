package content

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug is the readable name of an item in addresses: lower-case letters, digits and single hyphens, at most 100
// characters, unique among the items of a type.
type Slug string

// MaxSlug is the greatest length of a slug, in bytes.
const MaxSlug = 100

// Valid reports whether s has the form of a slug.
func (s Slug) Valid() bool {
	hyphen := true // none at the beginning
	for _, r := range s {
		switch {
		case r == '-' && hyphen:
			return false
		case r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9'):
			return false
		}
		hyphen = r == '-'
	}
	return !hyphen && len(s) <= MaxSlug
}

// SlugOf makes the slug of words: their letters and digits in ASCII, without accents, or a hash of the words where they
// have none. Composed and decomposed letters give the same slug. Every way to write content makes slugs by it, and ids
// follow from slugs, so its result for given words never changes: it shares no table with the search.
func SlugOf(words string) Slug {
	plain := plainLetters(words)
	parts := strings.FieldsFunc(plain, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	slug := ""
	for _, p := range parts {
		if len(slug)+1+len(p) > MaxSlug {
			break
		}
		slug = strings.TrimPrefix(slug+"-"+p, "-")
	}
	if slug == "" {
		sum := sha256.Sum256([]byte(plain))
		slug = "x" + hex.EncodeToString(sum[:6])
	}
	return Slug(slug)
}

// plainLetters returns words in lower case, without accents and invisible characters, and with a single space between them.
func plainLetters(words string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(words, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteString(plainLetter(unicode.ToLower(r)))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plainLetter returns the ASCII letters of a Latin letter that has no decomposition.
func plainLetter(r rune) string {
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
	default:
		return string(r)
	}
}

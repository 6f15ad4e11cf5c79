package content

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
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

// SlugOf makes a slug of words: their ASCII letters and digits, or a hash where there are none.
func SlugOf(words string) Slug {
	parts := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := ""
	for _, p := range parts {
		if len(slug)+1+len(p) > MaxSlug {
			break
		}
		slug = strings.TrimPrefix(slug+"-"+p, "-")
	}
	if slug == "" {
		sum := sha256.Sum256([]byte(words))
		slug = "x" + hex.EncodeToString(sum[:6])
	}
	return Slug(slug)
}

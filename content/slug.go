package content

// Slug is the readable name of an item in addresses: lower-case letters, digits and single hyphens, at most 100
// characters, unique among the items of a type.
type Slug string

// maxSlug is the greatest length of a slug, in bytes.
const maxSlug = 100

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
	return !hyphen && len(s) <= maxSlug
}

package content

import "regexp"

// Slug is the readable name of an item in addresses: lower-case letters, digits and single hyphens, at most 100
// characters, unique among the items of a type.
type Slug string

// maxSlug is the greatest length of a slug, in bytes.
const maxSlug = 100

// Valid reports whether s has the form of a slug.
func (s Slug) Valid() bool {
	return len(s) <= maxSlug && regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(string(s))
}

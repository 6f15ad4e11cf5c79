// Package escape reads the escapes \uXXXX that JSON, GraphQL and YAML strings share.
package escape

import "strconv"

// LoneSurrogate returns the offset of the first escape that is half of a surrogate pair without the other half, such as
// \ud83d alone, or -1. It encodes no character, and readers put U+FFFD in its place or fail.
func LoneSurrogate(text string) int {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		unit, ok := unitAt(text, i)
		switch {
		case !ok || unit < 0xd800 || unit > 0xdfff:
			i++ // what is escaped
		case unit >= 0xdc00:
			return i
		default:
			if low, ok := unitAt(text, i+6); !ok || low < 0xdc00 || low > 0xdfff {
				return i
			}
			i += 11
		}
	}
	return -1
}

// unitAt reads the escape \uXXXX at an offset.
func unitAt(text string, at int) (unit uint64, ok bool) {
	if at+6 > len(text) || text[at] != '\\' || text[at+1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(text[at+2:at+6], 16, 16)
	return unit, err == nil
}

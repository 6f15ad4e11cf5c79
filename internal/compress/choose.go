// Package compress compresses responses with zstd, br or gzip, by the Accept-Encoding of the client.
package compress

import (
	"strconv"
	"strings"
)

// Choose chooses how to code an answer: the offered coding with the greatest q-value of the Accept-Encoding header, the
// first offered of equals; none where the client takes none, or would rather have the answer as it is.
func Choose(accept string, offered ...string) string {
	if accept == "" {
		return ""
	}
	best, most := "", 0.0
	if q, named := quality(accept, "identity"); named {
		most = q
	}
	for _, name := range offered {
		if q, _ := quality(accept, name); q > most || q == most && q > 0 && best == "" {
			best, most = name, q
		}
	}
	return best
}

// quality is the q-value of a coding: its own, or that of *; 0 where it is not taken. It is named where the header has
// its own.
func quality(accept, name string) (q float64, named bool) {
	for part := range strings.SplitSeq(accept, ",") {
		is, params, _ := strings.Cut(part, ";")
		is = strings.ToLower(strings.TrimSpace(is))
		if is != name && (is != "*" || named) {
			continue
		}
		value := 1.0
		if text, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q="); ok {
			value, _ = strconv.ParseFloat(text, 64) // what is no number is 0
		}
		if q = value; is == name {
			named = true
		}
	}
	return q, named
}

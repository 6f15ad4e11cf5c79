package transport

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// The media types of answers.
const (
	MediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// Negotiate chooses the media type of the answer from the Accept header: the one with the greatest q-value, the first
// named of equals, application/json where there is only a wildcard or no header; empty where none is acceptable. A
// stream is for who names it.
func Negotiate(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return MediaJSON
	}
	best, most := "", 0.0
	for _, media := range []string{mediaGraphQL, MediaJSON} {
		q, named := quality(accept, media)
		if !named {
			q *= 0.999 // what is named goes first
		}
		if q > most || q == most && q > 0 && (media == MediaJSON && !named || strings.Index(accept, MediaJSON) < strings.Index(accept, mediaGraphQL)) {
			best, most = media, q
		}
	}
	if q, named := quality(accept, mediaStream); named && (q > most || q == most && q > 0 && strings.Index(accept, mediaStream) < strings.Index(accept, best)) {
		return mediaStream
	}
	return best
}

// quality is the q-value of a media type by the range that is the most specific, and whether that names it.
func quality(accept, media string) (q float64, named bool) {
	best := -1
	for part := range strings.SplitSeq(accept, ",") {
		is, params, err := mime.ParseMediaType(part)
		charset := params["charset"]
		at := slices.Index([]string{"*/*", "application/*", media}, is)
		if err != nil || at <= best || charset != "" && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		best, q = at, 1
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				q = 0
			}
		}
	}
	return q, best == 2
}

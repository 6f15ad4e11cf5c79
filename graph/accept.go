package graph

import (
	"mime"
	"strconv"
	"strings"
)

// The media types of answers.
const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// negotiate chooses the media type of the answer from the Accept header: the one with the greatest q-value, the first
// named of equals, application/json where only a wildcard stands or nothing is said; empty where neither is acceptable.
func negotiate(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	best, most, refused := "", 0.0, map[string]bool{}
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				q = 0
			}
		}
		if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		if media == "*/*" || media == "application/*" {
			media, q = mediaJSON, q*0.999 // what is named goes first
		}
		if q <= 0 {
			refused[media] = true
		}
		if (media == mediaJSON || media == mediaGraphQL) && q > most {
			best, most = media, q
		}
	}
	if refused[best] {
		return ""
	}
	return best
}

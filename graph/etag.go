package graph

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"parley/content"
)

// tag names the answer to an operation: whatever decides its bytes is in it, whatever way it was written, and nothing
// else. The changed revision is the newest among those that decide it; it is one of this record.
func (s *server) tag(req request, p prepared, media string, changed content.Revision) string {
	b, err := json.Marshal([]any{s.Reader.Record(), p.document.Hash, p.op.Name, p.vars, req.Locales, media, s.Version, req.Who, changed})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// matches reports whether an If-None-Match header names a tag, by weak comparison.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || tag != "" && strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

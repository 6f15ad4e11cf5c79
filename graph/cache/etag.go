package cache

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// Tag names the answer to an operation: whatever decides its bytes is in it, whatever way it was written, and nothing
// else. The changed revision is the newest among those that decide it; it is one of this record.
func Tag(record, version string, req operation.Request, p operation.Prepared, media string, changed content.Revision) string {
	b, err := json.Marshal([]any{record, p.Document.Hash, p.Definition.Name, p.Variables, req.Locales, media, version, req.Who, changed})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// Matches reports whether an If-None-Match header names a tag, by weak comparison.
func Matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || tag != "" && strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

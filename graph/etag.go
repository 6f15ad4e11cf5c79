package graph

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"parley/content"
)

// lastChange returns the newest revision among those that decide what the answer to an operation is: as long as it stays
// what it is, so does the answer. It costs no execution.
func (s *server) lastChange(ctx context.Context, _ request, _ prepared) (content.Revision, error) {
	return s.Reader.Head(ctx)
}

// tag names the answer to an operation: whatever decides its bytes is in it, whatever way it was written, and nothing
// else. The changed revision is that of lastChange.
func (s *server) tag(req request, p prepared, media string, changed content.Revision) string {
	b, err := json.Marshal([]any{p.document.hash, p.op.Name, p.vars, req.Locales, media, s.Version, req.Who, changed})
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

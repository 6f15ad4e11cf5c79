// Package markdown turns the Markdown of editors into safe HTML and into plain text.
package markdown

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

// The policies are costly to make and safe to share.
var (
	safe = sync.OnceValue(bluemonday.UGCPolicy)
	bare = sync.OnceValue(bluemonday.StrictPolicy)
)

// HTML renders CommonMark and removes whatever could run or disguise itself.
func HTML(text string) (string, error) {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(safe().Sanitize(b.String())), nil
}

// Text renders CommonMark and leaves only its words.
func Text(text string) (string, error) {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(html.UnescapeString(bare().Sanitize(b.String()))), nil
}

// Excerpt cuts text to at most length characters, at a space where there is one, and marks the cut with "…".
func Excerpt(text string, length int) string {
	if utf8.RuneCountInString(text) <= length {
		return text
	}
	cut := string([]rune(text)[:max(length, 1)-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

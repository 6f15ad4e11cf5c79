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

// The policies and renderers are costly to make and safe to share.
var (
	safe = sync.OnceValue(func() *bluemonday.Policy {
		p := bluemonday.UGCPolicy()
		p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
		return p
	})
	bare    = sync.OnceValue(bluemonday.StrictPolicy)
	toHTML  = sync.OnceValue(func() goldmark.Markdown { return newRenderer(false) })
	toWords = sync.OnceValue(func() goldmark.Markdown { return newRenderer(true) })
)

// HTML renders CommonMark and removes whatever could run or disguise itself: of raw HTML it keeps the words alone.
func HTML(text string) (string, error) {
	var b bytes.Buffer
	if err := toHTML().Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(safe().Sanitize(b.String())), nil
}

// Text renders CommonMark and leaves only its words, with the numbers of ordered lists.
func Text(text string) (string, error) {
	if plain(text) {
		return text, nil
	}
	return rendered(text)
}

// rendered is Text of any text.
func rendered(text string) (string, error) {
	var b bytes.Buffer
	if err := toWords().Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(html.UnescapeString(bare().Sanitize(b.String()))), nil
}

// plain reports whether a text is its own words: one line of ASCII that begins with a letter and has no character that means
// something to CommonMark further on in a line.
func plain(text string) bool {
	if text == "" {
		return true
	}
	if first := text[0] | 0x20; first < 'a' || first > 'z' || text[len(text)-1] == ' ' {
		return false
	}
	for i := range len(text) {
		c := text[i]
		word := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !word && strings.IndexByte(" .,;:'\"()/%?-", c) < 0 {
			return false
		}
	}
	return true
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

// Package markdown turns the Markdown of editors into safe HTML and into plain text.
package markdown

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"parley/content"
)

// The policies and renderers are costly to make and safe to share.
var (
	safe = sync.OnceValue(func() *bluemonday.Policy {
		p := bluemonday.NewPolicy() // for what CommonMark has, but images
		p.AllowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "em", "strong", "hr", "br")
		p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
		p.AllowStandardURLs() // http, https and mailto, or relative; with rel="nofollow"
		p.AllowAttrs("href").Matching(ownHost()).OnElements("a")
		p.AllowAttrs("title").Matching(bluemonday.Paragraph).OnElements("a")
		return p
	})
	bare    = sync.OnceValue(bluemonday.StrictPolicy)
	toHTML  = sync.OnceValue(func() goldmark.Markdown { return newRenderer(false) })
	toWords = sync.OnceValue(func() goldmark.Markdown { return newRenderer(true) })
)

// ownHost matches addresses that name their scheme, or lead to the host of the page. Those that begin with two slashes, which
// browsers also take backslashes for, lead to another host without saying so.
func ownHost() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[^\s\x00-\x20/\\]|/(?:[^\s\x00-\x20/\\]|$)|$)`)
}

// HTML renders CommonMark and removes whatever could run or disguise itself: of raw HTML and of images it
// keeps the words alone, links name their host, and changes of direction end on their line, those of character references too.
// A text that is costly to render, which older versions may have kept, is written as it is.
func HTML(text string) (string, error) {
	if costly(text) {
		return "<p>" + strings.ReplaceAll(content.Cleaned(html.EscapeString(strings.TrimSpace(text))), "\n", "<br>\n") + "</p>", nil
	}
	var b bytes.Buffer
	if err := toHTML().Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(content.Cleaned(safe().Sanitize(b.String()))), nil
}

// maxRendered bounds the bytes of a text that is rendered, four for each of the characters that the record takes.
const maxRendered = 400_000

// costly reports whether rendering a text would take longer than readers should wait.
func costly(text string) bool { return len(text) > maxRendered || content.CostlyMarkdown(text) != "" }

// Text renders CommonMark and leaves only its words, with the numbers of ordered lists. A text that is costly to render is
// returned as it is.
func Text(text string) (string, error) {
	if Plain(text) {
		return text, nil
	}
	if costly(text) {
		return strings.TrimSpace(content.Cleaned(text)), nil
	}
	return rendered(text)
}

// rendered is Text of any text.
func rendered(text string) (string, error) {
	var b bytes.Buffer
	if err := toWords().Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(content.Cleaned(html.UnescapeString(bare().Sanitize(b.String())))), nil
}

// Plain reports whether a text is its own words: one line of ASCII that begins with a letter and has no character that means
// something to CommonMark further on in a line.
func Plain(text string) bool {
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
	if len(text) <= length {
		return text
	}
	end, n := 0, 0 // of the cut, and the characters before a place in the text
	for at := range text {
		if n == max(length, 1)-1 {
			end = at
		}
		if n++; n > length {
			break
		}
	}
	if n <= length {
		return text
	}
	cut := text[:end]
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return content.IsolateBidi(cut) + "…"
}

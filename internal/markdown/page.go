package markdown

import (
	"bytes"
	"fmt"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// Page renders a text of our own as an HTML document, in which each heading can be linked to by its words in lower case.
func Page(title, text string) (string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, pageHead, html.EscapeString(title))
	md := goldmark.New(goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := md.Convert([]byte(text), &b, parser.WithContext(parser.NewContext(parser.WithIDs(headings{})))); err != nil {
		return "", fmt.Errorf("render %s: %w", title, err)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String(), nil
}

// headings gives a heading the id that GitHub gives it too.
type headings struct{}

// Generate makes the id of a heading: its words in lower case, joined by hyphens.
func (headings) Generate(value []byte, _ ast.NodeKind) []byte {
	return bytes.ReplaceAll(bytes.ToLower(value), []byte(" "), []byte("-"))
}

// Put has nothing to do: no two headings of a page are the same.
func (headings) Put([]byte) {}

const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color-scheme: light dark; }
main { max-width: 44rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2rem; font: 600 1rem ui-monospace, monospace; }
:target { outline: 2px solid; outline-offset: 4px; }
code { font-size: 0.9em; }
</style>
</head>
<body>
<main>
`

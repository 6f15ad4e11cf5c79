package markdown

import (
	"bytes"
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	tokens "golang.org/x/net/html"
)

// newRenderer returns a renderer of CommonMark that keeps the words of raw HTML. Where numbered is set it writes the number of
// each item of an ordered list as text too.
func newRenderer(numbered bool) goldmark.Markdown {
	md := goldmark.New()
	md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(nodes{numbered}, 1)))
	return md
}

// nodes renders the nodes that differ from what goldmark makes of them.
type nodes struct{ numbered bool }

// RegisterFuncs registers the functions.
func (n nodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHTMLBlock, rawBlock)
	r.Register(ast.KindRawHTML, rawInline)
	r.Register(ast.KindImage, imageWords)
	if n.numbered {
		r.Register(ast.KindListItem, numberedItem)
	}
}

// rawBlock writes the words of a block of raw HTML as a paragraph.
func rawBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := node.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	var raw bytes.Buffer
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		raw.Write(line.Value(source))
	}
	if block.HasClosure() {
		raw.Write(block.ClosureLine.Value(source))
	}
	if words := wordsOf(raw.Bytes()); words != "" {
		_, _ = w.WriteString("<p>" + html.EscapeString(words) + "</p>\n") // the writer keeps its error
	}
	return ast.WalkContinue, nil
}

// rawInline writes a line break for a raw tag that is one, and nothing for others: their words are text of the paragraph.
func rawInline(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	raw, ok := node.(*ast.RawHTML)
	if !ok || !entering {
		return ast.WalkSkipChildren, nil
	}
	z := tokens.NewTokenizer(bytes.NewReader(raw.Segments.Value(source)))
	if z.Next(); isBreak(z.Token()) {
		_, _ = w.WriteString("<br>\n")
	}
	return ast.WalkSkipChildren, nil
}

// imageWords writes nothing around the description of an image, which stays as words: to load the image would show its host who
// reads what.
func imageWords(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkContinue, nil
}

func isBreak(t tokens.Token) bool {
	return (t.Type == tokens.StartTagToken || t.Type == tokens.SelfClosingTagToken) && t.Data == "br"
}

// wordsOf returns the words of HTML, those of a block element on separate lines. What is never shown
// as text, such as scripts and comments, has none.
func wordsOf(raw []byte) string {
	var b strings.Builder
	z := tokens.NewTokenizer(bytes.NewReader(raw))
	hidden := ""
	for {
		kind := z.Next()
		if kind == tokens.ErrorToken { // the end
			break
		}
		t := z.Token()
		switch {
		case hidden != "":
			if kind == tokens.EndTagToken && t.Data == hidden {
				hidden = ""
			}
		case kind == tokens.TextToken:
			b.WriteString(t.Data)
		case kind == tokens.StartTagToken && unshown(t.Data):
			hidden = t.Data
		case kind != tokens.CommentToken && !inline(t.Data):
			b.WriteByte('\n')
		}
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// unshown reports whether the text inside an element is no part of a page's words.
func unshown(element string) bool {
	switch element {
	case "script", "style", "template", "iframe", "object", "noscript", "noembed", "noframes", "svg", "math":
		return true
	default:
		return false
	}
}

// inline reports whether an element is inline content.
func inline(element string) bool {
	switch element {
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp",
		"small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	default:
		return false
	}
}

// numberedItem writes an item of a list, with its number where the list is ordered.
func numberedItem(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</li>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<li>")
	if list, ok := node.Parent().(*ast.List); ok && list.IsOrdered() {
		number := list.Start
		if before := node.PreviousSibling(); before != nil {
			former, _ := before.AttributeString("number")
			last, _ := former.(int)
			number = last + 1
		}
		node.SetAttributeString("number", number)
		_, _ = w.WriteString(strconv.Itoa(number) + string(list.Marker) + " ")
	}
	return ast.WalkContinue, nil
}

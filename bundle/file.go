package bundle

import (
	"bytes"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"parley/content"
)

// read reads the items of a file.
func (l *loader) read(f file, text []byte) {
	l.file = f.name
	if len(text) > maxFile {
		l.problem(position{}, "the file is larger than %d MiB: split it", maxFile>>20)
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if p, ok := damaged(text); ok {
		l.problem(p, "this is not UTF-8: save the file as UTF-8")
		return
	}
	if path.Ext(f.name) == ".md" {
		l.readMarkdown(f, string(text))
		return
	}
	l.readYAML(f, string(text))
}

// damaged is the place of the first byte that is not UTF-8.
func damaged(text []byte) (position, bool) {
	p := position{1, 1}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1:
			return p, true
		case r == '\n':
			p = position{p.line + 1, 1}
		default:
			p.column++
		}
		text = text[n:]
	}
	return position{}, false
}

// readYAML reads a list of items, or a mapping that is one item.
func (l *loader) readYAML(f file, text string) {
	doc, ok := l.parse(text)
	if !ok || doc == nil {
		return
	}
	switch n := doc.(type) {
	case *ast.SequenceNode:
		for _, v := range n.Values {
			l.item(f.t, v, "")
		}
	case *ast.MappingNode, *ast.MappingValueNode:
		l.item(f.t, n, f.slug())
	default:
		l.problem(of(doc), "a file holds a list of %s, each starting with \"- slug:\", or the fields of one", f.t.Plural)
	}
}

// readMarkdown reads one item: its fields in YAML between two lines of ---, and then its text.
func (l *loader) readMarkdown(f file, text string) {
	front, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		front, ok = strings.CutSuffix(strings.TrimPrefix(text, "---\n"), "\n---")
	}
	if !ok || !strings.HasPrefix(text, "---\n") {
		l.problem(position{1, 1}, "a Markdown file begins with the fields of the item between two lines of ---")
		return
	}
	doc, ok := l.parse("\n" + front)
	if !ok {
		return
	}
	if doc == nil {
		l.problem(position{1, 1}, "there are no fields between the lines of ---")
		return
	}
	e := l.item(f.t, doc, f.slug())
	prose := strings.TrimSpace(body)
	if e == nil || prose == "" {
		return
	}
	first := position{strings.Count(front+body[:strings.Index(body, prose)], "\n") + 4, 1}
	field := proseField(f.t)
	switch {
	case field == nil:
		l.problem(first, "%s have no text: write them as fields", f.t.Plural)
	case e.Values[field.Name] != nil:
		l.problem(first, "the text below the second --- is the field %q, which also stands above: keep one", field.Name)
	default:
		if v, ok := l.text(field, first, prose); ok {
			e.Values[field.Name] = v
		}
	}
}

// proseField is the field that the text of a Markdown file goes to.
func proseField(t *content.Type) *content.Field {
	for _, name := range []string{"body", "description", "summary"} {
		if f := t.Field(name); f != nil {
			return f
		}
	}
	return nil
}

// parse parses one YAML document. The node is nil where there is nothing in it.
func (l *loader) parse(text string) (ast.Node, bool) {
	tokens := lexer.Tokenize(text)
	if p, why := unbounded(tokens); why != "" {
		l.problem(p, "%s", why)
		return nil, false
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p, message := position{1, 1}, err.Error()
		var y yaml.Error
		if errors.As(err, &y) {
			message = y.GetMessage()
			if t := y.GetToken(); t != nil && t.Position != nil {
				p = position{t.Position.Line, t.Position.Column}
			}
		}
		l.problem(p, "this is no YAML: %s", strings.TrimSpace(message))
		return nil, false
	}
	l.source = nodes{anchors: map[string]ast.Node{}}
	var body ast.Node
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			l.problem(of(doc.Body), "a file holds one YAML document: put what follows the --- into another file")
			return nil, false
		}
		ast.Walk(&l.source, doc.Body)
		body = doc.Body
	}
	if body == nil {
		return nil, true
	}
	return l.open(body), true
}

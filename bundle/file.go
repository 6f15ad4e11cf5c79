package bundle

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"parley/content"
)

// read reads the items of a file.
func (l *loader) read(f file, text []byte) {
	l.file = l.called(f.name)
	if len(text) > maxFile {
		l.addProblem(position{}, "the file is larger than %d MiB: split it", maxFile>>20)
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if p, ok := damaged(text); ok {
		l.addProblem(p, "this is not UTF-8: save the file as UTF-8")
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
	switch doc.kind {
	case list:
		for _, v := range doc.of {
			l.item(f.t, v, "")
		}
	case mapping:
		l.item(f.t, doc, f.slug())
	default:
		l.addProblem(doc.pos, "a file holds a list of %s, each starting with \"- slug:\", or the fields of one", f.t.Plural)
	}
}

// readMarkdown reads one item: its fields in YAML between two lines of ---, and then its text.
func (l *loader) readMarkdown(f file, text string) {
	front, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		front, ok = strings.CutSuffix(strings.TrimPrefix(text, "---\n"), "\n---")
	}
	if !ok || !strings.HasPrefix(text, "---\n") {
		l.addProblem(position{1, 1}, "a Markdown file begins with the fields of the item between two lines of ---")
		return
	}
	doc, ok := l.parse("\n" + front)
	if !ok {
		return
	}
	if doc == nil {
		l.addProblem(position{1, 1}, "there are no fields between the lines of ---")
		return
	}
	e := l.item(f.t, doc, f.slug())
	prose := strings.TrimSpace(body)
	if e == nil || prose == "" {
		return
	}
	above, _, _ := strings.Cut(body, prose)
	first := position{strings.Count(front+above, "\n") + 4, 1}
	field := proseField(f.t)
	switch {
	case field == nil:
		l.addProblem(first, "%s have no text: write them as fields", f.t.Plural)
	case e.Values[field.Name] != nil:
		l.addProblem(first, "the text below the second --- is the field %q, which is also given above: keep one", field.Name)
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

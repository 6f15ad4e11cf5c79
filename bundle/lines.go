package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"parley/content"
)

// lines reads a JSON Lines file: an item on each line, with its type.
func (l *loader) lines(r io.Reader) error {
	in := bufio.NewScanner(&lineEnds{Reader: r})
	in.Buffer(make([]byte, 0, 64<<10), maxFile)
	for line := 1; in.Scan() && !l.stopped; line++ {
		text := in.Bytes()
		if line == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(text)) > 0 {
			l.line(line, text)
		}
		if errors.Is(in.Err(), bufio.ErrTooLong) {
			break
		}
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		l.addProblem(position{}, "a line is longer than %d MiB", maxFile>>20)
	case err != nil:
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	return nil
}

// line reads the item of a line.
func (l *loader) line(line int, text []byte) {
	l.begin(origin{line: line, text: bytes.Clone(text)})
	defer func() { l.origin = nil }()
	if p, bad := damaged(text); bad {
		l.addProblem(position{line, p.column}, "this is not UTF-8: save the file as UTF-8")
		return
	}
	column, offset := 1, int64(0)
	n, fault := parseJSON(text, func(at int64) position { // the places come in their order
		column += utf8.RuneCount(text[offset:max(at, offset)])
		offset = max(at, offset)
		return position{line, column}
	})
	if fault != nil {
		l.addProblem(fault.pos, "this is no JSON: %s", fault.text)
		return
	}
	if n == nil || n.kind != mapping {
		l.addProblem(position{line, 1}, "a line holds an item: {\"type\": \"Talk\", \"slug\": ...}")
		return
	}
	l.values = 0
	l.part(n)
}

// part reads an item that says its type, and of which an absent key says nothing.
func (l *loader) part(n *node) {
	t := l.typeOf(n)
	if t == nil {
		return
	}
	for i := 0; i < len(n.of); i += 2 {
		if n.of[i].text == problemsKey {
			n.of = append(n.of[:i:i], n.of[i+2:]...)
		}
	}
	if !l.clearAbsent {
		l.given = content.Given{}
		for i := 0; i < len(n.of); i += 2 {
			l.given[n.of[i].text] = true
		}
	}
	l.item(t, n, "")
	l.given = nil
}

// document reads a JSON file: an item with its type, or a list of such items.
func (l *loader) document(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", l.file, err)
	}
	if len(text) > maxFile {
		l.addProblem(position{}, "the file is larger than %d MiB: split it, or write an item on each line of a .jsonl file", maxFile>>20)
		return nil
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if p, bad := damaged(text); bad {
		l.addProblem(p, "this is not UTF-8: save the file as UTF-8")
		return nil
	}
	p, offset := position{1, 1}, int64(0)
	n, fault := parseJSON(text, func(at int64) position { // the places come in their order
		for _, r := range string(text[offset:max(at, offset)]) {
			if p.column++; r == '\n' {
				p = position{p.line + 1, 1}
			}
		}
		offset = max(at, offset)
		return p
	})
	if fault != nil {
		l.addProblem(fault.pos, "this is no JSON: %s", fault.text)
		return nil
	}
	items := []*node{n}
	if n != nil && n.kind == list {
		items = n.of
	}
	l.values = 0
	for _, item := range items {
		if item == nil || item.kind != mapping {
			l.addProblem(keyPosition(item, &node{pos: position{1, 1}}), "a JSON file holds an item, {\"type\": \"Talk\", \"slug\": ...}, or a list of items")
			continue
		}
		l.part(item)
	}
	return nil
}

// typeOf takes the type out of the fields of an item.
func (l *loader) typeOf(n *node) *content.Type {
	for i := 0; i < len(n.of); i += 2 {
		if n.of[i].text != "type" {
			continue
		}
		v := n.of[i+1]
		n.of = append(n.of[:i:i], n.of[i+2:]...)
		var names []string
		for _, t := range content.Types() {
			if v != nil && v.kind == scalar && v.text == t.Name {
				return t
			}
			names = append(names, t.Name)
		}
		text := ""
		if v != nil {
			text = v.text
		}
		l.addProblem(keyPosition(v, n), "there is no type %s%s: it is one of %s", short(text), suggest(text, names), strings.Join(names, ", "))
		return nil
	}
	l.addProblem(n.pos, "the type is missing: {\"type\": \"Talk\", ...}")
	return nil
}

// parseJSON returns the node of a JSON value, or a fault with its position where there is none.
func parseJSON(text []byte, at func(offset int64) position) (n, fault *node) {
	p := jsonParser{dec: jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true)), text: text, at: at}
	n, err := p.value(0)
	if err == nil && len(bytes.TrimSpace(text[p.dec.InputOffset():])) > 0 {
		err = errors.New("something follows the value")
	}
	if err == nil {
		return n, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too soon")
	}
	if wrong, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		err = wrong.Err // without what it says of the place
	}
	return nil, &node{pos: at(p.dec.InputOffset()), text: err.Error()}
}

type jsonParser struct {
	dec  *jsontext.Decoder
	text []byte
	at   func(int64) position
}

func (p *jsonParser) value(depth int) (*node, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("it is nested too deep: at most %d levels are allowed", maxNesting)
	}
	begin := p.dec.InputOffset()
	for begin < int64(len(p.text)) && strings.IndexByte(" \t\r\n,:", p.text[begin]) >= 0 {
		begin++
	}
	pos := p.at(begin)
	token, err := p.dec.ReadToken()
	if err != nil {
		return nil, err //nolint:wrapcheck // parseJSON describes it
	}
	n := &node{pos: pos}
	switch token.Kind() {
	case 'n':
		return nil, nil //nolint:nilnil // null
	case '{':
		n.kind = mapping
	case '[':
		n.kind = list
	default:
		n.kind, n.text = scalar, token.String()
		return n, nil
	}
	for kind := p.dec.PeekKind(); kind != '}' && kind != ']'; kind = p.dec.PeekKind() {
		inner, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.of = append(n.of, inner)
	}
	_, err = p.dec.ReadToken()
	return n, err //nolint:wrapcheck // parseJSON describes it
}

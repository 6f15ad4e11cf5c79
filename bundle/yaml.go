package bundle

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"parley/internal/escape"
)

const (
	// maxNesting is how deep lists and mappings may be nested.
	maxNesting = 100
	// maxKeys is the greatest number of keys of a mapping. The parser takes quadratic time in it.
	maxKeys = 1000
	// maxDocuments is the greatest number of YAML documents in a file.
	maxDocuments = 10
)

// parse parses one YAML document. The node is nil where there is nothing in it.
func (l *loader) parse(text string) (*node, bool) {
	tokens := lexer.Tokenize(text)
	if p, why := unbounded(tokens); why != "" {
		l.addProblem(p, "%s", why)
		return nil, false
	}
	if p, found := unpaired(text, tokens); found {
		l.addProblem(p, `this text has an escape like \ud83d that is half of a surrogate pair: write both halves, or the character`)
		return nil, false
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p, message := position{1, 1}, err.Error()
		if y, ok := errors.AsType[yaml.Error](err); ok {
			message = y.GetMessage()
			if t := y.GetToken(); t != nil && t.Position != nil {
				p = position{t.Position.Line, t.Position.Column}
			}
		}
		l.addProblem(p, "this is not valid YAML: %s", strings.TrimSpace(message))
		return nil, false
	}
	var body ast.Node
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			l.addProblem(of(doc.Body), "a file must hold one YAML document: move the text after the --- to another file")
			return nil, false
		}
		body = doc.Body
	}
	if body == nil {
		return nil, true
	}
	l.values = 0
	t := tree{anchors: map[string]*node{}}
	root := t.node(body)
	t.tie()
	return l.open(root), true
}

// unpaired returns where a text has half of a surrogate pair, for which the lexer puts U+FFFD.
func unpaired(text string, tokens token.Tokens) (position, bool) {
	var lines []string
	for _, t := range tokens {
		if t.Type != token.DoubleQuoteType || !strings.ContainsRune(t.Value, '\uFFFD') {
			continue
		}
		if lines == nil {
			lines = strings.SplitAfter(text, "\n")
		}
		p := position{t.Position.Line, t.Position.Column}
		source := []rune(strings.Join(lines[min(p.line-1, len(lines)):], ""))
		if escape.LoneSurrogate(doubleQuoted(string(source[min(p.column-1, len(source)):]))) >= 0 {
			return p, true
		}
	}
	return position{}, false
}

// doubleQuoted returns the text between the quotation mark that a text begins with and the next that is not escaped.
func doubleQuoted(text string) string {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i]
		}
	}
	return text
}

// unbounded is the first place where a file would take the parser out of its bounds, and why.
func unbounded(tokens token.Tokens) (position, string) {
	var depth, run, documents int
	type mapping struct{ column, keys int }
	var open []mapping
	for i, t := range tokens {
		p := position{t.Position.Line, t.Position.Column}
		run++
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth = max(0, depth-1)
		case token.DocumentHeaderType, token.DocumentEndType:
			documents++
			open = nil
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			for t.Type == token.SequenceEntryType && len(open) > 0 && open[len(open)-1].column > p.column {
				open = open[:len(open)-1]
			}
		case token.MappingValueType:
			if depth > 0 || i == 0 {
				break
			}
			column := tokens[i-1].Position.Column
			for len(open) > 0 && open[len(open)-1].column > column {
				open = open[:len(open)-1]
			}
			if len(open) == 0 || open[len(open)-1].column < column {
				open = append(open, mapping{column: column})
			}
			open[len(open)-1].keys++
			run = 0
		default:
			run = 0
		}
		switch {
		case depth > maxNesting || run > maxNesting || len(open) > maxNesting:
			return p, "this is nested too deep: at most 100 levels are allowed"
		case documents > maxDocuments:
			return p, "a file holds one YAML document"
		case len(open) > 0 && open[len(open)-1].keys > maxKeys:
			return p, "this mapping has too many keys: at most 1000 are allowed"
		}
	}
	return position{}, ""
}

// tree makes nodes of what the parser read. An alias shares its target node, so that the nodes are never
// more than the file has values.
type tree struct {
	anchors map[string]*node
	aliases []*node
}

func (t *tree) node(n ast.Node) *node {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.AnchorNode:
		inner := t.node(n.Value)
		if n.Name != nil {
			t.anchors[n.Name.GetToken().Value] = inner
		}
		return inner
	case *ast.AliasNode:
		a := &node{kind: alias, pos: of(n), text: n.Value.GetToken().Value}
		t.aliases = append(t.aliases, a)
		return a
	case *ast.TagNode:
		if n.Start.Value != "!!str" {
			return &node{kind: broken, pos: of(n), text: fmt.Sprintf("the tag %s is not supported here: remove it", short(n.Start.Value))}
		}
		return t.node(n.Value)
	case *ast.SequenceNode:
		m := &node{kind: list, pos: of(n)}
		for _, v := range n.Values {
			m.of = append(m.of, t.node(v))
		}
		return m
	case *ast.MappingNode:
		return t.mapping(of(n), n.Values)
	case *ast.MappingValueNode:
		return t.mapping(of(n), []*ast.MappingValueNode{n})
	case *ast.LiteralNode:
		return &node{kind: scalar, pos: of(n), text: n.Value.Value}
	case *ast.MappingKeyNode:
		return &node{kind: mapping, pos: of(n)}
	case ast.ScalarNode:
		return &node{kind: scalar, pos: of(n), text: n.GetToken().Value}
	default:
		return &node{kind: broken, pos: of(n), text: "this is not supported here: remove it"}
	}
}

func (t *tree) mapping(p position, pairs []*ast.MappingValueNode) *node {
	m := &node{kind: mapping, pos: p}
	for _, pair := range pairs {
		m.of = append(m.of, t.node(pair.Key), t.node(pair.Value))
	}
	return m
}

// tie links the aliases to their targets.
func (t *tree) tie() {
	for _, a := range t.aliases {
		to, ok := t.anchors[a.text]
		if !ok {
			a.kind, a.text = broken, "there is no anchor &"+a.text+" in this file"
			continue
		}
		a.to = to
	}
}

// of is the place where a node begins.
func of(n ast.Node) position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 && !m.IsFlowStyle {
			return of(m.Values[0])
		}
	case *ast.MappingValueNode:
		return of(m.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return position{t.Position.Line, t.Position.Column}
	}
	return position{1, 1}
}

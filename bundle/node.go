package bundle

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxNesting is how deep lists and mappings may stand in each other.
	maxNesting = 100
	// maxKeys is the greatest number of keys of a mapping. The parser takes quadratic time in it.
	maxKeys = 1000
	// maxDocuments is the greatest number of YAML documents in a file.
	maxDocuments = 10
	// maxValues is the greatest number of values of a file, those that aliases repeat included.
	maxValues = 1_000_000
)

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

// nodes are the nodes of one file: what its anchors stand for, and how many values have been read.
type nodes struct {
	anchors map[string]ast.Node
	read    int
}

// Visit gathers the anchors.
func (s *nodes) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		s.anchors[a.Name.GetToken().Value] = a.Value
	}
	return s
}

// open is the node that n stands for, behind anchors, aliases and tags; nil where it is null, or where there is a
// problem, which is then noted.
func (l *loader) open(n ast.Node) ast.Node {
	if l.source.read++; l.source.read > maxValues {
		if l.source.read == maxValues+1 {
			l.problem(of(n), "aliases make more than %d values of this file: write less of it as aliases", maxValues)
		}
		return nil
	}
	for range maxNesting {
		switch v := n.(type) {
		case nil, *ast.NullNode:
			return nil
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			name := v.Value.GetToken().Value
			to, ok := l.source.anchors[name]
			if !ok {
				l.problem(of(n), "there is no anchor &%s in this file", name)
				return nil
			}
			n = to
		case *ast.TagNode:
			if v.Start.Value != "!!str" {
				l.problem(of(n), "the tag %s means nothing here: leave it out", short(v.Start.Value))
				return nil
			}
			n = v.Value
		default:
			return n
		}
	}
	l.problem(of(n), "this alias leads to itself")
	return nil
}

// scalar returns the text of a plain, quoted or block value.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.MappingKeyNode:
		return "", false
	case ast.ScalarNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

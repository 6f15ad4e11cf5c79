package operation

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"parley/internal/escape"
)

// Document is a document that is valid and within the limits. It is shared by all that ask it and never changed.
type Document struct {
	// Hash is the SHA-256 of the text, in hexadecimal.
	Hash     string
	Text     string
	AST      *ast.QueryDocument
	switches switches
	// Trusted reports that it is in the manifest, asked that it was asked before.
	Trusted bool
	Asked   atomic.Bool
}

// maxFaults is how many faults of a document are reported.
const maxFaults = 20

// Hash is the hash that names a document.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// DocumentParser parses and validates documents.
type DocumentParser struct {
	Schema *ast.Schema
	Rules  *rules.Rules
	Limits Limits
	// Hidden refuses introspection.
	Hidden bool
}

// Parse reads a document and validates it; the limits are held before validation.
func (p *DocumentParser) Parse(text string) (*ast.QueryDocument, gqlerror.List) {
	if err := unpaired(text, p.Limits.Tokens); err != nil {
		return nil, gqlerror.List{WithCode(err, "GRAPHQL_PARSE_FAILED")}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: text}, p.Limits.Tokens)
	if err != nil {
		g := gqlError(err)
		if strings.HasPrefix(g.Message, "exceeded token limit") {
			return nil, gqlerror.List{Exceeded("tokens", "tokens", p.Limits.Tokens, saturated)}
		}
		return nil, gqlerror.List{WithCode(g, "GRAPHQL_PARSE_FAILED")}
	}
	if err := p.Limits.check(doc); err != nil {
		return nil, gqlerror.List{err}
	}
	if at := introspects(doc); at != nil && p.Hidden {
		return nil, gqlerror.List{WithCode(gqlerror.ErrorPosf(at, "introspection is disabled on this server"), "GRAPHQL_VALIDATION_FAILED")}
	}
	errs := validator.ValidateWithRules(p.Schema, doc, p.Rules)
	for _, e := range errs {
		_ = WithCode(e, "GRAPHQL_VALIDATION_FAILED")
	}
	return doc, errs[:min(len(errs), maxFaults)]
}

// unpaired refuses a document with a string that has half of a surrogate pair, for which the parser puts another
// character.
func unpaired(text string, tokens int) *gqlerror.Error {
	if !strings.Contains(text, `\ud`) && !strings.Contains(text, `\uD`) {
		return nil
	}
	runes := []rune(text)
	lex := lexer.New(&ast.Source{Name: "query", Input: text})
	for range tokens {
		t, err := lex.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return nil //nolint:nilerr // the parser reports the error
		}
		if t.Kind == lexer.String && escape.LoneSurrogate(string(runes[t.Pos.Start:t.Pos.End])) >= 0 {
			at := positionOf(&ast.Value{Kind: ast.StringValue, Position: &t.Pos})
			return gqlerror.ErrorPosf(at, "the string has "+LoneSurrogate)
		}
	}
	return nil
}

// gqlError is the error that the parser gave, with its place.
func gqlError(err error) *gqlerror.Error {
	if g, ok := errors.AsType[*gqlerror.Error](err); ok {
		return g
	}
	return gqlerror.Errorf("%s", err)
}

// introspects returns where a document asks for the schema, or nil.
func introspects(doc *ast.QueryDocument) *ast.Position {
	for _, op := range doc.Operations {
		if at := introspected(op.SelectionSet); at != nil {
			return at
		}
	}
	for _, f := range doc.Fragments {
		if at := introspected(f.SelectionSet); at != nil {
			return at
		}
	}
	return nil
}

func introspected(set ast.SelectionSet) *ast.Position {
	for _, s := range set {
		var below ast.SelectionSet
		switch s := s.(type) {
		case *ast.Field:
			if s.Name == "__schema" || s.Name == "__type" {
				return s.Position
			}
			below = s.SelectionSet
		case *ast.InlineFragment:
			below = s.SelectionSet
		}
		if at := introspected(below); at != nil {
			return at
		}
	}
	return nil
}

// LoneSurrogate is the problem of a text with a surrogate that encodes no character.
const LoneSurrogate = `an escape like \ud83d that is half of a surrogate pair: write both halves, as in \ud83d\ude00, or the character`

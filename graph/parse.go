package graph

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

// parsed is a document that is valid and within the limits. It is shared by all that ask it and never changed.
type parsed struct {
	// hash is the SHA-256 of the text, in hexadecimal.
	hash     string
	text     string
	doc      *ast.QueryDocument
	switches switches
	// trusted says that it stands in the manifest, asked that it was asked before.
	trusted bool
	asked   atomic.Bool
}

// maxFaults is how many faults of a document are told.
const maxFaults = 20

// hashOf is the hash that names a document.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// documentParser parses and validates documents.
type documentParser struct {
	schema *ast.Schema
	rules  *rules.Rules
	limits Limits
	// hidden refuses introspection.
	hidden bool
}

// parse reads a document and validates it; the limits are held before validation.
func (p *documentParser) parse(text string) (*ast.QueryDocument, gqlerror.List) {
	if err := unpaired(text, p.limits.Tokens); err != nil {
		return nil, gqlerror.List{withCode(err, "GRAPHQL_PARSE_FAILED")}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: text}, p.limits.Tokens)
	if err != nil {
		g := gqlError(err)
		if strings.HasPrefix(g.Message, "exceeded token limit") {
			return nil, gqlerror.List{exceeded("tokens", "--max-tokens", p.limits.Tokens, saturated)}
		}
		return nil, gqlerror.List{withCode(g, "GRAPHQL_PARSE_FAILED")}
	}
	if err := p.limits.check(doc); err != nil {
		return nil, gqlerror.List{err}
	}
	if at := introspects(doc); at != nil && p.hidden {
		return nil, gqlerror.List{withCode(gqlerror.ErrorPosf(at, "the schema is not shown here (--no-introspection)"), "GRAPHQL_VALIDATION_FAILED")}
	}
	errs := validator.ValidateWithRules(p.schema, doc, p.rules)
	for _, e := range errs {
		_ = withCode(e, "GRAPHQL_VALIDATION_FAILED")
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
			return nil //nolint:nilerr // the parser says what is wrong
		}
		if t.Kind == lexer.String && escape.LoneSurrogate(string(runes[t.Pos.Start:t.Pos.End])) >= 0 {
			at := positionOf(&ast.Value{Kind: ast.StringValue, Position: &t.Pos})
			return gqlerror.ErrorPosf(at, "the string has "+halfPair)
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

// halfPair is what a text has that stands for no character.
const halfPair = `an escape like \ud83d that is half of a surrogate pair: write both halves, as in \ud83d\ude00, or the character`

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

// document returns the document of a text with that hash, which is parsed and validated unless that was done lately. One
// that is not valid comes back with its faults, for its operations to be looked at, or not at all where it cannot be read.
func (s *server) document(hash, text string) (*parsed, gqlerror.List) {
	if d := s.known.document(hash); d != nil {
		return d, nil
	}
	doc, errs := s.parse(text)
	if doc == nil {
		return nil, errs
	}
	d := &parsed{hash: hash, text: text, doc: doc}
	if len(errs) > 0 {
		return d, errs
	}
	s.known.keep(d)
	return d, nil
}

// parse reads a document and validates it; the limits are held before validation.
func (s *server) parse(text string) (*ast.QueryDocument, gqlerror.List) {
	if err := unpaired(text, s.Limits.Tokens); err != nil {
		return nil, gqlerror.List{withCode(err, "GRAPHQL_PARSE_FAILED")}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: text}, s.Limits.Tokens)
	if err != nil {
		g := gqlError(err)
		if strings.HasPrefix(g.Message, "exceeded token limit") {
			return nil, gqlerror.List{exceeded("tokens", "--max-tokens", s.Limits.Tokens, saturated)}
		}
		return nil, gqlerror.List{withCode(g, "GRAPHQL_PARSE_FAILED")}
	}
	if err := s.Limits.check(doc); err != nil {
		return nil, gqlerror.List{err}
	}
	if at := introspects(doc); at != nil && s.NoIntrospection {
		return nil, gqlerror.List{withCode(gqlerror.ErrorPosf(at, "the schema is not shown here (--no-introspection)"), "GRAPHQL_VALIDATION_FAILED")}
	}
	errs := validator.ValidateWithRules(s.schema, doc, s.rules)
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

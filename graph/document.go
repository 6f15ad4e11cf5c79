package graph

import (
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
)

// document returns the document of a text with that hash, which is parsed and validated unless that was done lately. One
// that is not valid comes back with its faults, for its operations to be looked at, or not at all where it cannot be read.
func (s *server) document(hash, text string) (*operation.Document, gqlerror.List) {
	if d := s.known.Document(hash); d != nil {
		return d, nil
	}
	doc, errs := s.parser.Parse(text)
	if doc == nil {
		return nil, errs
	}
	d := &operation.Document{Hash: hash, Text: text, AST: doc}
	if len(errs) > 0 {
		return d, errs
	}
	s.known.Add(d)
	return d, nil
}

package transport

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
)

// Documents finds the documents of requests: trusted ones, cached ones, and others, which are parsed.
type Documents struct {
	parser *operation.DocumentParser
	known  *operation.DocumentCache
	// trusted are always known; with trustedOnly, those without a token may ask nothing else.
	trusted     map[string]*operation.Document
	trustedOnly bool
}

// NewDocuments returns the documents of a service. Trusted documents that are at fault are the error.
func NewDocuments(p *operation.DocumentParser, known *operation.DocumentCache, trusted Manifest, trustedOnly bool) (*Documents, error) {
	all, err := trust(p, trusted)
	return &Documents{parser: p, known: known, trusted: all, trustedOnly: trustedOnly}, err
}

// persisted is how a request names its document: by documentId, as the appendix of GraphQL over HTTP has it, or by
// extensions.persistedQuery, as Apollo Client does.
type persisted struct {
	// id is that of a trusted document, or a hash.
	id string
	// hash is the SHA-256 of the document, in hexadecimal, where the request has it; with a text, it must be that of it.
	hash string
}

// persistedBy reads which document a request names.
func persistedBy(req operation.Request) (persisted, *refusal) {
	id := strings.TrimPrefix(req.DocumentID, "sha256:")
	by := persisted{id: id}
	if id != req.DocumentID {
		by.hash = id
	}
	switch apollo := req.Extensions["persistedQuery"].(type) {
	case nil:
	case map[string]any:
		by.hash, _ = apollo["sha256Hash"].(string)
		if by.hash == "" || by.id != "" && by.id != by.hash {
			return by, &refusal{status: http.StatusBadRequest, message: "extensions.persistedQuery has no sha256Hash, or one that differs from documentId"}
		}
		by.id = by.hash
	default:
		return by, &refusal{status: http.StatusBadRequest, message: "extensions.persistedQuery is not an object"}
	}
	if by.hash != "" && req.Query != "" && by.hash != operation.Hash(req.Query) {
		return by, &refusal{status: http.StatusBadRequest, message: "sha256Hash does not match the query: it is the SHA-256 of the query, in hexadecimal"}
	}
	return by, nil
}

// Find returns the document that a request asks: one that it names, or the text that it brings. A text is kept under its
// hash for those who name it later, unless it is at fault. The work is what it cost to parse the text.
func (s *Documents) Find(req operation.Request) (d *operation.Document, work int, errs gqlerror.List) {
	by, wrong := persistedBy(req)
	if wrong != nil {
		return nil, 0, gqlerror.List{wrong.fault()}
	}
	if d := s.trusted[by.id]; d != nil {
		return d, 0, nil
	}
	hash := ""
	if req.Query != "" {
		hash = operation.Hash(req.Query)
		if d := s.trusted[hash]; d != nil && d.Text == req.Query {
			return d, 0, nil
		}
	}
	if s.trustedOnly && req.Who.Token == 0 {
		return nil, 0, gqlerror.List{operation.WithCode(gqlerror.Errorf("without a token, this service accepts only trusted documents: send the documentId of one, or a token in the header Authorization: Bearer parley_..."), "FORBIDDEN")}
	}
	if req.Query == "" {
		hash = by.id
	}
	if d := s.known.Document(hash); d != nil {
		return d, 0, nil
	}
	if req.Query != "" {
		d, errs = s.Document(hash, req.Query)
		return d, len(req.Query) / textPerUnit, errs
	}
	return nil, 0, gqlerror.List{operation.WithCode(gqlerror.Errorf("PersistedQueryNotFound"), "PERSISTED_QUERY_NOT_FOUND")}
}

// IsKnown reports whether the document of a request is parsed already.
func (s *Documents) IsKnown(req operation.Request) bool {
	by, wrong := persistedBy(req)
	if wrong != nil {
		return false
	}
	if req.Query == "" {
		return s.trusted[by.id] != nil || s.known.Document(by.id) != nil
	}
	hash := operation.Hash(req.Query)
	d := s.trusted[hash]
	return d != nil && d.Text == req.Query || s.known.Document(hash) != nil
}

// Document returns the document of a text with that hash, which is parsed and validated unless that was done lately. One
// that is not valid comes back with its faults, for its operations to be looked at, or not at all where it cannot be read.
func (s *Documents) Document(hash, text string) (*operation.Document, gqlerror.List) {
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

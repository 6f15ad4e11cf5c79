package graph

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
)

// persisted is how a request names its document: by documentId, as the appendix of GraphQL over HTTP has it, or by
// extensions.persistedQuery, as Apollo Client does.
type persisted struct {
	// id is that of a trusted document, or a hash.
	id string
	// hash is the SHA-256 of the document, in hexadecimal, where the request has it; with a text, it must be that of it.
	hash string
}

// persistedBy reads which document a request names.
func (req request) persistedBy() (persisted, *refusal) {
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

// find returns the document that a request asks: one that it names, or the text that it brings. A text is kept under its
// hash for those who name it later, unless it is at fault. The work is what it cost to parse the text.
func (s *server) find(req request) (d *operation.Document, work int, errs gqlerror.List) {
	by, wrong := req.persistedBy()
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
	if s.TrustedOnly && req.Who.Token == 0 {
		return nil, 0, gqlerror.List{operation.WithCode(gqlerror.Errorf("without a token, this service accepts only trusted documents: send the documentId of one, or a token in the header Authorization: Bearer parley_..."), "FORBIDDEN")}
	}
	if req.Query == "" {
		hash = by.id
	}
	if d := s.known.Document(hash); d != nil {
		return d, 0, nil
	}
	if req.Query != "" {
		d, errs = s.document(hash, req.Query)
		return d, len(req.Query) / textPerUnit, errs
	}
	return nil, 0, gqlerror.List{operation.WithCode(gqlerror.Errorf("PersistedQueryNotFound"), "PERSISTED_QUERY_NOT_FOUND")}
}

// isKnown reports whether the document of a request is parsed already.
func (s *server) isKnown(req request) bool {
	by, wrong := req.persistedBy()
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

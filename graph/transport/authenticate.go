package transport

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
)

// authenticate returns the principal of a request by its header Authorization, or no principal without the header. A header without a
// valid token is UNAUTHENTICATED, and is never treated as absent.
func (s *Handler) authenticate(r *http.Request) (content.Principal, *gqlerror.Error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return content.Principal{}, nil
	}
	scheme, token, _ := strings.Cut(strings.Join(values, ","), " ")
	if !strings.EqualFold(scheme, "Bearer") || s.Authenticator == nil {
		return content.Principal{}, operation.WithCode(gqlerror.Errorf("the Authorization header is not valid: send a token as Bearer parley_..., or omit the header"), "UNAUTHENTICATED")
	}
	who, err := s.Authenticator.Authenticate(r.Context(), strings.TrimSpace(token))
	if err != nil {
		return content.Principal{}, s.Executor.Present(r.Context(), err)
	}
	return who, nil
}

// recordHeader names the record that a request was made for.
const recordHeader = "Parley-Record"

// sameRecord refuses a request that was made for another record than this service has: the numbers of revisions in it mean nothing here.
// An empty id names none.
func (s *Handler) sameRecord(id string) *gqlerror.Error {
	if id == "" || id == s.Reader.Record() {
		return nil
	}
	fault := gqlerror.Errorf("the request names another record than this service has now: its database was restored or made again. "+
		"Drop the revisions that were read before, and read { service { recordId } } and the items again (%s)", recordHeader)
	return operation.WithCode(fault, string(content.RecordChanged))
}

// RecordFault returns the refusal of a request to another address than /graphql that names another record, and nil for every other. The
// response is one of those that vary by the record named.
func (s *Handler) RecordFault(w http.ResponseWriter, r *http.Request) *gqlerror.Error {
	w.Header().Add("Vary", recordHeader)
	return s.sameRecord(r.Header.Get(recordHeader))
}

// challenge sets the header that asks the client for a token, or for another one.
func challenge(w http.ResponseWriter, errs gqlerror.List) {
	if errs[0].Extensions["code"] != string(content.Unauthenticated) {
		return
	}
	value := `Bearer realm="parley"`
	if strings.HasPrefix(errs[0].Message, operation.TokenNeeded) {
		w.Header().Set("WWW-Authenticate", value)
		return
	}
	w.Header().Set("WWW-Authenticate", value+`, error="invalid_token"`)
}

package transport

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
)

// authenticate returns who sent a request, by its header Authorization: nobody where it has none. What is there and is no
// good token is UNAUTHENTICATED, never taken for nobody.
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

// challenge tells a client that it has to show a token, or another one.
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

package graph

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
)

// authenticate returns who sent a request, by its header Authorization: nobody where it has none. What is there and is no
// good token is UNAUTHENTICATED, never taken for nobody.
func (s *server) authenticate(r *http.Request) (content.Principal, *gqlerror.Error) {
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
		return content.Principal{}, s.present(r.Context(), err)
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

// authorizeChanges refuses changes of applyChanges of which one needs a greater role than who asks has: each needs the
// role that it needs alone.
func authorizeChanges(schema *ast.Schema, f *operation.Field, input map[string]any, who content.Principal) error {
	if f.Name != "applyChanges" {
		return nil
	}
	refuse := func(what, path string, need content.Role) error {
		err := content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", what, need, who.Name, who.Role)
		err.Field, err.Details = path, map[string]any{"role": need}
		return operation.InField(f, err)
	}
	publishes := operation.RoleFor(schema.Mutation.Fields.ForName("publishContent"))
	if input["includeSources"] == true && !who.Role.May(publishes) {
		return refuse("includeSources", "input.includeSources", publishes)
	}
	for i, v := range operation.List(input["changes"]) {
		change, _ := v.(map[string]any)
		path := "input.changes." + strconv.Itoa(i) + "."
		if change["publish"] == true && !who.Role.May(publishes) {
			return refuse("publish", path+"publish", publishes)
		}
		for _, name := range slices.Sorted(maps.Keys(change)) {
			def := schema.Mutation.Fields.ForName(name)
			if def == nil || change[name] == nil || who.Role.May(operation.RoleFor(def)) {
				continue
			}
			return refuse(name, path+name, operation.RoleFor(def))
		}
	}
	return nil
}

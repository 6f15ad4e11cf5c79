package graph

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
)

// identify returns who sent a request, by its header Authorization: nobody where it has none. What is there and is no
// good token is UNAUTHENTICATED, never taken for nobody.
func (s *server) identify(r *http.Request) (content.Identity, *gqlerror.Error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return content.Identity{}, nil
	}
	scheme, token, _ := strings.Cut(strings.Join(values, ","), " ")
	if !strings.EqualFold(scheme, "Bearer") || s.Guard == nil {
		return content.Identity{}, coded(gqlerror.Errorf("the header Authorization is not understood: send a token as Bearer parley_..., or no such header"), "UNAUTHENTICATED")
	}
	who, err := s.Guard.Identify(r.Context(), strings.TrimSpace(token))
	if err != nil {
		return content.Identity{}, s.present(r.Context(), err)
	}
	return who, nil
}

// challenge tells a client that it has to show a token, or another one.
func challenge(w http.ResponseWriter, errs gqlerror.List) {
	if errs[0].Extensions["code"] != string(content.Unauthenticated) {
		return
	}
	value := `Bearer realm="parley"`
	if strings.HasPrefix(errs[0].Message, needs) {
		w.Header().Set("WWW-Authenticate", value)
		return
	}
	w.Header().Set("WWW-Authenticate", value+`, error="invalid_token"`)
}

// needs begins the refusal of a field to whom has no token.
const needs = "a token is needed"

// authorize refuses an operation that asks for a field which its reader may not use: the directive @access says what role
// is needed. It follows the operation as it will be planned, so that what @skip leaves out needs nothing.
func (d *document) authorize(who content.Identity) gqlerror.List {
	a := &access{doc: d, who: who, seen: map[string]bool{}}
	a.selection(d.op.SelectionSet)
	return a.refusals
}

// access is one walk of an operation.
type access struct {
	doc      *document
	who      content.Identity
	seen     map[string]bool // fragments
	refusals gqlerror.List
}

func (a *access) selection(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if a.doc.included(s.Directives) {
				a.field(s)
			}
		case *ast.InlineFragment:
			if a.doc.included(s.Directives) {
				a.selection(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if a.doc.included(s.Directives) && !a.seen[s.Name] {
				a.seen[s.Name] = true
				a.selection(s.Definition.SelectionSet)
			}
		}
	}
}

func (a *access) field(f *ast.Field) {
	if need := roleFor(f.Definition); !a.who.Role.May(need) {
		a.refusals = append(a.refusals, a.refusal(f, need))
	}
	a.selection(f.SelectionSet)
}

func (a *access) refusal(f *ast.Field, need content.Role) *gqlerror.Error {
	err := gqlerror.ErrorPosf(f.Position, needs+" for %s: send Authorization: Bearer parley_..., of role %s", f.Name, need)
	code := content.Unauthenticated
	if a.who.Token != 0 {
		err.Message = f.Name + " needs role " + string(need) + ": the token " + a.who.Name + " has role " + string(a.who.Role)
		code = content.Forbidden
	}
	err.Extensions = map[string]any{"role": string(need)}
	return coded(err, string(code))
}

// roleFor is the least role that may use a field.
func roleFor(def *ast.FieldDefinition) content.Role {
	if dir := def.Directives.ForName("access"); dir != nil {
		return content.Role(dir.Arguments.ForName("role").Value.Raw)
	}
	return content.Nobody
}

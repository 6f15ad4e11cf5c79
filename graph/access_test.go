package graph_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/graph"
)

// get sends a query by GET, with a token where there is one.
func (s *service) get(query, token string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), http.NoBody)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// token makes a token of a role for an hour.
func (s *service) token(t *testing.T, role content.Role) string {
	t.Helper()
	text, err := s.store.CreateToken(t.Context(), strings.ToLower(string(role)), role, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestIdentify: a header Authorization is a good token, or the request is refused.
func TestIdentify(t *testing.T) {
	s := newService(t)
	good := s.token(t, content.Viewer)
	const me = "{ service { me { role name } } }"
	if got := s.get(me, good).Body.String(); got != `{"data":{"service":{"me":{"role":"VIEWER","name":"viewer"}}}}` {
		t.Errorf("the holder is answered %s", got)
	}
	if got := s.get(me, "").Body.String(); got != `{"data":{"service":{"me":null}}}` {
		t.Errorf("nobody is answered %s", got)
	}
	if got := s.get(me, "", "Authorization", "bearer  "+good); got.Code != http.StatusOK {
		t.Errorf("bearer is answered %d %s", got.Code, got.Body)
	}
	for _, wrong := range []string{"", "Bearer", "Bearer ", "Basic " + good, good, "Bearer " + good + "a", "Bearer " + good + ", Bearer " + good} {
		w := s.get(me, "", "Authorization", wrong)
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `"code":"UNAUTHENTICATED"`) ||
			!strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer ") || strings.Contains(w.Body.String(), "data") || strings.Contains(w.Body.String(), good) {
			t.Errorf("Authorization: %s is answered %d %s with %v", wrong, w.Code, w.Body, w.Header())
		}
	}
	if _, err := s.store.RevokeToken(t.Context(), "viewer"); err != nil {
		t.Fatal(err)
	}
	if w := s.get(me, good); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "revoked") {
		t.Errorf("a revoked token is answered %d %s", w.Code, w.Body)
	}
}

// TestPrivateAnswers: what is read with a token is no answer for others, and is kept by its holder alone.
func TestPrivateAnswers(t *testing.T) {
	s := newService(t)
	viewer, editor := s.token(t, content.Viewer), s.token(t, content.Editor)
	const query = "{ talks { totalCount } }"
	tags := map[string]bool{}
	for _, token := range []string{"", viewer, editor} {
		w := s.get(query, token)
		want := "private, no-cache"
		if token == "" {
			want = "public, no-cache"
		}
		h := w.Header()
		if h.Get("Cache-Control") != want || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Authorization") || tags[h.Get("ETag")] {
			t.Errorf("the answer has %v", h)
		}
		tags[h.Get("ETag")] = true
		if w := s.get(query, token, "If-None-Match", h.Get("ETag")); w.Code != http.StatusNotModified || w.Header().Get("Cache-Control") != want {
			t.Errorf("its own tag is answered %d with %v", w.Code, w.Header())
		}
	}
	for tag := range tags {
		n := 0
		for _, token := range []string{"", viewer, editor} {
			if s.get(query, token, "If-None-Match", tag).Code == http.StatusNotModified {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the tag %s is good for %d readers", tag, n)
		}
	}
}

// TestService: the service lists its languages, and every limit by name.
func TestService(t *testing.T) {
	s := newService(t)
	got := s.get("{ service { locales limits { name value unit } } }", "").Body.String()
	for _, want := range []string{`"locales":["en",`, `{"name":"depth","value":15,"unit":"levels"}`, `{"name":"live-per-client","value":500,`} {
		if !strings.Contains(got, want) {
			t.Errorf("the service says %s, want %s in it", got, want)
		}
	}
	if n, fields := strings.Count(got, `"unit"`), reflect.TypeFor[graph.Limits]().NumField()+3; n != fields { // and 3 of graph.Live
		t.Errorf("%d limits are told of %d", n, fields)
	}
}

// TestRoles asks for every mutation with every role, and with none: one that is too low is refused before anything runs,
// and told which role is needed.
func TestRoles(t *testing.T) {
	s := newService(t)
	schema := schemas(t)["served"]
	head := s.head(t)
	tokens := map[content.Role]string{content.Nobody: ""}
	for _, role := range content.Nobody.Values() {
		tokens[content.Role(role)] = s.token(t, content.Role(role))
	}
	for _, f := range schema.Mutation.Fields {
		need := content.Role(f.Directives.ForName("access").Arguments.ForName("role").Value.Raw)
		// The input is wrong, so that a role that may is told so, and nothing is written.
		query := "mutation ($no: Boolean = false, $input: " + f.Arguments[0].Type.String() + ") { ...Skipped @include(if: $no) ...Deep }\n" +
			"fragment Skipped on Mutation { redactContent(input: { id: \"x\" }) { revision } }\n" +
			"fragment Deep on Mutation { x: " + f.Name + "(input: $input) { revision } }"
		for role, token := range tokens {
			a, w := s.post(t, token, query, map[string]any{"input": wrongInput(f.Name)})
			code, status := content.BadUserInput, http.StatusOK
			switch {
			case role == content.Nobody:
				code, status = content.Unauthenticated, http.StatusUnauthorized
			case !role.May(need):
				code, status = content.Forbidden, http.StatusForbidden
			}
			if w.Code != status || len(a.Errors) == 0 || a.Errors[0].Extensions["code"] != string(code) {
				t.Errorf("%s with role %q is answered %d %s, want %d %s", f.Name, role, w.Code, w.Body, status, code)
				continue
			}
			if status != http.StatusOK && (a.Data != nil || a.Errors[0].Extensions["role"] != string(need) || !strings.Contains(a.Errors[0].Message, string(need))) {
				t.Errorf("%s is refused with %s", f.Name, w.Body)
			}
			if role == content.Nobody && w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s is refused without a challenge", f.Name)
			}
		}
	}
	if s.head(t) != head {
		t.Error("a refusal made a revision")
	}
}

// wrongInput is an input that the schema lets pass and no mutation takes.
func wrongInput(mutation string) map[string]any {
	switch {
	case mutation == "applyChanges":
		return map[string]any{"changes": []any{}}
	case mutation == "withdrawContent":
		return map[string]any{"ids": []any{}, "publicNote": "x"}
	case mutation == "publishContent":
		return map[string]any{"ids": []any{}}
	case mutation == "revertContent":
		return map[string]any{"id": "x", "toRevision": 0}
	case mutation == "createPosition":
		return map[string]any{"holder": " ", "issue": map[string]any{"slug": "No Slug"}}
	case mutation == "createMediator", mutation == "createParty":
		return map[string]any{"name": " "}
	case strings.HasPrefix(mutation, "create"):
		return map[string]any{"title": " "}
	case mutation == "revertRevision", mutation == "annotateRevision":
		return map[string]any{"revision": 0, "reason": "CORRECTION", "publicNote": "x"}
	default:
		return map[string]any{"id": "X is not an id"}
	}
}

package graph_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"parley/content"
)

// TestTags keeps an answer by its tag, which follows everything that decides what is said, and nothing else.
func TestTags(t *testing.T) {
	s := newService(t)
	get := func(query, variables, known string) *httptest.ResponseRecorder {
		v := url.Values{"query": {query}, "variables": {variables}}
		r := httptest.NewRequest(http.MethodGet, "/graphql?"+v.Encode(), http.NoBody)
		if known != "" {
			r.Header.Set("If-None-Match", known)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const query = "query ($n: Int) { talks(first: $n) { totalCount } }"
	tag := get(query, `{"n": 1}`, "").Header().Get("ETag")
	for _, known := range []string{tag, "*", `W/"a", ` + tag} {
		s.statements = nil
		if w := get(query, `{"n": 1}`, known); w.Code != http.StatusNotModified || w.Body.Len() > 0 || len(s.statements) > 0 && known != "*" {
			t.Errorf("If-None-Match: %s is answered %d after %d statements", known, w.Code, len(s.statements))
		}
	}
	if w := get(query, `{ "unused": 5, "n":1 }`, ""); w.Header().Get("ETag") != tag {
		t.Error("the same variables, written otherwise, have another tag")
	}
	if w := get(`{ talks(after: "x") { totalCount } }`, "", "*"); w.Code == http.StatusNotModified {
		t.Error("a query that cannot be answered is said to be unchanged")
	}
	if w := get(query, `{"n": 2}`, tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
		t.Errorf("other variables are answered %d with the same tag", w.Code)
	}
	note := content.Item{
		Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", "note"), Slug: "note", Values: map[string]any{"title": "A note", "locale": "en"},
	}
	if _, err := s.store.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{note}}); err != nil {
		t.Fatal(err)
	}
	if w := get(query, `{"n": 1}`, tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
		t.Errorf("after a revision the old tag is answered %d", w.Code)
	}
}

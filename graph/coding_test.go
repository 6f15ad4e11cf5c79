package graph

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"parley/content"
	"parley/graph/transport"
	"parley/internal/compress/codingtest"
)

// talksAtLength has an answer that is worth coding.
const talksAtLength = `{ talks { nodes { id title summary { html } body { markdown html text excerpt } talkLevel talkStatus talkFormat stage slug label revision createdAt updatedAt
  startedOn { edtf earliest latest precision label } process { id title slug label talkLevel talkStatus stage } } } }`

// getCoded asks by GET, in a coding.
func getCoded(h http.Handler, query, coding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), http.NoBody)
	r.Header.Set("Accept-Encoding", coding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestCodedAnswersAreKept holds that an answer is coded once for all who ask for it in that coding, says what a plain one
// says, and counts among what is kept.
func TestCodedAnswersAreKept(t *testing.T) {
	k := newKeeper(t)
	s, ok := k.keeping.(*server)
	if !ok {
		t.Fatalf("the handler is a %T", k.keeping)
	}
	const query = talksAtLength
	plain := getCoded(s, query, "")
	if plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() < 1024 || plain.Header().Get("Content-Length") != strconv.Itoa(plain.Body.Len()) {
		t.Fatalf("the plain answer has %d bytes: %s, with %v", plain.Body.Len(), plain.Body, plain.Header())
	}
	used := s.responses.Kept.Used()
	first := getCoded(s, query, "gzip")
	if got := codingtest.Decoded(t, "gzip", first.Body.Bytes()); first.Header().Get("Content-Encoding") != "gzip" || got != plain.Body.String() || first.Header().Get("Content-Length") != strconv.Itoa(first.Body.Len()) {
		t.Errorf("the coded answer says %s with %v", got, first.Header())
	}
	if more := s.responses.Kept.Used() - used; more < int64(first.Body.Len()) {
		t.Errorf("%d bytes more are kept for %d", more, first.Body.Len())
	}
	for _, accept := range []string{"gzip", "gzip"} { // kept, and marked so that a new one would be told from it
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), http.NoBody)
		key := s.KeyOf(r, transport.Negotiate(""), content.Principal{}, nil)
		a := s.responses.Find(t.Context(), key)
		if a == nil || a.Coded[accept] == nil {
			t.Fatalf("no answer is kept as %s", accept)
		}
		a.Coded[accept] = []byte("as kept")
		if got := getCoded(s, query, accept).Body.String(); got != "as kept" {
			t.Errorf("it was coded again: %q", got)
		}
	}
	k.put(t, 0, "Talk", "lake-talks", func(item *content.Item) { item.Values["title"] = "Renamed" })
	if got := codingtest.Decoded(t, "gzip", getCoded(s, query, "gzip").Body.Bytes()); !strings.Contains(got, "Renamed") {
		t.Errorf("after a write it is %s", got)
	}
}

// TestErrorsAndUnkeptAnswersAreCoded asks a service that keeps nothing.
func TestErrorsAndUnkeptAnswersAreCoded(t *testing.T) {
	k := newKeeper(t)
	for _, query := range []string{talksAtLength, "{ " + strings.Repeat("nothing ", 20) + "}"} {
		w := getCoded(k.plain, query, "gzip")
		if w.Header().Get("Content-Encoding") != "gzip" || codingtest.Decoded(t, "gzip", w.Body.Bytes()) != getCoded(k.plain, query, "").Body.String() {
			t.Errorf("%s is answered %d with %v", query, w.Code, w.Header())
		}
	}
	if w := getCoded(k.plain, "{ __typename }", "gzip"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != `{"data":{"__typename":"Query"}}` {
		t.Errorf("a short answer is %s with %v", w.Body, w.Header())
	}
}

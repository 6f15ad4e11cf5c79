package graph_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/content"
)

// TestMutationsOverSockets: a mutation may come over a WebSocket, as long as the token that opened it is good.
func TestMutationsOverSockets(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	head := s.head(t)
	c := dial(t, server.URL, http.Header{"Authorization": {"Bearer " + s.token(t, content.Editor)}}, "graphql-transport-ws")
	say(t, c, initSocket)
	read(t, c)
	const create = `{"id":"a","type":"subscribe","payload":{"query":"mutation { createSource(input: { title: \"A\" }) { revision } }"}}`
	say(t, c, create)
	want := fmt.Sprintf(`{"id":"a","type":"next","payload":{"data":{"createSource":{"revision":%d}}}}`, head+1)
	if got := read(t, c); got != want || read(t, c) != completed {
		t.Errorf("answered %s, want %s", got, want)
	}
	if _, err := s.store.RevokeToken(t.Context(), "editor"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c); !strings.HasPrefix(got, "4403 Forbidden: this token was revoked") || s.head(t) != head+1 {
		t.Errorf("after the token was revoked: %s", got)
	}
}

// TestMutationsAsEvents: a mutation may ask for its answer as events, by POST alone.
func TestMutationsAsEvents(t *testing.T) {
	s := newService(t)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	editor, head := s.token(t, content.Editor), s.head(t)
	for _, c := range []struct{ method, query, want string }{
		{http.MethodGet, "?query=mutation%20%7B%20createSource(input%3A%20%7Btitle%3A%20%22A%22%7D)%20%7B%20revision%20%7D%20%7D", "by POST"},
		{http.MethodPost, "", fmt.Sprintf(`{"data":{"createSource":{"revision":%d}}}`, head+1)},
	} {
		body := ""
		if c.method == http.MethodPost {
			body = `{"query":"mutation { createSource(input: { title: \"A\" }) { revision } }"}`
		}
		r, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+editor)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.Contains(string(text), c.want) {
			t.Errorf("%s is answered %q, %v", c.method, text, err)
		}
	}
}

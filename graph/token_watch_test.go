package graph_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// TestTokensThatEnd: a socket and a stream are closed, without anything being written, once their token is revoked, by this process
// or another, or expires. Those of another token, and of nobody, stay open.
func TestTokensThatEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	st, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	revise(t, st, sourceOf("wire", "One", false))
	other, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	h, err := graph.New(graph.Config{Reader: st, Log: st, Writer: st, Authenticator: st, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	const live = "query @live { sources { nodes { title } } }"
	stays := listen(t, server.URL, live, nil)
	stays.next(t)
	for name, end := range map[string]struct {
		expires time.Duration
		revoke  func()
		reason  string
	}{
		"this process":    {time.Hour, func() { revoke(t, st) }, "revoked"},
		"another process": {time.Hour, func() { revoke(t, other) }, "revoked"},
		"time":            {2 * time.Second, nil, "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := st.CreateToken(t.Context(), "desk", content.Editor, time.Now().Add(end.expires))
			if err != nil {
				t.Fatal(err)
			}
			c := dial(t, server.URL, http.Header{"Authorization": {"Bearer " + token}}, "graphql-transport-ws")
			say(t, c, initSocket)
			read(t, c)
			stream := listen(t, server.URL, live, nil, "Authorization", "Bearer "+token)
			if _, _, data := stream.next(t); !strings.Contains(data, "One") {
				t.Fatalf("the stream begins with %s", data)
			}
			if end.revoke != nil {
				end.revoke()
			}
			if got := read(t, c); !strings.HasPrefix(got, "4403 Forbidden: this token ") || !strings.Contains(got, end.reason) {
				t.Errorf("the socket goes on with %s", got)
			}
			if _, _, data := stream.next(t); !strings.Contains(data, "UNAUTHENTICATED") || !strings.Contains(data, end.reason) {
				t.Errorf("the stream goes on with %s", data)
			}
			if event, _, _ := stream.next(t); event != "complete" {
				t.Errorf("the stream ends with %s", event)
			}
			if end.revoke == nil {
				revoke(t, st) // so that its name is free
			}
		})
	}
	revise(t, st, sourceOf("wire", "Two", false))
	if _, _, data := stays.next(t); !strings.Contains(data, "Two") {
		t.Errorf("a stream without a token goes on with %s", data)
	}
}

func revoke(t *testing.T, st *store.Store) {
	t.Helper()
	if _, err := st.RevokeToken(t.Context(), "desk"); err != nil {
		t.Fatal(err)
	}
}

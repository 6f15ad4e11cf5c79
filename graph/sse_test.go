package graph_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/graph"
)

// stream asks over SSE and returns the answer, whose body is read to its end by whoever wants it.
func stream(t *testing.T, method, at, query string, header ...string) *http.Response {
	t.Helper()
	var body io.Reader = http.NoBody
	if method == http.MethodPost {
		body = strings.NewReader(query)
	} else {
		at += "?" + url.Values{"query": {query}}.Encode()
	}
	r, err := http.NewRequestWithContext(t.Context(), method, at, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func TestStreamOfAQuery(t *testing.T) {
	at, _, _ := livesUnder(t, graph.DefaultLive())
	const whole = ":\n\nevent: next\ndata: {\"data\":{\"talks\":{\"totalCount\":3}}}\n\nevent: complete\ndata:\n\n"
	for _, c := range []struct{ name, method, query, want string }{
		{"GET", http.MethodGet, "{ talks { totalCount } }", whole},
		{"POST", http.MethodPost, `{"query": "{ talks { totalCount } }"}`, whole},
		{"refused", http.MethodGet, "{ nowhere }", `{"errors":[{"message":"Cannot query field`},
	} {
		res := stream(t, c.method, at, c.query)
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(b), c.want) || !strings.HasSuffix(string(b), "event: complete\ndata:\n\n") {
			t.Errorf("%s is answered %d %s, %v", c.name, res.StatusCode, b, err)
		}
		for name, want := range map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no", "Cache-Control": "no-store"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, want)
			}
		}
	}
}

// TestStreamAccept: a stream is for who names it, with the greatest q-value.
func TestStreamAccept(t *testing.T) {
	at, _, _ := livesUnder(t, graph.DefaultLive())
	for accept, want := range map[string]string{
		"text/event-stream":                         "text/event-stream; charset=utf-8",
		"TEXT/EVENT-STREAM":                         "text/event-stream; charset=utf-8",
		"text/event-stream, application/json":       "text/event-stream; charset=utf-8",
		"application/json, text/event-stream":       "application/json; charset=utf-8",
		"application/json;q=0.4, text/event-stream": "text/event-stream; charset=utf-8",
		"application/json, text/event-stream;q=0.9": "application/json; charset=utf-8",
		"text/event-stream, */*":                    "text/event-stream; charset=utf-8",
		"text/event-stream;q=0, */*":                "application/json; charset=utf-8",
		"*/*":                                       "application/json; charset=utf-8",
	} {
		if got := stream(t, http.MethodGet, at, "{ talks { totalCount } }", "Accept", accept).Header.Get("Content-Type"); got != want {
			t.Errorf("Accept: %s is answered as %s, want %s", accept, got, want)
		}
	}
	if res := stream(t, http.MethodGet, at, "{ talks { totalCount } }", "Accept", "text/event-stream;q=0"); res.StatusCode != http.StatusNotAcceptable {
		t.Errorf("a stream that is not wanted is answered %d", res.StatusCode)
	}
}

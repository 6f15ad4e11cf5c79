package parleytest

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Send makes a request and returns the response with its body. The header fields are names and values in turn.
func Send(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for field := range slices.Chunk(header, 2) {
		req.Header.Set(field[0], field[1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// Ask posts a document to the address of /graphql and returns the body of the response.
func Ask(t *testing.T, url, document string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	_, text := Send(t, http.MethodPost, url, string(body), "Content-Type", "application/json") //nolint:bodyclose // Send closes it
	return text
}

// Write writes a file and the folders above it.
func Write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Fetch returns the status and the body of a path of the server whose /graphql has the address.
func Fetch(t *testing.T, url, path string) (status int, body string) {
	t.Helper()
	res, body := Send(t, http.MethodGet, strings.TrimSuffix(url, "/graphql")+path, "") //nolint:bodyclose // Send closes it
	return res.StatusCode, body
}

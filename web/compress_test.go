package web

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"parley/internal/compress/codingtest"
)

func TestAnswersAreCompressed(t *testing.T) {
	long := strings.Repeat(`{"title":"Gaza ceasefire talks"},`, 300)
	h := compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := long
		switch r.URL.Path {
		case "/short":
			body = long[:1000]
		case "/coded":
			w.Header().Set("Content-Encoding", "br")
			var b bytes.Buffer
			e := brotli.NewWriter(&b)
			_, _ = io.WriteString(e, long)
			_ = e.Close()
			body = b.String()
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		case "/unchanged":
			w.WriteHeader(http.StatusNotModified)
			return
		case "/refused":
			w.WriteHeader(http.StatusBadRequest)
		}
		for part := range strings.SplitAfterSeq(body, ",") {
			_, _ = io.WriteString(w, part)
		}
	}))
	for _, c := range []struct{ path, accept, coding string }{
		{"/", "gzip, deflate, br, zstd", "zstd"},
		{"/", "gzip, br", "br"},
		{"/", "gzip", "gzip"},
		{"/", "br;q=0.5, gzip;q=0.8, zstd;q=0", "gzip"},
		{"/", "*", "zstd"},
		{"/", "*;q=0.1, gzip", "gzip"},
		{"/", "gzip;q=0.5, identity", ""},
		{"/", "gzip;q=0", ""},
		{"/", "gzip;q=x", ""},
		{"/", "deflate", ""},
		{"/", "", ""},
		{"/refused", "br", "br"},
		{"/short", "br", ""},
		{"/events", "br", ""},
		{"/coded", "gzip", "br"},
		{"/unchanged", "br", ""},
	} {
		for range 2 { // the second takes an encoder that was used before
			w := do(h, "GET", c.path, "", "Accept-Encoding", c.accept)
			got := w.Header().Get("Content-Encoding")
			size := w.Body.Len()
			want := map[string]string{"/unchanged": "", "/short": long[:1000]}
			text, ok := want[c.path]
			if !ok {
				text = long
			}
			if body := codingtest.Decoded(t, got, w.Body.Bytes()); got != c.coding || body != text || got != "" && size > len(long)/5 {
				t.Errorf("%s for %q is coded %q in %d bytes, and has %d of %d", c.path, c.accept, got, size, len(body), len(text))
			}
			if status := map[string]int{"/unchanged": 304, "/refused": 400}[c.path]; status != 0 && w.Code != status {
				t.Errorf("%s is answered %d", c.path, w.Code)
			}
			if c.path == "/" && w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s varies by %q", c.path, w.Header().Get("Vary"))
			}
		}
	}
}

// TestFlushedAnswersAreNotHeldBack holds that what is flushed is on its way before the handler ends.
func TestFlushedAnswersAreNotHeldBack(t *testing.T) {
	w := httptest.NewRecorder()
	compressed(http.HandlerFunc(func(cw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(cw, "first")
		if err := http.NewResponseController(cw).Flush(); err != nil || w.Body.String() != "first" || !w.Flushed {
			t.Errorf("%q was sent, %v", w.Body, err)
		}
		_, _ = io.WriteString(cw, " second")
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if w.Body.String() != "first second" {
		t.Errorf("%q was sent", w.Body)
	}
}

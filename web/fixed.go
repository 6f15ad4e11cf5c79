package web

import (
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"parley/internal/compress"
)

// fixed answers with a text that never changes: it is written when it is first asked for, and compressed once for each coding.
type fixed struct {
	media      string
	text       func() string
	log        *slog.Logger
	compressor *compress.Compressor

	mu    sync.Mutex
	tag   string
	coded map[string][]byte // by the name of the coding; the text itself by the empty name
}

func (c Config) fixed(media string, text func() string) *fixed {
	return &fixed{media: media, text: text, log: c.Logger, compressor: compress.New(), coded: map[string][]byte{}}
}

// ServeHTTP sends the text in the coding that the client prefers, unless the client has it.
func (f *fixed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, coding, tag, err := f.in(f.compressor.Choose(strings.Join(r.Header.Values("Accept-Encoding"), ",")))
	if err != nil {
		f.log.ErrorContext(r.Context(), "a page is sent uncompressed", slog.Any("error", err))
	}
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	_, _ = w.Write(body)
}

// in returns the text in a coding, the name of that coding, which is empty where the text is too short for it, and its tag.
func (f *fixed) in(name string) (body []byte, coding, tag string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	plain, ok := f.coded[""]
	if !ok {
		plain = []byte(f.text())
		sum := sha256.Sum256(plain)
		f.coded[""], f.tag = plain, `W/"`+base64.RawURLEncoding.EncodeToString(sum[:18])+`"`
	}
	if len(plain) < compress.Worthwhile {
		name = ""
	}
	body, ok = f.coded[name]
	if !ok {
		if body, err = f.compressor.Whole(name, plain); err != nil {
			return plain, "", f.tag, err //nolint:wrapcheck // it says what it was doing
		}
		f.coded[name] = body
	}
	return body, name, f.tag, nil
}

package transport

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/cache"
	"parley/internal/compress"
	"parley/internal/requestlog"
)

// send writes an answer, or that the client has it already. The key is that under which it is kept, empty where it is not.
func (s *Handler) send(w http.ResponseWriter, r *http.Request, client, media, key string, k *cache.Entry, from requestlog.Source) {
	if k.Tag != "" {
		s.keep(w, r, k.Tag)
		if known := strings.Join(r.Header.Values("If-None-Match"), ","); known != "" && cache.Matches(known, k.Tag) {
			k.Note(r.Context(), requestlog.Unchanged)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Surrogate-Key", strings.Join(k.Surrogates, " "))
		w.Header().Set("Cache-Tag", strings.Join(k.Surrogates, ","))
	}
	k.Note(r.Context(), from)
	defer s.backlog.begin(client, k.Body)()
	s.write(w, r, media, http.StatusOK, k.Body, func(name string) ([]byte, error) { return s.Responses.Coded(key, k, name, s.compressor.Whole) })
}

// write writes an answer at once, in the coding that the client prefers unless it is short; the function codes it.
func (s *Handler) write(w http.ResponseWriter, r *http.Request, media string, status int, body []byte, coded func(name string) ([]byte, error)) {
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	if len(body) >= compress.Worthwhile {
		if name := s.compressor.Choose(strings.Join(r.Header.Values("Accept-Encoding"), ",")); name != "" {
			if b, err := coded(name); err != nil {
				s.Logger.ErrorContext(r.Context(), "a response is sent uncompressed", slog.Any("error", err))
			} else {
				body = b
				h.Set("Content-Encoding", name)
			}
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.Logger.DebugContext(r.Context(), "the client disconnected", slog.Any("error", err))
	}
}

// keep sets the headers by which caches keep a response under its tag: any cache without a token, only the client's with one.
func (s *Handler) keep(w http.ResponseWriter, r *http.Request, tag string) {
	h := w.Header()
	h.Set("ETag", tag)
	if r.Header.Get("Authorization") == "" { // the budget of a client is private to it
		h.Del("RateLimit")
		h.Del("RateLimit-Policy")
	}
	switch {
	case r.Header.Get("Authorization") != "":
		h.Set("Cache-Control", "private, no-cache")
	case s.MaxAge > 0:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(s.MaxAge.Seconds())))
	default:
		h.Set("Cache-Control", "public, no-cache")
	}
}

// Refuse answers with an error alone, and the status that follows from its code.
func (s *Handler) Refuse(w http.ResponseWriter, r *http.Request, media string, fault *gqlerror.Error) {
	s.fail(w, r, media, statusOf(media, gqlerror.List{fault}), gqlerror.List{fault})
}

// fail answers with errors alone: nothing was executed, so there is no data.
func (s *Handler) fail(w http.ResponseWriter, r *http.Request, media string, status int, errs gqlerror.List) {
	b, err := json.Marshal(map[string]any{"errors": errs})
	if err != nil {
		s.Logger.ErrorContext(r.Context(), "the errors of a response cannot be encoded", slog.Any("error", err))
		b = []byte(`{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL","docs":"/docs/errors#internal"}}]}`)
	}
	noteErrors(r.Context(), errs)
	challenge(w, errs)
	if after, ok := errs[0].Extensions["retryAfter"].(int); ok {
		w.Header().Set("Retry-After", strconv.Itoa(after))
	}
	s.write(w, r, media, status, b, func(name string) ([]byte, error) { return s.compressor.Whole(name, b) })
}

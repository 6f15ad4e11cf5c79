package graph

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
)

// ServeHTTP answers a request as GraphQL over HTTP says: GET and POST, in the media type that the client accepts. An
// answer to GET has an ETag of what was asked and of the revision that it was read at, so that it costs a 304 as long as
// nothing was written.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept, Authorization")
	w.Header().Set("Cache-Control", "no-store")
	media := negotiate(strings.Join(r.Header.Values("Accept"), ","))
	if media == "" {
		s.fail(r.Context(), w, mediaJSON, http.StatusNotAcceptable, gqlerror.List{coded(gqlerror.Errorf("answers are %s or %s", mediaGraphQL, mediaJSON), "BAD_REQUEST")})
		return
	}
	req, err := decode(r)
	if err != nil {
		status := http.StatusBadRequest
		if wrong, ok := errors.AsType[*refusal](err); ok {
			status = wrong.status
		}
		if status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", "GET, HEAD, POST")
		}
		s.fail(r.Context(), w, media, status, gqlerror.List{coded(gqlerror.Errorf("%s", err), "BAD_REQUEST")})
		return
	}
	var fault *gqlerror.Error
	if req.Who, fault = s.identify(r); fault != nil {
		s.fail(r.Context(), w, media, statusOf(media, gqlerror.List{fault}), gqlerror.List{fault})
		return
	}
	p, errs := s.prepare(req)
	if len(errs) > 0 {
		status := statusOf(media, errs)
		if p.op != nil && p.op.Operation == ast.Mutation && r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			status = http.StatusMethodNotAllowed
		}
		s.fail(r.Context(), w, media, status, errs)
		return
	}
	s.run(w, r, req, p, media)
}

// run executes an operation, unless the client has its answer already.
func (s *server) run(w http.ResponseWriter, r *http.Request, req request, p prepared, media string) {
	get := r.Method != http.MethodPost
	known := r.Header.Get("If-None-Match")
	if get && known != "" && known != "*" { // whether there is an answer at all is known once it is made
		head, err := s.Reader.Head(r.Context())
		if tag := s.tag(req, p.vars, media, head); err == nil && matches(known, tag) {
			s.unchanged(w, tag, req.Who)
			return
		}
	}
	data, head, fault := s.answer(r.Context(), req, p)
	if fault != nil {
		s.fail(r.Context(), w, media, statusOf(media, gqlerror.List{fault}), gqlerror.List{fault})
		return
	}
	if get {
		tag := s.tag(req, p.vars, media, head)
		if known != "" && matches(known, tag) {
			s.unchanged(w, tag, req.Who)
			return
		}
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", caching(req.Who))
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	if _, err := fmt.Fprintf(w, `{"data":%s}`, data); err != nil {
		s.Logger.DebugContext(r.Context(), "the client went away", slog.Any("error", err))
	}
}

func (s *server) unchanged(w http.ResponseWriter, tag string, who content.Identity) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", caching(who))
	w.WriteHeader(http.StatusNotModified)
}

// caching says who may keep an answer: what was read with a token is its holder's alone.
func caching(who content.Identity) string {
	if who.Token != 0 {
		return "private, no-cache"
	}
	return "public, no-cache"
}

// tag names the answer to a request, for who sent it, at a revision, whatever way its variables are written.
func (s *server) tag(req request, vars map[string]any, media string, head content.Revision) string {
	b, err := json.Marshal([]any{req.Query, req.OperationName, vars, req.Locales, media, s.Version, req.Who, head})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// matches reports whether an If-None-Match header names a tag, by weak comparison.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || tag != "" && strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// statusOf is the status of an answer without data. Under application/json a request that is well formed gets 200, as
// clients of old expect; under the GraphQL media type the status says what happened.
func statusOf(media string, errs gqlerror.List) int {
	switch code := errs[0].Extensions["code"]; {
	case code == "INTERNAL":
		return http.StatusInternalServerError
	case code == "TIMEOUT":
		return http.StatusServiceUnavailable
	case code == "UNAUTHENTICATED":
		return http.StatusUnauthorized
	case code == "FORBIDDEN":
		return http.StatusForbidden
	case code == "BAD_REQUEST" || code == "LIMIT_EXCEEDED" || media == mediaGraphQL:
		return http.StatusBadRequest
	default:
		return http.StatusOK
	}
}

// fail answers with errors alone: nothing was executed, so there is no data.
func (s *server) fail(ctx context.Context, w http.ResponseWriter, media string, status int, errs gqlerror.List) {
	b, err := json.Marshal(map[string]any{"errors": errs})
	if err != nil {
		s.Logger.ErrorContext(ctx, "errors cannot be written", slog.Any("error", err))
		b = []byte(`{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL","docs":"/docs/errors#internal"}}]}`)
	}
	challenge(w, errs)
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

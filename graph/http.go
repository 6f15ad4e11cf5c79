package graph

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/requestlog"
)

// ServeHTTP answers a request as GraphQL over HTTP says: GET and POST, in the media type that the client accepts; or as a
// stream of events, or over a WebSocket, where the client asks for one.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isUpgrade(r) {
		if fault := s.bill(w.Header(), request{address: r.RemoteAddr}).charge(r.Context(), 1); fault != nil {
			s.refuse(w, r, mediaJSON, fault)
			return
		}
		s.socket(w, r)
		return
	}
	w.Header().Add("Vary", "Accept, Accept-Encoding, Authorization, Origin")
	w.Header().Set("Cache-Control", "no-store")
	media := negotiate(strings.Join(r.Header.Values("Accept"), ","))
	if media == "" {
		s.fail(w, r, mediaJSON, http.StatusNotAcceptable, gqlerror.List{operation.WithCode(gqlerror.Errorf("the response formats are %s, %s and %s", mediaGraphQL, mediaJSON, mediaStream), "BAD_REQUEST")})
		return
	}
	req, ok := s.receive(w, r, media)
	if !ok {
		return
	}
	if media == mediaStream {
		s.sse(w, r, req)
		return
	}
	p, errs := s.prepareCharged(r.Context(), req, s.bill(w.Header(), req))
	p.note(r.Context())
	if len(errs) > 0 {
		status := statusOf(media, errs)
		if p.op != nil && p.op.Operation == ast.Mutation && r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			status = http.StatusMethodNotAllowed
		}
		s.fail(w, r, media, status, errs)
		return
	}
	if p.op.Operation == ast.Subscription {
		fault := operation.WithCode(gqlerror.Errorf("a subscription has many responses: send Accept: %s, or use a WebSocket", mediaStream), "BAD_REQUEST")
		s.fail(w, r, media, http.StatusNotAcceptable, gqlerror.List{fault})
		return
	}
	s.run(w, r, req, p, media)
}

// receive reads a request, once it is known who sends it and that they have a budget left. Where it returns false, the
// answer is written: a refusal, or what was kept.
func (s *server) receive(w http.ResponseWriter, r *http.Request, media string) (request, bool) {
	who, fault := s.authenticate(r)
	from := request{Who: who, address: r.RemoteAddr}
	if poor := s.bill(w.Header(), from).charge(r.Context(), 1); poor != nil {
		fault = poor
	}
	if fault != nil {
		s.refuse(w, r, media, fault)
		return from, false
	}
	body, err := s.body(w, r)
	s.bill(w.Header(), from).owe(len(body) / bodyPerUnit)
	req := from
	if err == nil {
		key := s.keyOf(r, media, who, body)
		if k := s.responses.find(r.Context(), key); k != nil {
			s.send(w, r, media, key, k, requestlog.Cached)
			return from, false
		}
		req, err = s.decode(w, r, body)
		req.Who, req.address, req.key = from.Who, from.address, key
	}
	if err == nil {
		return req, true
	}
	status, fault := http.StatusBadRequest, operation.WithCode(gqlerror.Errorf("%s", err), "BAD_REQUEST")
	if wrong, ok := errors.AsType[*refusal](err); ok {
		status, fault = wrong.status, wrong.fault()
	}
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, HEAD, POST")
	}
	s.fail(w, r, media, status, gqlerror.List{fault})
	return req, false
}

// run executes an operation, unless the client has its answer already. An answer to GET may be kept by others, under a
// tag that names it as long as nothing changed it; the price of an operation is told on request, and then it is not kept.
func (s *server) run(w http.ResponseWriter, r *http.Request, req request, p prepared, media string) {
	known := strings.Join(r.Header.Values("If-None-Match"), ",")
	tagged := r.Method != http.MethodPost && r.Header.Get("X-Parley-Cost") != "1"
	if s.responses == nil && tagged && known != "" && known != "*" { // whether there is an answer at all is known once it is made
		heads, err := s.Reader.Heads(r.Context())
		head := heads.Of(req.Who.Audience())
		if tag := s.tag(req, p, media, head); err == nil && matches(known, tag) {
			requestlog.Of(r.Context()).Add(func(f *requestlog.Facts) { f.Source, f.Revision = requestlog.Unchanged, int64(head) })
			s.keep(w, r, tag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	compute := func() result { return s.make(w, r, req, p, media, tagged) }
	var m result
	if req.key != "" && p.op.Operation == ast.Query {
		m = s.responses.make(r.Context(), req.key, compute)
	} else {
		m = compute()
	}
	if m.fault != nil {
		s.refuse(w, r, media, m.fault)
		return
	}
	s.send(w, r, media, req.key, m.cacheEntry, requestlog.Executed)
}

// make makes an answer as it is sent.
func (s *server) make(w http.ResponseWriter, r *http.Request, req request, p prepared, media string, tagged bool) result {
	b := s.bill(w.Header(), req)
	a, fault := s.answerCharged(r.Context(), req, p, b)
	if fault != nil {
		return result{fault: fault}
	}
	k := &cacheEntry{head: a.head, on: a.on, facts: a.facts(p)}
	if tagged {
		k.tag, k.surrogates = s.tag(req, p, media, s.changed(r.Context(), a)), a.around().keys
	}
	var extensions []string
	if r.Header.Get("X-Parley-Cost") == "1" {
		extensions = append(extensions, fmt.Sprintf(`"cost":{"requested":%d,"limit":%d,"objects":%d,"charged":%d}`,
			p.price.Objects, s.Limits.Cost, a.around().objects, max(1, a.cost())+p.work))
	}
	k.body = a.body(extensions...)
	return result{cacheEntry: k}
}

// statusOf is the status of an answer without data. Under application/json a request that is well formed gets 200, as
// clients of old expect; under the GraphQL media type the status says what happened.
func statusOf(media string, errs gqlerror.List) int {
	switch code := errs[0].Extensions["code"]; {
	case code == "PERSISTED_QUERY_NOT_FOUND": // some clients register the document only after 200, as Apollo's servers answer
		return http.StatusOK
	case code == "INTERNAL":
		return http.StatusInternalServerError
	case code == "RATE_LIMITED":
		return http.StatusTooManyRequests
	case code == "TIMEOUT" || code == "UNAVAILABLE":
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

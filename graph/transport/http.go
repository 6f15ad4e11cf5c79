package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/cache"
	"parley/graph/operation"
	"parley/internal/compress"
	"parley/internal/requestlog"
)

// Executor executes the operations of requests. Package graph implements it.
type Executor interface {
	// Prepare prepares an operation once there is room for it, and charges what it costs to parse its document.
	Prepare(ctx context.Context, req operation.Request, b *Bill) (operation.Prepared, gqlerror.List)
	// Execute executes an operation of a request that was charged 1 when it came, and charges what it costs.
	Execute(ctx context.Context, req operation.Request, p operation.Prepared, b *Bill) (operation.Response, *gqlerror.Error)
	// Stream prepares an operation and answers it as often as it has an answer, each by send, whose error ends it. The id is the
	// token to resume by, empty where there is none; the body is the answer as JSON. It reports whether the operation came to its
	// end, and what is wrong with it where it is refused.
	Stream(ctx context.Context, req *operation.Request, send func(id string, body []byte) error) (over bool, errs gqlerror.List)
	// Present turns a failure into what the client may know of it.
	Present(ctx context.Context, err error) *gqlerror.Error
}

// Authenticator knows the holders of tokens.
type Authenticator interface {
	// AwaitEnded returns those of the tokens with these numbers that are not good any more, once there are any.
	AwaitEnded(ctx context.Context, tokens []int64) ([]int64, error)
	// Authenticate returns the holder of a token. One that is unknown, revoked or past its time is UNAUTHENTICATED.
	Authenticate(ctx context.Context, token string) (content.Principal, error)
}

// Reader reads the id of the record, and its newest revisions.
type Reader interface {
	// Record returns the id of the record: a revision of another record says something else, whatever its number.
	Record() string
	// Heads returns the newest revisions, 0 where nothing was written.
	Heads(ctx context.Context) (content.Heads, error)
}

// Config configures a handler.
type Config struct {
	Executor Executor
	Reader   Reader
	// Authenticator serves clients that have tokens; it may be nil.
	Authenticator Authenticator
	// Responses keeps responses; nil where none are kept.
	Responses *cache.Responses
	Budgets   *Budgets
	// Conns are the connections that stay open.
	Conns  *Connections
	Limits operation.Limits
	Live   Live
	// Origins are the hosts whose pages may open WebSockets, besides the service's own.
	Origins []string
	// MaxAge is how long a shared cache may serve an answer without asking; 0 is never.
	MaxAge  time.Duration
	Version string
	Now     func() time.Time
	Logger  *slog.Logger
}

// Handler answers /graphql over HTTP, server-sent events and WebSocket.
type Handler struct {
	Config
	compressor *compress.Compressor
	tokens     *tokenWatch
	backlog    *backlog
}

// New returns a handler.
func New(c Config) *Handler {
	answer := c.Limits.Answer
	if c.Budgets.LogOnly { // clients are not distinguished
		answer = 0
	}
	return &Handler{Config: c, compressor: compress.New(), tokens: newTokenWatch(c.Authenticator, c.Logger), backlog: newBacklog(answer)}
}

// ServeHTTP answers a request as GraphQL over HTTP says: GET and POST, in the media type that the client accepts; or as a
// stream of events, or over a WebSocket, where the client asks for one.
func (s *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isUpgrade(r) {
		if fault := s.Budgets.Of(w.Header(), &operation.Request{Address: r.RemoteAddr}).Charge(r.Context(), 1); fault != nil {
			s.Refuse(w, r, MediaJSON, fault)
			return
		}
		s.socket(w, r)
		return
	}
	w.Header().Add("Vary", "Accept, Accept-Encoding, Authorization, Origin, "+recordHeader)
	w.Header().Set("Cache-Control", "no-store")
	media := Negotiate(strings.Join(r.Header.Values("Accept"), ","))
	if media == "" {
		s.fail(w, r, MediaJSON, http.StatusNotAcceptable, gqlerror.List{operation.WithCode(gqlerror.Errorf("the response formats are %s, %s and %s", mediaGraphQL, MediaJSON, mediaStream), "BAD_REQUEST")})
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
	p, errs := s.Executor.Prepare(r.Context(), req, s.Budgets.Of(w.Header(), &req))
	p.Note(r.Context())
	if len(errs) > 0 {
		status := statusOf(media, errs)
		if p.Definition != nil && p.Definition.Operation == ast.Mutation && r.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			status = http.StatusMethodNotAllowed
		}
		s.fail(w, r, media, status, errs)
		return
	}
	if p.Definition.Operation == ast.Subscription {
		fault := operation.WithCode(gqlerror.Errorf("a subscription has many responses: send Accept: %s, or use a WebSocket", mediaStream), "BAD_REQUEST")
		s.fail(w, r, media, http.StatusNotAcceptable, gqlerror.List{fault})
		return
	}
	s.run(w, r, req, p, media)
}

// receive reads a request, once it is known who sends it and that they have a budget left. Where it returns false, the
// answer is written: a refusal, or what was kept.
func (s *Handler) receive(w http.ResponseWriter, r *http.Request, media string) (operation.Request, bool) {
	who, fault := s.authenticate(r)
	var from operation.Request
	from.SetSender(who, r.RemoteAddr)
	bill := s.Budgets.Of(w.Header(), &from)
	if poor := bill.Charge(r.Context(), 1); poor != nil {
		fault = poor
	}
	if fault == nil {
		fault = s.backlog.fault(from.Client())
	}
	if fault == nil {
		fault = s.sameRecord(r.Header.Get(recordHeader))
	}
	if fault != nil {
		s.Refuse(w, r, media, fault)
		return from, false
	}
	body, err := s.body(w, r)
	owed := len(body) / bodyPerUnit
	bill.Owe(owed)
	req := from
	if err == nil {
		key := s.KeyOf(r, media, who, body)
		if k := s.Responses.Find(r.Context(), key); k != nil {
			s.send(w, r, from.Client(), media, key, k, requestlog.Cached)
			return from, false
		}
		req, err = s.decode(w, r, body)
		req.SetSenderOf(&from)
		req.Key, req.Owed = key, owed
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
// tag that names it as long as nothing changed it; the price of an operation is reported on request, and then it is not kept.
func (s *Handler) run(w http.ResponseWriter, r *http.Request, req operation.Request, p operation.Prepared, media string) {
	known := strings.Join(r.Header.Values("If-None-Match"), ",")
	tagged := r.Method != http.MethodPost && r.Header.Get("X-Parley-Cost") != "1" && !p.Uncached
	if p.Uncached {
		req.Key = ""
	}
	if s.Responses == nil && tagged && known != "" && known != "*" { // whether there is an answer at all is known once it is made
		heads, err := s.Reader.Heads(r.Context())
		head := heads.Of(req.Who.Audience())
		if tag := cache.Tag(s.Reader.Record(), s.Version, req, p, media, head); err == nil && cache.Matches(known, tag) {
			requestlog.Of(r.Context()).Add(func(f *requestlog.Facts) { f.Source, f.Revision = requestlog.Unchanged, int64(head) })
			s.keep(w, r, tag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	compute := func() cache.Result { return s.make(w, r, req, p, media, tagged) }
	var m cache.Result
	if req.Key != "" && p.Definition.Operation == ast.Query {
		m = s.Responses.Make(r.Context(), req.Key, compute)
	} else {
		m = compute()
	}
	if m.Fault == nil && p.Definition.Operation == ast.Query { // others of the client may have been executed while this one waited
		m.Fault = s.backlog.fault(req.Client())
	}
	if m.Fault != nil {
		s.Refuse(w, r, media, m.Fault)
		return
	}
	s.send(w, r, req.Client(), media, req.Key, m.Entry, requestlog.Executed)
}

// make makes an answer as it is sent.
func (s *Handler) make(w http.ResponseWriter, r *http.Request, req operation.Request, p operation.Prepared, media string, tagged bool) cache.Result {
	b := s.Budgets.Of(w.Header(), &req)
	a, fault := s.Executor.Execute(r.Context(), req, p, b)
	if fault != nil {
		return cache.Result{Fault: fault}
	}
	k := &cache.Entry{Head: a.Head, Dependencies: a.Dependencies, Facts: a.Facts(p)}
	if tagged {
		k.Tag, k.Surrogates = cache.Tag(s.Reader.Record(), s.Version, req, p, media, s.Responses.Changed(r.Context(), a.Head, a.Dependencies)), cache.SurrogatesOf(a.Selections, a.Results).Keys
	}
	var extensions []string
	if r.Header.Get("X-Parley-Cost") == "1" {
		extensions = append(extensions, fmt.Sprintf(`"cost":{"requested":%d,"limit":%d,"objects":%d,"charged":%d}`,
			p.Price.Objects, s.Limits.Cost, cache.SurrogatesOf(a.Selections, a.Results).Objects, max(1, a.Cost())+p.Work))
	}
	k.Body = a.Body(extensions...)
	return cache.Result{Entry: k}
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
	case code == string(content.RecordChanged) && errs[0].Extensions["input"] == nil: // of the header
		return http.StatusPreconditionFailed
	case code == "BAD_REQUEST" || code == "LIMIT_EXCEEDED" || media == mediaGraphQL:
		return http.StatusBadRequest
	default:
		return http.StatusOK
	}
}

// KeyOf names a request by everything that decides its answer, as it was written: a request that comes again is known
// before anything of it is read. It is empty where answers are not kept.
func (s *Handler) KeyOf(r *http.Request, media string, who content.Principal, body []byte) string {
	if s.Responses == nil || media == mediaStream || r.Header.Get("X-Parley-Cost") != "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(r.URL.RawQuery) + len(body) + 64)
	for _, part := range []string{media, string(who.Role), strconv.FormatInt(who.Token, 36), r.URL.RawQuery} {
		b.WriteString(part)
		b.WriteByte(0)
	}
	b.Write(body)
	return b.String()
}

package graph

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"parley/content"
	"parley/graph/cache"
	"parley/graph/gen"
	"parley/graph/jsonbuf"
	"parley/graph/live"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/graph/transport"
	"parley/internal/incident"
	"parley/internal/ratelimit"
)

// Limits bound operations.
type Limits = operation.Limits

// DefaultLimits returns the limits that hold where none are set.
func DefaultLimits() Limits { return operation.DefaultLimits() }

// Live bounds the connections of subscriptions and live queries.
type Live = transport.Live

// DefaultLive returns the bounds that hold where none are set.
func DefaultLive() Live { return transport.DefaultLive() }

// DefaultDocumentCacheBytes is the size of the cache of documents where none is set.
const DefaultDocumentCacheBytes = 32 << 20

// Manifest holds trusted documents: their texts by their ids.
type Manifest = transport.Manifest

// Log is the record of what changed.
type Log = plan.Log

// Reader answers selections from one snapshot of the record.
type Reader interface {
	// Read answers the selections, in order, and says at which revision.
	Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error)
	// Record returns the id of the record: a revision of another record says something else, whatever its number.
	Record() string
	// Heads returns the newest revisions, 0 where nothing was written.
	Heads(ctx context.Context) (content.Heads, error)
	// Depends returns what the results of selections follow from.
	Depends(view content.View, sels []*content.Selection, results []*content.Result) []content.Dependency
	// Touched returns what the revisions after one touched, each dependency with the last of them, and the newest revision;
	// all is true where they were too many to list.
	InvalidatedSince(ctx context.Context, after content.Revision) (list []content.Invalidation, heads content.Heads, all bool, err error)
	// RevisionAt returns the last revision at or before a time of which an audience sees anything; a time in the future, or before
	// revision 1, is BAD_USER_INPUT.
	RevisionAt(ctx context.Context, t time.Time, by content.Audience) (content.Revision, error)
}

// Writer makes revisions.
type Writer interface {
	// Apply makes one revision of the change set, all of it or nothing. Its problems are returned as
	// content.Problems, each with the path of the input.
	Apply(ctx context.Context, set content.ChangeSet) (content.ApplyResult, error)
}

// Authenticator knows the holders of tokens.
type Authenticator interface {
	// AwaitEnded returns those of the tokens with these numbers that are not good any more, once there are any.
	AwaitEnded(ctx context.Context, tokens []int64) ([]int64, error)
	// Authenticate returns the holder of a token. One that is unknown, revoked or past its time is UNAUTHENTICATED.
	Authenticate(ctx context.Context, token string) (content.Principal, error)
}

// Config is what a Handler needs.
type Config struct {
	Reader Reader
	Log    plan.Log
	// Writer and Guard serve those who have tokens; without them the service only reads.
	Writer        Writer
	Authenticator Authenticator
	// Limits bound operations; where they are zero, DefaultLimits do.
	Limits operation.Limits
	// Load bounds how much runs at a time; where it is zero, DefaultLoad does.
	Load Load
	// Live bounds open connections; where its fields are zero, DefaultLive applies.
	Live Live
	// Origins are the hosts whose pages may open WebSockets, besides the service's own.
	Origins []string
	// Now is the clock; where nil, that of the machine.
	Now func() time.Time
	// DocumentCacheBytes is how much memory parsed documents and the programs of their operations may take, in bytes; 0 is
	// DefaultDocumentCacheBytes.
	DocumentCacheBytes int64
	// ResponseCacheBytes is how much memory kept answers may take, in bytes; with 0 none are kept.
	ResponseCacheBytes int64
	// Trusted are documents that are always known; with TrustedOnly, clients without a token may send no others.
	Trusted     Manifest
	TrustedOnly bool
	// NoIntrospection refuses __schema and __type, and keeps errors from suggesting names.
	NoIntrospection bool
	// RateLimiter are the budgets of clients, in cost; nil where they are not limited. With RateLimitLogOnly, a request beyond its
	// budget is answered, and the refusal is logged.
	RateLimiter      *ratelimit.RateLimiter
	RateLimitLogOnly bool
	// Objects is the maximum number of objects that the Reader reads for an operation, and Residual the maximum number of rows
	// that it scans for conditions without an index; 0 where it has no bound.
	Objects, Residual int
	// MaxAge is how long a shared cache may serve an answer without asking; 0 is never.
	MaxAge  time.Duration
	Version string
	Logger  *slog.Logger
	// RequestID names a request in answers to internal failures; it may be nil.
	RequestID func(ctx context.Context) string
}

// server answers operations.
type server struct {
	Config
	*transport.Handler
	schema      *ast.Schema
	parser      operation.DocumentParser
	documents   *transport.Documents
	known       *operation.DocumentCache
	responses   *cache.Responses
	duplicates  *duplicates
	buffers     jsonbuf.Pool
	concurrency *ratelimit.ConcurrencyLimiter
	texts       *plan.RenderedTexts
	bounds      []operation.Bound // the limits, as the service lists them
	lists       map[string]int    // how long the lists of introspection are
	connections *transport.Connections
	budgets     *transport.Budgets
	hub         *live.Hub
	// unavailable is that operations were answered with UNAVAILABLE.
	unavailable *incident.Incident
}

// New returns the handler of /graphql. Trusted documents that are at fault are the error.
func New(c Config) (Handler, error) {
	if c.Limits == (operation.Limits{}) {
		c.Limits = operation.DefaultLimits()
	}
	if c.Load == (Load{}) {
		c.Load = DefaultLoad()
	}
	if c.Live == (Live{}) {
		c.Live = DefaultLive()
	}
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // the clock of the machine, unless another is set
	}
	if c.DocumentCacheBytes == 0 {
		c.DocumentCacheBytes = DefaultDocumentCacheBytes
	}
	schema := gen.Schema()
	s := &server{
		Config: c,
		schema: schema,
		parser: operation.DocumentParser{
			Schema: schema, Rules: operation.Validation(!c.NoIntrospection), Limits: c.Limits, Hidden: c.NoIntrospection,
		},
		known:       operation.NewDocumentCache(c.DocumentCacheBytes),
		responses:   cache.New(c.ResponseCacheBytes, c.Reader),
		duplicates:  newDuplicates(),
		texts:       plan.NewRenderedTexts(plan.RenderedBytes),
		lists:       operation.SchemaLists(schema),
		bounds:      c.Bounds(),
		connections: transport.NewConnections(c.Live, c.RateLimitLogOnly),
		concurrency: ratelimit.NewConcurrencyLimiter(c.Load.Running, c.Load.PerClient, c.Load.Waiting, c.Load.Wait),
		unavailable: incident.Log{Logger: c.Logger, Now: c.Now}.New(
			slog.LevelWarn, "the service is unavailable", slog.Int("status", http.StatusServiceUnavailable)),
	}
	s.budgets = &transport.Budgets{Limiter: c.RateLimiter, LogOnly: c.RateLimitLogOnly, Logger: c.Logger, RequestID: s.requestID}
	s.hub = live.NewHub(s, c.Log, c.Logger, c.Now, s.connections.Ended())
	s.Handler = transport.New(transport.Config{
		Executor: s, Reader: c.Reader, Authenticator: c.Authenticator, Responses: s.responses, Budgets: s.budgets, Conns: s.connections,
		Limits: c.Limits, Live: c.Live, Origins: c.Origins, MaxAge: c.MaxAge, Version: c.Version, Now: c.Now, Logger: c.Logger,
	})
	var err error
	s.documents, err = transport.NewDocuments(&s.parser, s.known, c.Trusted, c.TrustedOnly)
	return s, err
}

// Bounds returns the limits that errors name, in the order of their names. A bound of the Reader that is 0 is not listed.
func (c *Config) Bounds() []operation.Bound {
	const streams = "WebSockets, event streams and operations"
	list := append(c.Limits.List(),
		operation.Bound{Name: "live-connections", Unit: streams, Value: c.Live.Connections, Flag: "--live-connections"},
		operation.Bound{Name: "live-operations", Unit: "operations of a WebSocket", Value: c.Live.Operations, Flag: "--live-operations"},
		operation.Bound{Name: "live-per-client", Unit: streams + " of a client", Value: c.Live.PerClient, Flag: "--live-per-client"},
	)
	if c.Objects > 0 {
		list = append(list, operation.Bound{Name: "objects", Unit: "objects", Value: c.Objects, Flag: "--max-objects"})
	}
	if c.Residual > 0 {
		list = append(list, operation.Bound{Name: "residual", Unit: "rows of a list", Value: c.Residual, Flag: "--max-residual"})
	}
	slices.SortFunc(list, func(a, b operation.Bound) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// SDL returns the text of the served schema.
func SDL() string {
	var b bytes.Buffer
	formatter.NewFormatter(&b).FormatSchema(gen.Schema())
	return b.String()
}

// Handler answers /graphql.
type Handler interface {
	http.Handler
	// Shutdown ends streams, lets other requests finish, closes the WebSockets with 1001 and waits for all of
	// them, until ctx ends.
	Shutdown(ctx context.Context) error
	// Run answers a request to another address as an operation is executed: read waits until there is room for it, ends by the
	// limit of time, and is charged the cost that it returns. Price is the most that this is but for the length of the answer. It
	// returns false where it answered the request with a refusal, or the error of read. A request that names another record is refused.
	Run(w http.ResponseWriter, r *http.Request, price int, read func(ctx context.Context) (cost int, err error)) (ok bool, err error)
	// Rendering returns what renders the texts of an answer, until ctx ends. All answers share what was rendered.
	Rendering(ctx context.Context) plan.Rendering
	// MaxAnswer returns the limit of the bytes of an answer; 0 is none.
	MaxAnswer() int
	// Charge takes a price from the budget of the client that sends a request to another address. Where nothing is left, it
	// answers 429 and returns false.
	Charge(w http.ResponseWriter, r *http.Request, price int) bool
	// Connections returns how many WebSockets and streams of events are open.
	Connections() int
}

// CheckDocuments validates trusted documents against the schema, within the limits. The error has a line for each fault.
func CheckDocuments(m Manifest, limits operation.Limits) error {
	_, err := New(Config{Limits: limits, Trusted: m})
	return err
}

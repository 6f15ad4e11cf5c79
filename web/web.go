// Package web is the HTTP shell around /graphql: the routes, what every answer carries, and GraphiQL, whose files are
// embedded so that it works on a machine without a network.
//
//	web.go         New: all requests; /healthz and /readyz
//	route.go       the addresses beside /graphql, each with its price; fixed.go, asset.go and labels.go answer some of them
//	middleware.go  the id of a request, security headers, recovery from panics
//	forwarded.go   the client's address, scheme and host behind a proxy; cors.go other origins; compress.go compression
//	observe.go     the access log, the slow log, and the observers that metrics and traces are made from
//
// Package service wires it: it hands in the handlers of packages graph and feed.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Config is what the shell is made around.
type Config struct {
	// GraphQL answers /graphql.
	GraphQL http.Handler
	// Charge takes a price from the budget of the client that sends a request; where nothing is left, it answers so and
	// returns false. Where it is nil, nothing costs.
	Charge func(w http.ResponseWriter, r *http.Request, price int) bool
	// Feeds answers /feeds/talks/{file}; where it is nil, there are none.
	Feeds http.Handler
	// SDL writes the text of the schema; where it is nil, it is not served.
	SDL func() string
	// Origins are those whose pages may ask; * is all of them.
	Origins []string
	// Proxies are the networks whose X-Forwarded-For, X-Forwarded-Proto and Forwarded are believed.
	Proxies []netip.Prefix
	// Public is where clients reach the service: a scheme and a host; nil where that is what they ask for.
	Public *url.URL
	// Errors writes the page about the codes of errors, in HTML.
	Errors func() string
	// Ready returns why the service cannot answer now, or nil, and what is amiss while it answers. Both are shown to
	// clients of /readyz.
	Ready  func(ctx context.Context) (warnings []string, err error)
	Logger *slog.Logger
	// Observers are called for each request once it is answered.
	Observers []func(Observation)
	// Patience is how long a client may take for a part of an answer, of 64 KiB; 0 is without end.
	Patience time.Duration
	// Now is the clock.
	Now func() time.Time
}

// New returns the handler of the whole service. GraphiQL is at /graphiql, where / leads, and its files beneath.
func New(c Config) http.Handler {
	others := c.router()
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			c.GraphQL.ServeHTTP(w, r) // it codes its answers itself, and charges for them
			return
		}
		others.ServeHTTP(w, r)
	})
	return forwarded(c.Proxies, c.Public, observed(c, recovered(c.Logger, secured(bodiless(c.Now, crossOrigin(c.Origins, all))))))
}

// readiness answers /readyz. It is free and never refused, so it checks at most once in readyFor, for all
// clients together.
type readiness struct {
	Config
	mu       sync.Mutex
	at       time.Time
	warnings []string
	err      error
}

// readyFor is how old the answer of /readyz may be.
const readyFor = 100 * time.Millisecond

// now returns what is amiss, and why the service cannot answer, as of a moment ago.
func (c *readiness) now(ctx context.Context) (warnings []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Now(); c.at.IsZero() || now.Sub(c.at).Abs() > readyFor {
		c.warnings, c.err = c.Ready(context.WithoutCancel(ctx))
		c.at = now
	}
	return c.warnings, c.err
}

// ServeHTTP answers 503 where the service cannot answer, else 200, with a line for each thing that is amiss.
func (c *readiness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	warnings, err := c.now(r.Context())
	if err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n")
		return
	}
	var text strings.Builder
	text.WriteString("ok\n")
	for _, warning := range warnings {
		text.WriteString("warning: " + warning + "\n")
	}
	plain(w, http.StatusOK, text.String())
}

func plain(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

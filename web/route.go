package web

import (
	"net/http"
	"strings"

	"parley/internal/compress"
)

// route is an address of the service beside /graphql, which charges its requests itself.
type route struct {
	pattern string
	handler http.Handler
	// price is what a request costs at the door, in the unit of budgets. A nil price is one that is never charged and never
	// refused: the checks of those who run the service.
	price func(*http.Request) int
}

// one is the price of a request whose response is in memory. Handlers also charge for what they read.
func one(*http.Request) int { return 1 }

// routes are all addresses beside /graphql.
func (c Config) routes() []route {
	errors := c.fixed("text/html; charset=utf-8", c.Errors)
	list := []route{
		{"GET /{$}", http.RedirectHandler("/graphiql", http.StatusFound), one},
		{"GET /graphiql", http.HandlerFunc(page), one},
		{"GET /graphiql/{path...}", http.HandlerFunc(asset), assetPrice},
		{"GET /docs/errors", errors, one},
		{"GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }), nil},
		{"GET /readyz", &readiness{Config: c}, nil},
	}
	if c.SDL != nil {
		list = append(list, route{"GET /schema.graphqls", c.fixed("text/plain; charset=utf-8", c.SDL), one})
	}
	if c.Feeds != nil {
		list = append(list, route{"GET /feeds/talks/{file}", c.Feeds, one})
	}
	return append(list, labelRoutes()...)
}

// router answers all addresses beside /graphql, compressed. It is the one place that charges for them, also for those that
// there are not: a request that no route takes costs 1.
func (c Config) router() http.Handler {
	mux := http.NewServeMux()
	prices := map[string]func(*http.Request) int{}
	for _, r := range c.routes() {
		mux.Handle(r.pattern, r.handler)
		prices[r.pattern] = r.price
	}
	answer := compressed(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		price, known := prices[pattern]
		if !known {
			price = one
		}
		if price == nil || c.Charge == nil || c.Charge(w, r, price(r)) {
			answer.ServeHTTP(w, r)
		}
	})
}

// assetPrice is 1 for a file that is sent as it is kept, and 1 more for each KiB of one that is decompressed for a client which
// takes no coding.
func assetPrice(r *http.Request) int {
	if compress.Choose(strings.Join(r.Header.Values("Accept-Encoding"), ","), "br", "gzip") != "" {
		return 1
	}
	return 1 + sizeOf(r.URL.Path[len("/graphiql/"):])>>10
}

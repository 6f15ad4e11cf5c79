package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"parley/content"
	"parley/docs"
	"parley/graph"
	"parley/internal/markdown"
	"parley/store"
	"parley/web"
)

// service is what is served.
type service struct {
	graph   graph.Handler
	handler http.Handler
	// end ends what goes on beside.
	end func() error
}

// newService joins the packages over an open store, for a service that listens at that address.
func newService(ctx context.Context, c Config, st *store.Store, at net.Addr, log *slog.Logger) (*service, error) {
	trusted, err := c.manifest()
	if err != nil {
		return nil, err
	}
	rates, watched := c.rates(at)
	var writer graph.Writer
	if !c.ReadOnly {
		writer = st
	}
	gql, err := graph.New(graph.Config{
		Reader: st, Writer: writer, Log: st, Guard: st, Trusted: trusted, TrustedOnly: c.DocumentsOnly, NoIntrospection: c.NoIntrospection,
		Limits: c.Limits, Load: c.Load, Live: c.Live, Origins: c.origins(), Rates: rates, RatesWatched: watched, Objects: c.Objects,
		Documents: int64(c.DocumentCache), Answers: int64(c.AnswerCache), MaxAge: c.MaxAge,
		Version: version, Logger: log, RequestID: web.RequestID,
	})
	if err != nil {
		return nil, fmt.Errorf("trust the documents of %s: %w", c.Documents, err)
	}
	observers, end, err := c.watch(ctx, st, gql, log)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	h := web.New(web.Config{
		GraphQL: gql, Feeds: graph.Feeds(st, log), SDL: c.sdl(), Errors: errorsPage(), Origins: c.origins(), Proxies: c.proxies(), Public: c.PublicURL.url, Ready: readiness(st, log),
		Observers: observers, Logger: log, Now: time.Now, //nolint:forbidigo // the edge where the clock is read
	})
	return &service{graph: gql, handler: h, end: end}, nil
}

// readiness asks the store whether it can answer. What is not for everybody to read goes to the log.
func readiness(st *store.Store, log *slog.Logger) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		warnings, err := st.Ready(ctx)
		if known, ok := errors.AsType[*content.Error](err); ok {
			return nil, errors.New(known.Message)
		}
		if err != nil {
			log.WarnContext(ctx, "the database cannot be read", slog.Any("error", err))
			return nil, errors.New("the database cannot be read; the log says why")
		}
		return warnings, nil
	}
}

// errorsPage writes the page about the codes of errors when it is first asked for.
func errorsPage() func() string {
	return sync.OnceValue(func() string {
		page, err := markdown.Page("Errors of parley", docs.Errors())
		if err != nil {
			panic(err) // the text is our own
		}
		return page
	})
}

package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/content"
	"parley/docs"
	"parley/feed"
	"parley/graph"
	"parley/internal/markdown"
	"parley/store"
	"parley/web"
)

// Version is the version of parley.
const Version = "0.1.0"

// Service is a server that listens. Its fields do not change after New.
type Service struct {
	config   Config
	log      *slog.Logger
	listener net.Listener
	store    *store.Store
	graph    graph.Handler
	handler  http.Handler
	// end ends the metrics and traces.
	end func() error
}

// New listens at the address of the configuration, opens the database, and fills a new one with content. Requests wait until
// Run answers them. Close has to be called at the end.
func New(ctx context.Context, c Config, log *slog.Logger) (s *Service, err error) {
	s = &Service{config: c, log: log, end: func() error { return nil }}
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr); err != nil {
		return nil, fmt.Errorf("listen at %s: %w; name another address with --addr", c.Addr, err)
	}
	if s.store, err = c.open(ctx, log); err == nil {
		err = s.join(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close()) //nolint:contextcheck // it closes after ctx has ended
	}
	return s, nil
}

// Addr is the address at which the service listens, as host:port.
func (s *Service) Addr() string { return s.listener.Addr().String() }

// Close closes the listener and the database. It is called after Run has returned.
func (s *Service) Close() error {
	err := s.end()
	if closed := s.listener.Close(); !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, closed)
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	return err
}

// join makes the handlers over the open store.
func (s *Service) join(ctx context.Context) error {
	c, st, log := s.config, s.store, s.log
	trusted, err := c.manifest()
	if err != nil {
		return err
	}
	rates, watched := c.rates(s.listener.Addr())
	var writer graph.Writer
	if !c.ReadOnly {
		writer = st
	}
	s.graph, err = graph.New(graph.Config{
		Reader: st, Writer: writer, Log: st, Authenticator: st, Trusted: trusted, TrustedOnly: c.DocumentsOnly, NoIntrospection: c.NoIntrospection,
		Limits: c.Limits, Load: c.Load, Live: c.Live, Origins: c.origins(), RateLimiter: rates, RateLimitLogOnly: watched, Objects: c.Objects, Residual: c.Residual,
		DocumentCacheBytes: int64(c.DocumentCache), ResponseCacheBytes: int64(c.AnswerCache), MaxAge: c.MaxAge,
		Version: Version, Logger: log, RequestID: web.RequestID,
	})
	if err != nil {
		return fmt.Errorf("load the trusted documents of %s: %w", c.Documents, err)
	}
	observers, end, err := c.watch(ctx, st, s.graph, log)
	s.end = end
	if err != nil {
		return err
	}
	s.handler = web.New(web.Config{
		GraphQL: s.graph, Feeds: feed.New(feed.Config{Executor: s.graph, Reader: st, Logger: log}), Charge: s.graph.Charge, SDL: c.sdl(), Errors: errorsPage(), Origins: c.origins(), Proxies: c.proxies(), Public: c.PublicURL.url, Ready: readiness(st, log),
		Observers: observers, Logger: log, Patience: c.Live.Write, Now: time.Now, //nolint:forbidigo // the edge where the clock is read
	})
	return nil
}

// readiness asks the store whether it can answer. The log has the cause and each warning; a cause that is not for everybody to
// read is there alone.
func readiness(st *store.Store, log *slog.Logger) func(context.Context) ([]string, error) {
	unready := incidents(log).New(slog.LevelWarn, "not ready")
	warned := incidents(log).New(slog.LevelWarn, "the database is served with a warning")
	return func(ctx context.Context) ([]string, error) {
		warnings, err := st.Ready(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("query the database: %w", ctx.Err()) // the client is gone
		}
		unready.Report(ctx, err)
		if known, ok := errors.AsType[*content.Error](err); ok {
			return nil, errors.New(known.Message)
		}
		if err != nil {
			return nil, errors.New("the database cannot be read; the log says why")
		}
		var warning error
		if len(warnings) > 0 {
			warning = errors.New(strings.Join(warnings, "; "))
		}
		warned.Report(ctx, warning)
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

package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"parley/graph"
	"parley/internal/crash"
	"parley/store"
)

const (
	// drain is how long running requests may take to finish at the end.
	drain = 10 * time.Second
	// startDelay is how long background work waits at the start: the processors are for the first answers.
	startDelay = 50 * time.Millisecond
)

// Run answers requests until ctx ends, and then finishes the running ones, for at most ten seconds. It runs once.
func (s *Service) Run(ctx context.Context) error {
	var background sync.WaitGroup
	defer background.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end()
	if !s.config.ReadOnly {
		background.Go(crash.Logged(ctx, s.log, "the timer of embargoes", func() { afterStart(ctx, func() { liftEmbargoes(ctx, s.store, s.log) }) }))
		background.Go(crash.Logged(ctx, s.log, "the delivery of webhooks", func() { afterStart(ctx, func() { s.config.Webhooks.deliver(ctx, s.store, s.log) }) }))
		background.Go(crash.Logged(ctx, s.log, "the end of redactions", func() { afterStart(ctx, func() { finishRedactions(ctx, s.store, s.log, redactionPoll) }) }))
	}
	if !s.config.NoCheck {
		background.Go(crash.Logged(ctx, s.log, "the check of the database file", func() { afterStart(ctx, func() { s.checkFile(ctx) }) }))
	}
	return s.serve(ctx)
}

// checkFile looks at the structure of the database file and logs its faults. From then on the service is not ready.
func (s *Service) checkFile(ctx context.Context) {
	begin := time.Now() //nolint:forbidigo // a duration
	problems, err := s.store.CheckFile(ctx)
	what, _ := s.store.Damage()
	switch {
	case ctx.Err() != nil:
	case what != "":
		s.log.ErrorContext(ctx, "the database file is damaged: restore a backup", slog.String("db", s.config.DB), slog.String("found", what), slog.Int("problems", max(1, len(problems))))
	case err != nil:
		s.log.ErrorContext(ctx, "the database file cannot be checked", slog.String("db", s.config.DB), slog.Any("error", err))
	default:
		s.log.DebugContext(ctx, "the database file has no problems", slog.String("db", s.config.DB), slog.Duration("took", time.Since(begin)))
	}
}

// afterStart runs background work, once the service has started.
func afterStart(ctx context.Context, run func()) {
	select {
	case <-time.After(startDelay):
		run()
	case <-ctx.Done():
	}
}

// serve answers requests until ctx ends, and then finishes the running ones.
func (s *Service) serve(ctx context.Context) (err error) {
	srv := &http.Server{
		Handler:     s.handler,
		ReadTimeout: s.config.Limits.ReadTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    errorLog(s.log),
		Protocols:   protocols(),
		HTTP2:       &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: s.config.Live.Write},
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	accepting := accepting{s.listener, incidents(s.log).New(slog.LevelError, "connections are not accepted")}
	scheme, listen := "http", func() error { return srv.Serve(accepting) }
	if srv.TLSConfig, err = s.config.tlsConfig(s.log); err != nil {
		return err
	}
	if srv.TLSConfig != nil {
		scheme, listen = "https", func() error { return srv.ServeTLS(accepting, "", "") }
	}
	failed := make(chan error, 1)
	go func() { failed <- listen() }()
	s.log.InfoContext(ctx, "parley is listening", slog.String("url", scheme+"://"+s.Addr()+"/"), slog.String("db", s.config.DB))
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	srv.RegisterOnShutdown(func() { _ = s.graph.Shutdown(stop) }) // streams end, so that the server can
	if err := errors.Join(srv.Shutdown(stop), s.graph.Shutdown(stop)); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// maxStreams is how many requests of a connection of HTTP/2 are answered at a time.
const maxStreams = 100

// protocols are what the server speaks: HTTP/1.1, and over TLS also HTTP/2. Without TLS there is no HTTP/2: browsers do not
// speak it, and a proxy that does would need no encryption to open many streams.
func protocols() *http.Protocols {
	p := &http.Protocols{}
	p.SetHTTP1(true)
	p.SetHTTP2(true)
	p.SetUnencryptedHTTP2(false)
	return p
}

// open opens the database, fills a new one, and logs the time that it took and the problems.
func (c Config) open(ctx context.Context, log *slog.Logger) (st *store.Store, err error) {
	options := []store.Option{store.MaxResidual(c.Residual), store.MaxObjects(c.Objects)}
	if c.Mmap == "off" {
		options = append(options, store.NoMmap)
	}
	if c.ReadOnly {
		if err := RequireExists(c.DB); err != nil {
			return nil, err
		}
		st, err = store.OpenToRead(ctx, c.DB, options...)
	} else {
		st, err = store.Open(ctx, c.DB, options...)
	}
	if err != nil {
		return nil, err
	}
	unwritten := incidents(log).New(slog.LevelError, "the database cannot be written", slog.String("db", c.DB))
	st.ReportWrites(func(err error) { unwritten.Report(context.WithoutCancel(ctx), err) })
	if done := st.Opened().String(); done != "" {
		log.WarnContext(ctx, "the database was migrated", slog.String("db", c.DB), slog.String("done", done))
	}
	if !c.ReadOnly {
		err = fill(ctx, c, st)
	}
	warnings, amiss := st.Ready(ctx)
	warnings = append(warnings, st.Wide()...)
	for _, warning := range warnings {
		log.WarnContext(ctx, "the database is served with a warning", slog.String("warning", warning))
	}
	if err = errors.Join(err, amiss); err != nil {
		return nil, errors.Join(err, st.Close()) //nolint:contextcheck // it closes after ctx has ended
	}
	return st, nil
}

// fill loads the content into an empty database, as revision 1.
func fill(ctx context.Context, c Config, st *store.Store) error {
	head, err := st.Head(ctx)
	if err != nil || head > 0 || c.NoContent {
		return err
	}
	set, err := c.bundle()
	if err != nil {
		return err
	}
	set.Author, set.Reason = "parley", "IMPORT"
	if _, err := st.Write(ctx, set); err != nil {
		return fmt.Errorf("load the content: %w", err)
	}
	return nil
}

var (
	_ graph.Reader        = (*store.Store)(nil)
	_ graph.Writer        = (*store.Store)(nil)
	_ graph.Authenticator = (*store.Store)(nil)
	_ graph.Log           = (*store.Store)(nil)
)

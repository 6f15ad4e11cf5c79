// Command parley serves content about peace and ceasefire negotiations over GraphQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"parley/docs"
	"parley/graph"
	"parley/internal/markdown"
	"parley/store"
	"parley/web"
)

//go:generate go run ./graph/generate

// drain is how long running requests may take to finish at the end.
const drain = 10 * time.Second

// cli is the command line.
type cli struct {
	Serve     Config       `cmd:"" default:"withargs" help:"Serve the content (the default)."`
	Documents documentsCmd `cmd:"" help:"Look after trusted documents."`
	Check     checkCmd     `cmd:"" help:"Validate bundles of content and print every problem."`
	Import    importCmd    `cmd:"" help:"Take content in: what differs becomes one revision."`
	Export    exportCmd    `cmd:"" help:"Write the content into files."`
	Backup    backupCmd    `cmd:"" help:"Copy the database, while a server uses it or not."`
	Restore   restoreCmd   `cmd:"" help:"Make a database of a backup."`
	Token     tokenCmd     `cmd:"" help:"Make, list and revoke the tokens of those who may do more than read."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

func main() {
	var c cli
	k := kong.Parse(&c, kong.Name("parley"), kong.Description("A GraphQL content service for peace and ceasefire negotiations."),
		kong.UsageOnError(), kong.Exit(func(code int) {
			if code != 0 {
				code = 2
			}
			os.Exit(code)
		}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "parley:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// serve runs the service until ctx ends, then drains. It tells ready, if there is one, the address it listens at.
func serve(ctx context.Context, c Config, log *slog.Logger, ready func(addr string)) (err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen at %s: %w; name another address with --addr", c.Addr, err)
	}
	defer l.Close() //nolint:errcheck // closed by Shutdown
	st, err := store.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	st.LimitResidual(c.Residual)
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	if err := fill(ctx, c, st); err != nil {
		return err
	}
	gql, handler, err := routes(c, st, l.Addr(), log)
	if err != nil {
		return err
	}
	var background sync.WaitGroup
	defer background.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end()
	background.Go(func() { liftEmbargoes(ctx, st, log) })
	srv := &http.Server{
		Handler:     handler,
		ReadTimeout: c.Limits.ReadTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	log.InfoContext(ctx, "parley serves", slog.String("url", "http://"+l.Addr().String()+"/"), slog.String("db", c.DB))
	if ready != nil {
		ready(l.Addr().String())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	srv.RegisterOnShutdown(func() { _ = gql.Shutdown(stop) }) // streams end, so that the server can
	if err := errors.Join(srv.Shutdown(stop), gql.Shutdown(stop)); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// routes joins the store, GraphQL and the HTTP shell.
func routes(c Config, st *store.Store, addr net.Addr, log *slog.Logger) (graph.Handler, http.Handler, error) {
	trusted, err := c.manifest()
	if err != nil {
		return nil, nil, err
	}
	gql, err := graph.New(graph.Config{
		Reader: st, Writer: st, Log: st, Guard: st, Trusted: trusted, TrustedOnly: c.DocumentsOnly, NoIntrospection: c.NoIntrospection,
		Limits: c.Limits, Load: c.Load, Live: c.Live, Origins: c.origins(), Rates: c.rates(addr),
		Documents: int64(c.DocumentCache), Answers: int64(c.AnswerCache), MaxAge: c.MaxAge,
		Version: version, Logger: log, RequestID: web.RequestID,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("trust the documents of %s: %w", c.Documents, err)
	}
	page, err := markdown.Page("Errors of parley", docs.Errors())
	if err != nil {
		return nil, nil, err
	}
	ready := func(ctx context.Context) error {
		_, err := st.Head(ctx)
		return err
	}
	return gql, web.New(web.Config{
		GraphQL: gql, SDL: c.sdl(), Errors: page, Origins: c.origins(), Proxies: c.proxies(), Ready: ready, Logger: log,
	}), nil
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
	_ graph.Reader = (*store.Store)(nil)
	_ graph.Writer = (*store.Store)(nil)
	_ graph.Guard  = (*store.Store)(nil)
	_ graph.Log    = (*store.Store)(nil)
)

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

	"parley/graph"
	"parley/store"
)

//go:generate go run ./graph/generate

const (
	// drain is how long running requests may take to finish at the end.
	drain = 10 * time.Second
	// settling is how long what goes on beside waits at the start: the processors are for the first answers.
	settling = 50 * time.Millisecond
)

// cli is the command line.
type cli struct {
	Serve     Config       `cmd:"" default:"withargs" help:"Serve the content (the default)."`
	Documents documentsCmd `cmd:"" help:"Look after trusted documents."`
	Check     checkCmd     `cmd:"" help:"Validate bundles of content and print every problem."`
	Schema    schemaCmd    `cmd:"" help:"Print schemas, for editors and generators."`
	Fmt       fmtCmd       `cmd:"" help:"Format the files of bundles; comments and order stay."`
	Import    importCmd    `cmd:"" help:"Take content in: what differs becomes one revision."`
	Export    exportCmd    `cmd:"" help:"Write the content into files."`
	Migrate   migrateCmd   `cmd:"" help:"Bring a database to the schema of this program."`
	Undo      undoCmd      `cmd:"" help:"Undo a revision, such as an import of wrong rows, as a new revision."`
	Rebuild   rebuildCmd   `cmd:"" help:"Derive anew what follows from other rows, should a check say that it is wrong."`
	Backup    backupCmd    `cmd:"" help:"Copy the database, while a server uses it or not."`
	Restore   restoreCmd   `cmd:"" help:"Make a database of a backup."`
	Token     tokenCmd     `cmd:"" help:"Make, list and revoke the tokens of those who may do more than read."`
	Webhook   webhookCmd   `cmd:"" help:"Have addresses told of what changes."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	Config      kong.ConfigFlag  `placeholder:"FILE" help:"YAML file with flags by their names, such as addr: 127.0.0.1:8080; flags of a command stand under its name. Arguments and variables win."`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version and end."`
}

func main() {
	collectAt(servePercent)
	var c cli
	k := parse(&c, os.Args[1:])
	for _, warning := range unknownVariables(k.Model, os.Environ()) {
		fmt.Fprintln(os.Stderr, "parley:", warning)
	}
	if k.Command() != "serve" {
		collectAt(commandPercent)
		limitMemory(commandRoom)
	}
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
	st, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	var background sync.WaitGroup
	defer background.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end()
	if !c.ReadOnly {
		background.Go(func() { afterStart(ctx, func() { liftEmbargoes(ctx, st, log) }) })
		background.Go(func() { afterStart(ctx, func() { c.Webhooks.deliver(ctx, st, log) }) })
	}
	own, err := newService(ctx, c, st, l.Addr(), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.end()) }()
	return serveUntil(ctx, c, l, own, log, ready)
}

// afterStart runs what goes on beside, once the service has started.
func afterStart(ctx context.Context, run func()) {
	select {
	case <-time.After(settling):
		run()
	case <-ctx.Done():
	}
}

// serveUntil answers requests until ctx ends, and then those that are on their way.
func serveUntil(ctx context.Context, c Config, l net.Listener, own *service, log *slog.Logger, ready func(addr string)) (err error) {
	srv := &http.Server{
		Handler:     own.handler,
		ReadTimeout: c.Limits.ReadTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	scheme, listen := "http", func() error { return srv.Serve(l) }
	if srv.TLSConfig, err = c.tlsConfig(log); err != nil {
		return err
	}
	if srv.TLSConfig != nil {
		scheme, listen = "https", func() error { return srv.ServeTLS(l, "", "") }
	}
	failed := make(chan error, 1)
	go func() { failed <- listen() }()
	log.InfoContext(ctx, "parley serves", slog.String("url", scheme+"://"+l.Addr().String()+"/"), slog.String("db", c.DB))
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
	srv.RegisterOnShutdown(func() { _ = own.graph.Shutdown(stop) }) // streams end, so that the server can
	if err := errors.Join(srv.Shutdown(stop), own.graph.Shutdown(stop)); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// open opens the database, fills a new one, and says in the log what that took and what is amiss.
func (c Config) open(ctx context.Context, log *slog.Logger) (st *store.Store, err error) {
	if c.ReadOnly {
		st, err = openToRead(ctx, c.DB)
	} else {
		st, err = store.Open(ctx, c.DB)
	}
	if err != nil {
		return nil, err
	}
	st.LimitResidual(c.Residual)
	st.LimitObjects(c.Objects)
	if done := st.Opened().String(); done != "" {
		log.WarnContext(ctx, "the database was brought up to date", slog.String("db", c.DB), slog.String("done", done))
	}
	if !c.ReadOnly {
		err = fill(ctx, c, st)
	}
	warnings, amiss := st.Ready(ctx)
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
	_ graph.Reader = (*store.Store)(nil)
	_ graph.Writer = (*store.Store)(nil)
	_ graph.Guard  = (*store.Store)(nil)
	_ graph.Log    = (*store.Store)(nil)
)

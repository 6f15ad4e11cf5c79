package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/content"
	"parley/graph"
)

// Config is what flags and PARLEY_ variables set.
type Config struct {
	Network  `embed:""`
	Storage  `embed:""`
	Caching  `embed:""`
	Trusting `embed:""`
	Limits   graph.Limits `embed:"" prefix:"max-"`
	Live     graph.Live   `embed:"" prefix:"live-"`
}

// Network is where the service listens, and to whom.
type Network struct {
	Addr       string   `default:"127.0.0.1:8080" env:"PARLEY_ADDR" help:"Address to listen at."`
	CORSOrigin []origin `name:"cors-origin" env:"PARLEY_CORS_ORIGIN" placeholder:"URL" help:"Origins whose pages may ask, like https://example.org; * is all of them."`
}

// Storage is where the content is, and where that of a new database comes from.
type Storage struct {
	DB        string `default:"parley.db" env:"PARLEY_DB" help:"Database file; it is made when there is none."`
	Content   string `env:"PARLEY_CONTENT" help:"Folder with content for a new database, instead of the built-in content." type:"existingdir"`
	NoContent bool   `env:"PARLEY_NO_CONTENT" help:"Leave a new database empty."`
	Residual  int    `name:"max-residual" default:"50000" env:"PARLEY_MAX_RESIDUAL" help:"Most rows that a list walks for conditions that no index serves."`
}

// Caching is what is kept, here and elsewhere.
type Caching struct {
	DocumentCache size          `default:"32MiB" env:"PARLEY_DOCUMENT_CACHE" help:"Memory for documents that are parsed and validated."`
	MaxAge        time.Duration `default:"0s" env:"PARLEY_MAX_AGE" help:"How long shared caches may serve an answer without asking; a withdrawal then lags by as much."`
}

// bundle reads the content for a new database.
func (c Config) bundle() (content.ChangeSet, error) {
	if c.Content != "" {
		return bundle.LoadDir(c.Content)
	}
	return bundle.Load(builtin.FS())
}

// Run serves until ctx ends.
func (c Config) Run(ctx context.Context) error {
	return serve(ctx, c, newLogger(os.Stderr), nil)
}

// newLogger writes text to a terminal, and JSON to anything else.
func newLogger(f *os.File) *slog.Logger {
	if isatty.IsTerminal(f.Fd()) {
		return slog.New(slog.NewTextHandler(f, nil))
	}
	return slog.New(slog.NewJSONHandler(f, nil))
}

// origin is where pages come from: scheme, host and perhaps a port, or * for all of them. The host may begin with *.
type origin string

// UnmarshalText reads an origin.
func (o *origin) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if string(text) != "*" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != string(text)) {
		return fmt.Errorf("%.60q is no origin: write it like https://example.org, without a path", text)
	}
	*o = origin(text)
	return nil
}

// origins are the origins as texts.
func (n Network) origins() []string {
	list := make([]string, len(n.CORSOrigin))
	for i, o := range n.CORSOrigin {
		list[i] = string(o)
	}
	return list
}

package service

import (
	"time"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/content"
	"parley/graph"
)

// Config is what flags and PARLEY_ variables set.
type Config struct {
	NetworkConfig       `embed:""`
	StorageConfig       `embed:""`
	CacheConfig         `embed:""`
	DocumentsConfig     `embed:""`
	ObservabilityConfig `embed:""`
	Limits              graph.Limits  `embed:"" prefix:"max-"`
	Load                graph.Load    `embed:"" prefix:"max-"`
	Live                graph.Live    `embed:"" prefix:"live-"`
	Webhooks            WebhookConfig `embed:"" prefix:"webhook-"`
}

// StorageConfig is where the content is, and where that of a new database comes from.
type StorageConfig struct {
	DB        string `default:"parley.db" env:"PARLEY_DB" help:"Database file, created if missing."`
	Content   string `env:"PARLEY_CONTENT" help:"Bundle folder to load into a new database instead of the built-in content." type:"existingdir"`
	ReadOnly  bool   `env:"PARLEY_READ_ONLY" help:"Open an existing database for reading only, such as on a read-only medium or beside the server that writes."`
	NoContent bool   `env:"PARLEY_NO_CONTENT" help:"Do not load content into a new database."`
	NoCheck   bool   `name:"no-file-check" env:"PARLEY_NO_FILE_CHECK" help:"Skip the background check of the database file after the start."`
	Mmap      string `enum:"on,off" default:"on" env:"PARLEY_MMAP" help:"Memory-mapped reads: on or off. Off is slower, but if another program truncates the file (such as cp over it), reads fail instead of crashing the server."`
	Objects   int    `name:"max-objects" default:"20000" env:"PARLEY_MAX_OBJECTS" help:"Maximum number of objects that an operation reads."`
	Residual  int    `name:"max-residual" default:"50000" env:"PARLEY_MAX_RESIDUAL" help:"Maximum number of rows that a list scans for conditions without an index."`
}

// CacheConfig is what is kept, here and elsewhere.
type CacheConfig struct {
	DocumentCache size          `default:"32MiB" env:"PARLEY_DOCUMENT_CACHE" help:"Memory for the cache of parsed documents and compiled operations."`
	AnswerCache   size          `default:"32MiB" env:"PARLEY_ANSWER_CACHE" help:"Memory for the response cache; 0 disables it."`
	MaxAge        time.Duration `default:"0s" env:"PARLEY_MAX_AGE" help:"Time for which shared caches may serve a response without revalidation. Withdrawals are delayed by as much."`
}

// bundle reads the content for a new database.
func (c Config) bundle() (content.ChangeSet, error) {
	if c.Content != "" {
		return bundle.LoadDir(c.Content)
	}
	return bundle.Load(builtin.FS())
}

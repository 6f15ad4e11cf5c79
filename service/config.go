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
	DB        string `default:"parley.db" env:"PARLEY_DB" help:"Database file; it is made when there is none."`
	Content   string `env:"PARLEY_CONTENT" help:"Folder with content for a new database, instead of the built-in content." type:"existingdir"`
	ReadOnly  bool   `env:"PARLEY_READ_ONLY" help:"Only read the database, which must be there: on a medium that cannot be written, or beside the server that writes."`
	NoContent bool   `env:"PARLEY_NO_CONTENT" help:"Leave a new database empty."`
	NoCheck   bool   `name:"no-file-check" env:"PARLEY_NO_FILE_CHECK" help:"Leave out the check of the database file in the background after the start."`
	Mmap      string `enum:"on,off" default:"on" env:"PARLEY_MMAP" help:"Whether reads map the database file into memory: on or off. Off is slower, and a program that makes the file shorter, such as cp over it, then causes errors where it would end the server."`
	Objects   int    `name:"max-objects" default:"20000" env:"PARLEY_MAX_OBJECTS" help:"Most objects that an operation reads."`
	Residual  int    `name:"max-residual" default:"50000" env:"PARLEY_MAX_RESIDUAL" help:"Most rows that a list walks for conditions that no index serves."`
}

// CacheConfig is what is kept, here and elsewhere.
type CacheConfig struct {
	DocumentCache size          `default:"32MiB" env:"PARLEY_DOCUMENT_CACHE" help:"Memory for documents that are parsed and validated, and for the programs of their operations."`
	AnswerCache   size          `default:"32MiB" env:"PARLEY_ANSWER_CACHE" help:"Memory for answers that are served again while nothing they follow from changed; 0 keeps none."`
	MaxAge        time.Duration `default:"0s" env:"PARLEY_MAX_AGE" help:"How long shared caches may serve an answer without asking; a withdrawal then lags by as much."`
}

// bundle reads the content for a new database.
func (c Config) bundle() (content.ChangeSet, error) {
	if c.Content != "" {
		return bundle.LoadDir(c.Content)
	}
	return bundle.Load(builtin.FS())
}

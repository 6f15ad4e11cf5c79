package service

import (
	"fmt"
	"os"
	"sync"

	"parley/graph"
	"parley/graph/transport"
)

// DocumentsConfig is which documents are known beforehand, and what else may be asked.
type DocumentsConfig struct {
	Documents       string `env:"PARLEY_DOCUMENTS" type:"existingfile" help:"Manifest of trusted documents, in the format of Relay, graphql-codegen or Apollo."`
	DocumentsOnly   bool   `env:"PARLEY_DOCUMENTS_ONLY" help:"Accept only trusted documents from clients without a token."`
	NoIntrospection bool   `env:"PARLEY_NO_INTROSPECTION" help:"Disable introspection and name suggestions in errors."`
}

// manifest reads the trusted documents; there are none where no file is named.
func (t DocumentsConfig) manifest() (graph.Manifest, error) {
	if t.Documents == "" {
		return graph.Manifest{}, nil
	}
	return ReadManifest(t.Documents)
}

// sdl writes the text of the schema; it is nil where the schema is not public.
func (t DocumentsConfig) sdl() func() string {
	if t.NoIntrospection {
		return nil
	}
	return sync.OnceValue(graph.SDL)
}

// ReadManifest reads a file of trusted documents.
func ReadManifest(file string) (graph.Manifest, error) {
	b, err := os.ReadFile(file) //nolint:gosec // the user names it
	if err != nil {
		return nil, fmt.Errorf("read the trusted documents: %w", err)
	}
	m, err := transport.ReadManifest(b)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return m, nil
}

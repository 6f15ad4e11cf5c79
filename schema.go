package main

import (
	"os"

	"parley/bundle"
	"parley/graph"
)

// schemaCmd prints schemas, for editors and generators.
type schemaCmd struct {
	Bundle  bundleSchemaCmd  `cmd:"" help:"Print the JSON Schema of the files of a bundle."`
	Graphql graphqlSchemaCmd `cmd:"" help:"Print the GraphQL schema that is served."`
}

type bundleSchemaCmd struct{}

// Run prints the schema.
func (bundleSchemaCmd) Run() error {
	text, err := bundle.Schema()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

type graphqlSchemaCmd struct{}

// Run prints the schema.
func (graphqlSchemaCmd) Run() error {
	_, err := os.Stdout.WriteString(graph.SDL())
	return err
}

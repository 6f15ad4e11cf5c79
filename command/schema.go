package command

import (
	"io"

	"parley/bundle"
	"parley/graph"
)

// schemaCmd prints schemas, for editors and generators.
type schemaCmd struct {
	Bundle  bundleSchemaCmd  `cmd:"" help:"Print the JSON Schema of bundle files."`
	Graphql graphqlSchemaCmd `cmd:"" help:"Print the GraphQL schema."`
}

type bundleSchemaCmd struct{}

// Run prints the schema.
func (bundleSchemaCmd) Run(std streams) error {
	text, err := bundle.Schema()
	if err != nil {
		return err
	}
	_, err = std.out.Write(text)
	return err
}

type graphqlSchemaCmd struct{}

// Run prints the schema.
func (graphqlSchemaCmd) Run(std streams) error {
	_, err := io.WriteString(std.out, graph.SDL())
	return err
}

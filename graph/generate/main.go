// Command generate writes graph/gen with gqlgen: the schema, introspection, and an executor that asks one function for the
// value of any field. Nothing in it is shaped after a type, so a new field needs no Go code there.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/plugin"
	"github.com/99designs/gqlgen/plugin/stubgen"
	"github.com/vektah/gqlparser/v2/ast"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate() error {
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		return fmt.Errorf("read gqlgen.yml: %w", err)
	}
	if err := api.Generate(cfg, api.PrependPlugin(untyped{}), api.AddPlugin(stubgen.New("graph/gen/stub.go", "Stub"))); err != nil {
		return fmt.Errorf("run gqlgen: %w", err)
	}
	return writeSchema()
}

// untyped has gqlgen make nothing of the types but their names: an object holds any value, and every field of it has a
// resolver; an enumeration is a string, and an input a map.
type untyped struct{}

var _ plugin.ConfigMutator = untyped{}

// Name returns the name of the plugin.
func (untyped) Name() string { return "untyped" }

// MutateConfig sets the model of each type of the schema.
func (untyped) MutateConfig(cfg *config.Config) error {
	for name, def := range cfg.Schema.Types {
		if def.BuiltIn {
			continue
		}
		entry := cfg.Models[name]
		switch def.Kind {
		case ast.Enum:
			entry.Model = config.StringList{"github.com/99designs/gqlgen/graphql.String"}
		case ast.InputObject:
			entry.Model = config.StringList{"map[string]interface{}"}
		case ast.Object:
			entry.Fields = map[string]config.TypeMapField{}
			for _, f := range def.Fields {
				entry.Fields[f.Name] = config.TypeMapField{Resolver: true}
			}
			if def != cfg.Schema.Query && def != cfg.Schema.Mutation && def != cfg.Schema.Subscription {
				entry.ExtraFields = map[string]config.ModelExtraField{"Value": {Type: "any", Description: "What the resolvers of its fields are given."}}
			}
		}
		cfg.Models[name] = entry
	}
	return nil
}

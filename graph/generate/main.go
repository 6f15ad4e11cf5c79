// Command generate writes graph/gen with gqlgen: the schema, introspection, and an executor that asks one function for the
// value of any field. Nothing in it is shaped after a type, so a new field needs no Go code there.
//
// It takes what it reads and what it wrote into graph/gen/.stamp, so that it does nothing where both are as they were, and writes
// schema.go alone where only descriptions of the schema differ, which gqlgen is not given. With -force, as in CI, it writes all
// files anew; with -schema it writes schema.go alone, which is all that the service has of graph/gen.
package main

import (
	"flag"
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
	force := flag.Bool("force", false, "write all files, whatever the stamp says")
	schemaOnly := flag.Bool("schema", false, "write schema.go alone")
	flag.Parse()
	if *schemaOnly {
		return writeSchema()
	}
	was, now, err := stamps()
	if err != nil {
		return err
	}
	switch {
	case !*force && was == now:
		return nil
	case !*force && was.Structure == now.Structure && was.Executor == now.Executor: // descriptions differ, or schema.go does
		if err := writeSchema(); err != nil {
			return err
		}
		return writeStamp()
	}
	if err := runGqlgen(); err != nil {
		return err
	}
	if err := writeSchema(); err != nil {
		return err
	}
	if err := patchRoot(); err != nil {
		return err
	}
	return writeStamp()
}

// runGqlgen writes what gqlgen makes of the schema.
func runGqlgen() error {
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		return fmt.Errorf("read gqlgen.yml: %w", err)
	}
	if err := api.Generate(cfg, api.PrependPlugin(untyped{}), api.AddPlugin(stubgen.New("graph/gen/stub.go", "Stub"))); err != nil {
		return fmt.Errorf("run gqlgen: %w", err)
	}
	return nil
}

// untyped has gqlgen make nothing of the types but their names: an object holds any value, and every field of it has a
// resolver; an enumeration is a string, and an input a map. Descriptions are in schema.go alone.
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
		def.Description = ""
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

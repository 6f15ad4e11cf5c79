package command

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"parley/service"
)

// parse reads the arguments. For invalid ones it prints three lines and returns nil and the exit code.
func parse(c *commands, args []string, std streams) (*kong.Context, int) {
	ended, code := false, 0 // after --help or --version
	exit := kong.Exit(func(with int) {
		if !ended {
			ended, code = true, with
		}
	})
	k := kong.Must(c, append(options(), kong.Writers(std.out, std.err), exit)...)
	ctx, err := k.Parse(args)
	switch {
	case ended:
		return nil, code
	case err == nil:
		return ctx, 0
	}
	command := "parley"
	if failed, ok := err.(*kong.ParseError); ok && failed.Context != nil { //nolint:errorlint // kong returns it as it is
		if node := failed.Context.Selected(); node != nil {
			command = node.FullPath()
		}
	}
	fmt.Fprintf(terminalSafe{std.err}, "parley: %s\nusage: %s [flags]\nparley --help lists the commands, and %s --help the flags.\n", err, command, command) //nolint:errcheck // a failed write has no reader
	return nil, 2
}

// options are how the command line is read.
func options() []kong.Option {
	return []kong.Option{
		kong.Name("parley"), kong.Description("A GraphQL content service for peace and ceasefire negotiations."),
		kong.Configuration(yamlResolver),
		kong.Vars{"version": "parley " + service.Version},
	}
}

// yamlResolver resolves flags from a file of YAML: by their names, or by their names under that of the command. A name that no
// flag has is an error.
func yamlResolver(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(r).Decode(&values); err != nil && err != io.EOF { //nolint:errorlint // the decoder returns it as it is
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return configuration(values), nil
}

// configuration has the values of flags.
type configuration map[string]any

// Validate refuses names that no flag has.
func (c configuration) Validate(app *kong.Application) error {
	return c.validate(app.Node, app.Node)
}

func (c configuration) validate(root, node *kong.Node) error {
	for name, v := range c {
		if within, ok := v.(map[string]any); ok {
			i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == name })
			if i < 0 {
				return fmt.Errorf("the configuration has %q, which is not a command", name)
			}
			if err := configuration(within).validate(node.Children[i], node.Children[i]); err != nil {
				return err
			}
			continue
		}
		if !slices.Contains(flagNames(root, nil), name) {
			return fmt.Errorf("the configuration has %q, which is not a flag%s", name, like(name, flagNames(root, nil)))
		}
	}
	return nil
}

// flagNames adds the names of the flags of a node and of those beneath it.
func flagNames(n *kong.Node, names []string) []string {
	for _, f := range n.Flags {
		names = append(names, f.Name)
	}
	for _, child := range n.Children {
		names = flagNames(child, names)
	}
	return names
}

// Resolve returns the value of a flag: that under the name of its command goes before that at the top.
func (c configuration) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil //nolint:nilnil // the variable wins
		}
	}
	values, found := map[string]any(c), c[flag.Name]
	var path []string
	if node := parent.Node(); node != nil {
		for ; node != nil && node.Type != kong.ApplicationNode; node = node.Parent {
			path = append(path, node.Name)
		}
	}
	for _, name := range slices.Backward(path) {
		within, ok := values[name].(map[string]any)
		if !ok {
			break
		}
		if v, ok := within[flag.Name]; ok {
			found = v
		}
		values = within
	}
	switch v := found.(type) {
	case nil, map[string]any:
		return nil, nil //nolint:nilnil // the file has no value
	case []any:
		var list []string
		for _, element := range v {
			list = append(list, fmt.Sprint(element))
		}
		return strings.Join(list, ","), nil
	default:
		return fmt.Sprint(v), nil
	}
}

// unknownVariables warns of PARLEY_ variables that no flag has.
func unknownVariables(app *kong.Application, environ []string) (warnings []string) {
	known := variables(app.Node, nil)
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "PARLEY_") && !slices.Contains(known, name) {
			warnings = append(warnings, fmt.Sprintf("warning: the variable %s belongs to no flag%s", name, like(name, known)))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// variables adds the variables of the flags of a node and of those beneath it.
func variables(n *kong.Node, names []string) []string {
	for _, f := range n.Flags {
		names = append(names, f.Envs...)
	}
	for _, child := range n.Children {
		names = variables(child, names)
	}
	return names
}

// like asks whether one of the known names was meant.
func like(name string, known []string) string {
	best, distance := "", 4
	for _, k := range known {
		if d := levenshtein.ComputeDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

package command

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var updateDocs = flag.Bool("update-docs", false, "write docs/configuration.md from the flags")

// TestConfigurationPage holds that docs/configuration.md is made from the flags of serve; -update-docs writes it.
func TestConfigurationPage(t *testing.T) {
	var c commands
	k, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	want := configurationPage(k.Model)
	if *updateDocs {
		if err := os.WriteFile("../docs/configuration.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/configuration.md differs from the flags: run go test ./command -run ConfigurationPage -update-docs")
	}
}

// configurationPage returns the table of the flags of serve as Markdown.
func configurationPage(app *kong.Application) string {
	var b strings.Builder
	b.WriteString("# Configuration\n\nThese are the flags of `parley serve`, which is the default command. `parley --help` lists the other commands, and\n" +
		"`parley COMMAND --help` their flags. Flags take precedence over environment variables.\n\n" +
		"| flag | variable | default | meaning |\n|---|---|---|---|\n")
	for _, n := range app.Children {
		if n.Name != "serve" {
			continue
		}
		for _, f := range n.Flags {
			if f.Name == "help" {
				continue
			}
			value := f.Default
			switch {
			case f.IsBool() && value == "":
				value = "off"
			case value == "":
				value = "none"
			default:
				value = "`" + value + "`"
			}
			fmt.Fprintf(&b, "| `--%s` | %s | %s | %s |\n", f.Name, variable(f), value, f.Help)
		}
	}
	return b.String()
}

func variable(f *kong.Flag) string {
	if len(f.Envs) == 0 {
		return ""
	}
	return "`" + strings.Join(f.Envs, "`, `") + "`"
}

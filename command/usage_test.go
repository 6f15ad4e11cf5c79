package command_test

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
	"parley/service"
)

// TestUsageErrorsAreShort holds that a mistyped argument is answered with three lines.
func TestUsageErrorsAreShort(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--adr", "x"}, "--adr"},
		{[]string{"token", "create"}, "missing flags"},
		{[]string{"nothing"}, "nothing"},
		{[]string{"--max-depth", "deep"}, "deep"},
	} {
		code, text := said(t, t.TempDir(), c.args...)
		if code != 2 || strings.Count(text, "\n") != 3 || !strings.Contains(text, c.want) || !strings.Contains(text, "usage: parley") {
			t.Errorf("%v: exit %d and %q; want three lines with %s", c.args, code, text, c.want)
		}
	}
	if code, text := said(t, t.TempDir(), "--version"); code != 0 || text != "parley "+service.Version+"\n" {
		t.Errorf("--version: exit %d and %q", code, text)
	}
}

// TestConfigFile reads flags from a file: those of commands too, arguments and variables before them.
func TestConfigFile(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "parley.yaml"), "db: top.db\nmax-depth: 7\nno-content: true\ncors-origin: [https://a.example, https://b.example]\nexport:\n  db: exported.db\n")
	for _, c := range []struct {
		args []string
		env  string
		want string
	}{
		{[]string{"token", "list"}, "", "there is no database top.db"},
		{[]string{"export", "x"}, "", "there is no database exported.db"},
		{[]string{"export", "x", "--db", "argument.db"}, "", "there is no database argument.db"},
		{[]string{"export", "x"}, "variable.db", "there is no database variable.db"},
	} {
		if c.env != "" {
			t.Setenv("PARLEY_DB", c.env)
		}
		if code, text := said(t, dir, append(c.args, "--config", "parley.yaml")...); code != 1 || !strings.Contains(text, c.want) {
			t.Errorf("%v: exit %d and %q; want %q", c.args, code, text, c.want)
		}
	}
	for text, want := range map[string]string{"max-dept: 7\n": `has "max-dept", which is not a flag; did you mean max-depth?`, "exprot: {db: x}\n": `has "exprot", which is not a command`, "a: [": "configuration"} {
		parleytest.Write(t, filepath.Join(dir, "wrong.yaml"), text)
		if code, said := said(t, dir, "--config", "wrong.yaml"); code != 2 || !strings.Contains(said, want) {
			t.Errorf("%q: exit %d and %q; want %q", text, code, said, want)
		}
	}
}

// TestUnknownVariables warns of a variable that no flag has.
func TestUnknownVariables(t *testing.T) {
	t.Setenv("PARLEY_ADR", "127.0.0.1:1")
	code, text := said(t, t.TempDir(), "version")
	if want := "parley: warning: the variable PARLEY_ADR belongs to no flag; did you mean PARLEY_ADDR?\n"; code != 0 || !strings.Contains(text, want) {
		t.Errorf("exit %d and %q; want %q", code, text, want)
	}
}

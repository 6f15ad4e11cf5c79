// Command licences lists the Go modules that parley is built of and the npm packages that its GraphiQL is bundled of, each with
// its version and its licence. It fails where a licence is not among the allowed ones or is not known.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// part is a module or a package that is distributed with parley.
type part struct{ kind, name, version, licence string }

// allowed are the licences, by their SPDX identifiers, under which parts may be distributed with the program.
func allowed() []string {
	return []string{"MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "CC-BY-4.0", "MPL-2.0", "Unlicense"}
}

func main() {
	parts, err := list(context.Background(), ".")
	if err == nil {
		err = report(os.Stdout, parts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// report prints the parts, and returns an error that names those whose licence is not allowed.
func report(w io.Writer, parts []part) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var refused []string
	for _, p := range parts {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.kind, p.name, p.version, p.licence) // Flush returns the error
		if !slices.Contains(allowed(), p.licence) {
			refused = append(refused, fmt.Sprintf("%s %s (%s)", p.kind, p.name, p.licence))
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if len(refused) > 0 {
		return fmt.Errorf("not among the allowed licences: %s", strings.Join(refused, ", "))
	}
	return nil
}

// list returns the parts of the program at the root of a repository: modules first, then packages, each in order of name.
func list(ctx context.Context, root string) ([]part, error) {
	modules, err := modules(ctx, root)
	if err != nil {
		return nil, err
	}
	packages, err := packages(filepath.Join(root, "web", "graphiql", "package-lock.json"))
	return append(modules, packages...), err
}

// modules returns the modules whose packages are linked into the program.
func modules(ctx context.Context, root string) ([]part, error) {
	c := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", ".")
	c.Dir, c.Stderr = root, os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("list modules: %w", err)
	}
	var parts []part
	for line := range strings.Lines(string(out)) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(fields) < 3 || slices.ContainsFunc(parts, func(p part) bool { return p.name == fields[0] }) {
			continue
		}
		licence, err := licenceIn(fields[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fields[0], err)
		}
		parts = append(parts, part{"module", fields[0], fields[1], licence})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return parts, nil
}

// licenceIn returns the identifier of the licence in the folder of a module, or "unknown".
func licenceIn(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("read the folder: %w", err)
	}
	for _, f := range files {
		name := strings.ToUpper(f.Name())
		if f.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name())) //nolint:gosec // in the folder of a module
		if err != nil {
			return "", fmt.Errorf("read the licence: %w", err)
		}
		if licence := identify(text); licence != "" {
			return licence, nil
		}
	}
	return "unknown", nil
}

// identify returns the identifier of a licence by the words that only its text has, or nothing.
func identify(text []byte) string {
	words := strings.ToLower(string(bytes.Join(bytes.Fields(text), []byte(" "))))
	has := func(phrase string) bool { return strings.Contains(words, phrase) }
	switch {
	case has("gnu general public license"), has("gnu lesser general public license"), has("gnu affero"):
		return "GPL"
	case has("apache license version 2.0"), has("apache license, version 2.0"):
		return "Apache-2.0"
	case has("mozilla public license version 2.0"), has("mozilla public license, version 2.0"):
		return "MPL-2.0"
	case has("redistribution and use in source and binary forms") && (has("neither the name") || has("may not be used to endorse")):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("permission is hereby granted, free of charge, to any person obtaining a copy"):
		return "MIT"
	case has("permission to use, copy, modify, and/or distribute this software for any purpose"), has("permission to use, copy, modify, and distribute this software for any purpose"):
		return "ISC"
	case has("this is free and unencumbered software released into the public domain"):
		return "Unlicense"
	default:
		return ""
	}
}

// packages returns the packages of a lock file of npm with the licences that they declare. It has those that build the bundle
// too, which is more than what is in it.
func packages(lock string) ([]part, error) {
	text, err := os.ReadFile(lock) //nolint:gosec // a file of the repository
	if err != nil {
		return nil, fmt.Errorf("read the lock file: %w", err)
	}
	var file struct {
		Packages map[string]struct {
			Version string `json:"version"`
			License string `json:"license"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", lock, err)
	}
	var parts []part
	for path, p := range file.Packages {
		if at := strings.LastIndex(path, "node_modules/"); at >= 0 {
			if p.License == "" {
				p.License = "unknown"
			}
			parts = append(parts, part{"npm", path[at+len("node_modules/"):], p.Version, p.License})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name+" "+a.version, b.name+" "+b.version) })
	return slices.Compact(parts), nil
}

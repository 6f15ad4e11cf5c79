package command

import (
	"errors"
	"fmt"

	"parley/bundle"
)

// fmtCmd formats the files of bundles.
type fmtCmd struct {
	Paths []string `arg:"" name:"path" help:"Bundle folders, or files of a bundle."`
	Check bool     `help:"Change nothing, and fail if a file is not formatted."`
}

// Run formats the files that are not formatted, and prints their names.
func (c fmtCmd) Run(std streams) error {
	var all []error
	unformatted := 0
	for _, path := range c.Paths {
		names, err := bundle.Format(path, c.Check)
		all = append(all, err)
		for _, name := range names {
			unformatted++
			_, err := fmt.Fprintln(std.text, name)
			all = append(all, err)
		}
	}
	if c.Check && unformatted > 0 {
		all = append(all, fmt.Errorf("unformatted files: %d; run parley fmt", unformatted))
	}
	return errors.Join(all...)
}

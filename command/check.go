package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
)

// checkCmd validates bundles, or verifies a database.
type checkCmd struct {
	verifyFlags `embed:""`

	Paths []string `arg:"" optional:"" name:"path" help:"Bundle folders, or sheets and JSON files."`
}

// Run returns every problem of the bundles as a line "file:line:column: message", where the file begins with the path
// that was given.
func (c checkCmd) Run(ctx context.Context, std streams) error {
	var all []error
	switch {
	case c.DB != "":
		all = append(all, c.verify(ctx, std))
	case len(c.Paths) == 0:
		return errors.New("give bundle folders, or a database with --db")
	}
	for _, dir := range c.Paths {
		set, err := bundle.LoadDir(dir)
		var problems bundle.Problems
		switch {
		case errors.As(err, &problems):
			all = append(all, fmt.Errorf("problems in %s: %d\n%w", dir, len(problems), problems))
		case err != nil:
			all = append(all, err)
		case len(set.Items) == 0:
			all = append(all, fmt.Errorf("%s has no content: a bundle has folders such as talks/ with YAML and Markdown files", dir))
		case unsourced(ctx, set.Items, &all):
		default:
			fmt.Fprintf(std.text, "%s: %d items, no problems\n", dir, len(set.Items)) //nolint:errcheck // a failed write has no reader
		}
	}
	return errors.Join(all...)
}

// unsourced adds what an import into a record that has content would refuse of items, since readers would see none of their
// sources, and reports whether there is any.
func unsourced(ctx context.Context, items []content.Item, all *[]error) bool {
	problems, err := intake.CheckSources(ctx, items, time.Now()) //nolint:forbidigo // the edge where the clock is read
	if err != nil {
		*all = append(*all, err)
	}
	for _, p := range problems {
		*all = append(*all, p)
	}
	return len(problems) > 0 || err != nil
}

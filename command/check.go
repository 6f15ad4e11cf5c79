package command

import (
	"context"
	"errors"
	"fmt"

	"parley/bundle"
)

// checkCmd validates bundles, or verifies a database.
type checkCmd struct {
	verifyFlags `embed:""`

	Paths []string `arg:"" optional:"" name:"path" help:"Folders that hold a bundle each, or sheets and JSON."`
}

// Run returns every problem of the bundles as a line "file:line:column: message", where the file begins with the path
// that was given.
func (c checkCmd) Run(ctx context.Context, std streams) error {
	var all []error
	switch {
	case c.DB != "":
		all = append(all, c.verify(ctx, std))
	case len(c.Paths) == 0:
		return errors.New("name folders with a bundle each, or a database with --db")
	}
	for _, dir := range c.Paths {
		set, err := bundle.LoadDir(dir)
		var problems bundle.Problems
		switch {
		case errors.As(err, &problems):
			all = append(all, fmt.Errorf("what is wrong in %s: %d\n%w", dir, len(problems), problems))
		case err != nil:
			all = append(all, err)
		case len(set.Items) == 0:
			all = append(all, fmt.Errorf("%s: there is no content in it: a bundle has folders like talks/ with YAML and Markdown files", dir))
		default:
			fmt.Fprintf(std.out, "%s: %d items, no problems\n", dir, len(set.Items)) //nolint:errcheck // nobody reads it then
		}
	}
	return errors.Join(all...)
}

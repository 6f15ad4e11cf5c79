package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"parley/bundle/dataset"
	"parley/bundle/intake"
	"parley/content"
)

// dataset takes a published data set into a record, and prints what became of its rows.
func (c importCmd) dataset(ctx context.Context, record intake.Record, o intake.Options, shown *differences, std streams) error {
	if len(c.Paths) != 1 || c.Prune || c.ClearAbsent || c.SkipInvalid || c.Type != "" {
		return errors.New("--from takes one file, and cannot be combined with --prune, --type, --clear-absent or --skip-invalid")
	}
	f, err := os.Open(c.Paths[0])
	if err != nil {
		return fmt.Errorf("read the data set: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	set, err := dataset.Read(ctx, c.From, f, record)
	if err != nil {
		return err
	}
	if o.Note == "" {
		o.Note = fmt.Sprintf("%s, %d rows", set.Title, set.Rows)
	}
	p := newProgress(std.err, c.Quiet, 0, "items")
	o.Each = p.item
	items := func(yield func(content.Item, error) bool) {
		for _, item := range set.Items {
			if !yield(item, nil) {
				return
			}
		}
	}
	report, err := runImport(ctx, record, items, o, p, shown)
	if err != nil || c.Quiet {
		return err
	}
	return errors.Join(printRows(std.text, set), printReport(std.text, report, c.DryRun))
}

// printRows prints what became of the rows of a data set: how many there are, and which need an eye.
func printRows(w io.Writer, set dataset.Result) error {
	_, err := fmt.Fprintf(w, "%s: %d rows read, %d skipped, %d disputed, %d ambiguous, %d left out\n",
		set.Title, set.Rows, len(set.Skipped), len(set.Disputed), len(set.Ambiguous), len(set.LeftOut))
	for _, part := range []struct {
		name string
		list []string
	}{{"skipped", set.Skipped}, {"disputed", set.Disputed}, {"ambiguous", set.Ambiguous}, {"left out", set.LeftOut}} {
		for line := range slices.Values(part.list) {
			_, printed := fmt.Fprintf(w, "%s: %s\n", part.name, line)
			err = errors.Join(err, printed)
		}
	}
	return err
}

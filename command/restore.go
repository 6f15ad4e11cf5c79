package command

import (
	"context"
	"fmt"

	"parley/store"
)

// restoreCmd makes a database of a backup.
type restoreCmd struct {
	File  string `arg:"" help:"The backup."`
	DB    string `default:"parley.db" env:"PARLEY_DB" help:"Database file to make."`
	Force bool   `help:"Replace the database that is there; no server may be using it."`
	Quiet bool   `help:"Print errors only."`
}

// Run copies the backup, which stays.
func (c restoreCmd) Run(ctx context.Context, std streams) error {
	rev, err := store.Restore(ctx, c.File, c.DB, c.Force)
	if err != nil || c.Quiet {
		return err
	}
	_, err = fmt.Fprintf(std.text, "%s holds revision %d again\n", c.DB, rev)
	return err
}

package command

import (
	"context"
	"fmt"

	"parley/store"
)

// restoreCmd makes a database of a backup.
type restoreCmd struct {
	File  string `arg:"" help:"Backup file."`
	DB    string `default:"parley.db" env:"PARLEY_DB" help:"Database file to create."`
	Force bool   `help:"Replace an existing database. No server may be using it."`
	Quiet bool   `help:"Print errors only."`
}

// Run copies the backup, which stays.
func (c restoreCmd) Run(ctx context.Context, std streams) error {
	rev, err := store.Restore(ctx, c.File, c.DB, c.Force)
	if err != nil || c.Quiet {
		return err
	}
	_, err = fmt.Fprintf(std.text, "restored %s: revision %d\n", c.DB, rev)
	return err
}

package command

import (
	"context"
	"fmt"

	"parley/store"
)

// backupCmd copies a database that may be in use.
type backupCmd struct {
	File  string `arg:"" help:"Backup file. An existing backup of this name is replaced when the new one is complete."`
	DB    string `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	Quiet bool   `help:"Print errors only."`
}

// Run copies one moment of the record.
func (c backupCmd) Run(ctx context.Context, std streams) error {
	rev, err := store.Backup(ctx, c.DB, c.File)
	if err != nil || c.Quiet {
		return err
	}
	_, err = fmt.Fprintf(std.text, "wrote %s: revision %d of %s, verified\n", c.File, rev, c.DB)
	return err
}

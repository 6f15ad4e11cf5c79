package command

import (
	"context"
	"fmt"

	"parley/service"
)

// migrateCmd brings a database to the newest schema.
type migrateCmd struct {
	DB    string `default:"parley.db" env:"PARLEY_DB" help:"Database file. A running server of an older version stops writing until it is restarted."`
	Quiet bool   `help:"Print errors only."`
}

// Run brings the schema up and says in one line what that took.
func (c migrateCmd) Run(ctx context.Context, std streams) error {
	if err := service.RequireExists(c.DB); err != nil {
		return err
	}
	st, err := openMigrated(ctx, c.DB, std)
	if err != nil {
		return err
	}
	done := st.Opened()
	if err := st.Close(); err != nil || c.Quiet || done.String() != "" { //nolint:contextcheck // it closes whatever ctx says
		return err
	}
	_, err = fmt.Fprintf(std.text, "%s: the schema is up to date, version %d\n", c.DB, done.To)
	return err
}

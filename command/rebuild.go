package command

import (
	"context"
	"errors"
	"fmt"
)

// rebuildCmd derives the rows again that follow from other rows.
type rebuildCmd struct {
	DB    string `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	Quiet bool   `help:"Print errors only."`
}

// Run derives timelines and inlined lists of all items.
func (c rebuildCmd) Run(ctx context.Context, std streams) (err error) {
	st, err := openToWrite(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	if err := st.Rebuild(ctx); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	if !c.Quiet {
		_, err = fmt.Fprintf(std.text, "rebuilt the derived data of %s\n", c.DB)
	}
	return err
}

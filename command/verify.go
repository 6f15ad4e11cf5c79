package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// verifyFlags choose a database to verify.
type verifyFlags struct {
	DB    string `name:"db" placeholder:"FILE" help:"Verify this database: the file, the revision log and derived data. A server may be using it."`
	Quiet bool   `help:"Print errors only."`
}

// verify reads a whole database and returns its problems, a line each.
func (c verifyFlags) verify(ctx context.Context, std streams) (err error) {
	st, err := openToRead(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	p := newProgress(std.err, c.Quiet, 0, "checks")
	problems, err := st.Verify(ctx, func(string) { p.item() })
	p.end()
	switch {
	case err != nil:
		return fmt.Errorf("verify %s: %w", c.DB, err)
	case len(problems) > 0:
		return fmt.Errorf("problems in %s: %d\n%s", c.DB, len(problems), strings.Join(problems, "\n"))
	case c.Quiet:
		return nil
	}
	_, err = fmt.Fprintf(std.text, "%s: revision %d, file, log and derived data verified, no problems\n", c.DB, head)
	return err
}

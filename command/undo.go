package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/content"
)

// undoCmd undoes a revision.
type undoCmd struct {
	Revision int64  `arg:"" help:"Number of the revision, as printed by import and shown in the history."`
	DB       string `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	DryRun   bool   `help:"Print the changes without writing them."`
	Author   string `default:"undo" help:"Author of the revision."`
	Reason   string `default:"CORRECTION" help:"Reason for the revision: a value of RevisionReason in the schema."`
	Note     string `help:"Public note on the revision."`
}

// Run makes one revision in which the items of the revision are as they were before it, and prints what became of each.
func (c undoCmd) Run(ctx context.Context, std streams) (err error) {
	set := content.ChangeSet{Author: c.Author, Note: c.Note, Undo: content.Revision(c.Revision), DryRun: c.DryRun}
	if set.Reason, err = enumValue(content.RevisionReason(strings.ToUpper(c.Reason)), "--reason"); err != nil {
		return err
	}
	if c.Revision < 1 {
		return fmt.Errorf("%d is not a revision number: revisions are numbered from 1", c.Revision)
	}
	st, err := openToWrite(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	done, err := st.Apply(ctx, set)
	if err != nil {
		return fmt.Errorf("nothing was undone: %w", err)
	}
	return printUndone(std.text, done, c.DryRun, done.Revision > head)
}

// printUndone prints a line for each item: "-" where it is deleted again, "+" where it comes back, "~" where it says what it said
// before, "!" where it stays as it is; then how many there are.
func printUndone(w io.Writer, done content.ApplyResult, dry, made bool) error {
	signs := map[string]string{"CREATED": "-", "UPDATED": "~", "DELETED": "+"}
	var b strings.Builder
	for _, u := range done.Undone {
		fmt.Fprintf(&b, "%s %s/%s\n", signs[u.Op], strings.ToLower(u.Ref.Type), u.Slug)
	}
	for _, k := range done.Kept {
		fmt.Fprintf(&b, "! %s/%s kept: %s\n", strings.ToLower(k.Ref.Type), k.Slug, k.Message)
	}
	end := "no revision was made"
	switch {
	case dry:
		end = "nothing was written"
	case made:
		end = fmt.Sprintf("revision %d", done.Revision)
	}
	fmt.Fprintf(&b, "%d items undone, %d kept; %s\n", len(done.Undone), len(done.Kept), end)
	_, err := io.WriteString(w, b.String())
	return err
}

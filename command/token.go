package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"parley/content"
)

// tokenCmd manages access tokens.
type tokenCmd struct {
	DB     string         `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	Create tokenCreateCmd `cmd:"" help:"Create a token and print it. It is not shown again."`
	List   tokenListCmd   `cmd:"" help:"List tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token. Its open connections are closed."`
}

type tokenCreateCmd struct {
	Role    string `required:"" enum:"viewer,editor,publisher,admin" help:"Role: viewer reads unpublished content, editor writes, publisher publishes and deletes, admin redacts."`
	Name    string `required:"" help:"Name of the holder, shown as the author of revisions."`
	Expires string `default:"90d" help:"Lifetime, such as 90d or 12h, or expiry, such as 2027-01-31 or 2027-01-31T12:00:00Z; never for a token that does not expire."`
}

// Run prints the token alone to the standard output, and what to know about it to the standard error.
func (c *tokenCreateCmd) Run(ctx context.Context, all *tokenCmd, std streams) (err error) {
	now := time.Now() //nolint:forbidigo // the edge where the clock is read
	expires, err := expiry(c.Expires, now)
	if err != nil {
		return err
	}
	st, err := openToWrite(ctx, all.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	text, err := st.CreateToken(ctx, c.Name, content.Role(strings.ToUpper(c.Role)), expires)
	if err != nil {
		return err
	}
	until := "until " + expires.Format(time.RFC3339)
	if expires.IsZero() {
		until = "until it is revoked"
	}
	if err := printWhole(std.out, text+"\n"); err != nil { // the token was not shown, and its name is taken
		_, revoked := st.RevokeToken(ctx, c.Name)
		return errors.Join(fmt.Errorf("the token was revoked because it could not be printed: %w", err), revoked)
	}
	fmt.Fprintf(std.err, "Created a token for %s, role %s, valid %s. It is not shown again: store it safely.\n", c.Name, c.Role, until) //nolint:errcheck // the token is printed
	return nil
}

// expiry reads when a token is to end: zero for never.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "never" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.Parse(time.DateOnly, text)
		at = at.AddDate(0, 0, 1) // the day itself is in
	}
	if err != nil {
		var d time.Duration
		if days, ok := strings.CutSuffix(text, "d"); ok {
			var n int
			n, err = strconv.Atoi(days)
			at = now.AddDate(0, 0, n)
		} else {
			d, err = time.ParseDuration(text)
			at = now.Add(d)
		}
	}
	switch {
	case err != nil:
		return at, fmt.Errorf("--expires %s: write 90d or 12h, a date such as 2027-01-31, a time such as 2027-01-31T12:00:00Z, or never", text)
	case !at.After(now) || at.Year() > 9999:
		return at, fmt.Errorf("--expires %s: %s is in the past; give a future time", text, at.UTC().Format(time.RFC3339))
	}
	return at.UTC().Truncate(time.Second), nil
}

type tokenListCmd struct{}

// Run prints a line for each token, with a heading.
func (tokenListCmd) Run(ctx context.Context, all *tokenCmd, std streams) (err error) {
	st, err := openOlderToRead(ctx, all.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	list, err := st.Tokens(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NUMBER\tNAME\tROLE\tCREATED\tEXPIRES\tLAST USED\tREVOKED")
	for _, t := range list {
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Number, t.Name, strings.ToLower(string(t.Role)),
			minute(t.Created), minute(t.Expires), minute(t.Used), minute(t.Revoked))
	}
	return w.Flush()
}

// minute is a time for a table, or a hyphen for none.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02T15:04Z")
}

type tokenRevokeCmd struct {
	Token string `arg:"" name:"name-or-number" help:"Name or number of the token, as printed by token list."`
}

// Run revokes a token and prints which.
func (c *tokenRevokeCmd) Run(ctx context.Context, all *tokenCmd, std streams) (err error) {
	st, err := openToWrite(ctx, all.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	t, err := st.RevokeToken(ctx, c.Token)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.text, "revoked token %d, %s, role %s\n", t.Number, t.Name, strings.ToLower(string(t.Role)))
	return err
}

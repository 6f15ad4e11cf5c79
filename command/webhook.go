package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"parley/content"
	"parley/store"
	"parley/webhook"
)

// webhookCmd manages webhooks.
type webhookCmd struct {
	DB     string           `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	Add    webhookAddCmd    `cmd:"" help:"Add a webhook."`
	List   webhookListCmd   `cmd:"" help:"List webhooks and their delivery state."`
	Test   webhookTestCmd   `cmd:"" help:"Send a webhook.test message to a webhook."`
	Remove webhookRemoveCmd `cmd:"" help:"Remove a webhook."`
}

// with runs f on the database, opened by one of the functions of open.go.
func (c *webhookCmd) with(ctx context.Context, open func(context.Context, string) (*store.Store, error), f func(*store.Store) error) (err error) {
	st, err := open(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	return f(st)
}

type webhookAddCmd struct {
	URL          string   `arg:"" name:"url" help:"URL of the receiver: https, or http to this machine."`
	Types        []string `help:"Item types to report, such as talk,event. Defaults to all types."`
	Secret       string   `env:"PARLEY_WEBHOOK_SECRET" help:"Signing secret: whsec_ and 24 to 64 bytes in base64. Generated and printed if absent."`
	From         int64    `default:"-1" help:"Revision after which changes are sent; 0 sends all. Defaults to the newest revision."`
	AllowPrivate bool     `help:"Allow addresses in private networks, and http to them."`
}

// Run prints the number of the webhook and, where one was made, its secret.
func (c *webhookAddCmd) Run(ctx context.Context, all *webhookCmd, std streams) error {
	h := content.Webhook{URL: c.URL, Secret: c.Secret, Private: c.AllowPrivate}
	for _, name := range c.Types {
		t := content.TypeNamed(strings.ToUpper(name[:min(1, len(name))]) + strings.ToLower(name[min(1, len(name)):]))
		if t == nil {
			return fmt.Errorf("--types %s: the types are talk, mediator, party, issue, position, event, agreement, article and source", name)
		}
		h.Types = append(h.Types, t)
	}
	if h.Secret == "" {
		h.Secret = webhook.NewSecret()
	}
	if err := webhook.Check(h); err != nil {
		return err
	}
	return all.with(ctx, openToWrite, func(st *store.Store) error {
		heads, err := st.Heads(ctx)
		if err != nil {
			return err
		}
		h.Position.After = content.Revision(c.From)
		switch {
		case c.From < 0:
			h.Position.After = heads.Public
		case h.Position.After > heads.Newest:
			return fmt.Errorf("--from %d: the newest revision is %d", c.From, heads.Newest)
		case h.Position.After > heads.Public: // the changes behind it are not public
			h.Position.After = heads.Public
		}
		number, err := st.AddWebhook(ctx, h)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("webhook %d gets the changes after revision %d\n", number, h.Position.After)
		if c.Secret == "" {
			text += fmt.Sprintf("secret: %s\n", h.Secret)
		}
		if err := printWhole(std.out, text); err != nil { // the secret was not shown
			return errors.Join(fmt.Errorf("the webhook was removed because its secret could not be printed: %w", err), st.RemoveWebhook(ctx, number))
		}
		return nil
	})
}

type webhookListCmd struct{}

// Run prints a line for each webhook, with a heading.
func (webhookListCmd) Run(ctx context.Context, all *webhookCmd, std streams) error {
	return all.with(ctx, openOlderToRead, func(st *store.Store) error {
		list, err := st.Webhooks(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.text, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "NUMBER\tURL\tTYPES\tREVISION\tFAILURES\tNEXT\tSTATE\tNOTE")
		for _, h := range list {
			state, types := "on", []string{}
			if h.Disabled {
				state = "disabled"
			}
			for _, t := range h.Types {
				types = append(types, strings.ToLower(t.Name))
			}
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", h.Number, h.Address(), orHyphen(strings.Join(types, ",")),
				h.Position.After, h.Failures, minute(h.Next), state, orHyphen(noteOf(h)))
		}
		return w.Flush()
	})
}

// noteOf returns what the last attempt came to, as it may be printed: an earlier program kept the whole address and the words of
// the receiver.
func noteOf(h content.Webhook) string {
	return content.PrintableLine(strings.ReplaceAll(h.Note, h.URL, h.Address()))
}

// orHyphen is a text for a table, or a hyphen for none.
func orHyphen(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

type webhookTestCmd struct {
	Number int64 `arg:"" help:"Number of the webhook, as printed by webhook list."`
}

// Run sends the message and says what came of it.
func (c *webhookTestCmd) Run(ctx context.Context, all *webhookCmd, std streams) error {
	return all.with(ctx, openOlderToRead, func(st *store.Store) error {
		list, err := st.Webhooks(ctx)
		if err != nil {
			return err
		}
		for _, h := range list {
			if h.Number != c.Number {
				continue
			}
			if err := webhook.Test(ctx, h, time.Now()); err != nil { //nolint:forbidigo // the edge where the clock is read
				return err
			}
			_, err = fmt.Fprintf(std.text, "webhook %d accepted the message\n", h.Number)
			return err
		}
		return fmt.Errorf("there is no webhook %d: parley webhook list prints the webhooks", c.Number)
	})
}

type webhookRemoveCmd struct {
	Number int64 `arg:"" help:"Number of the webhook, as printed by webhook list."`
}

// Run says that the webhook is gone.
func (c *webhookRemoveCmd) Run(ctx context.Context, all *webhookCmd, std streams) error {
	return all.with(ctx, openToWrite, func(st *store.Store) error {
		if err := st.RemoveWebhook(ctx, c.Number); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.text, "removed webhook %d\n", c.Number)
		return err
	})
}

package service

import (
	"context"
	"log/slog"
	"time"

	"parley/store"
	"parley/webhook"
)

// Webhooks is how those who are told of changes are served.
type Webhooks struct {
	GiveUp time.Duration `default:"120h" env:"PARLEY_WEBHOOK_GIVE_UP" help:"How long the receiver of a webhook may fail before it is disabled."`
}

// deliver tells the webhooks of what changes, until ctx ends.
func (c Webhooks) deliver(ctx context.Context, st *store.Store, log *slog.Logger) {
	courier := webhook.Courier{Store: st, GiveUp: c.GiveUp, Now: time.Now, Logger: log} //nolint:forbidigo // the edge where the clock is read
	courier.Run(ctx)
}

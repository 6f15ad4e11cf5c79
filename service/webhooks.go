package service

import (
	"context"
	"log/slog"
	"time"

	"parley/store"
	"parley/webhook"
)

// WebhookConfig is how those who are told of changes are served.
type WebhookConfig struct {
	GiveUp time.Duration `default:"120h" env:"PARLEY_WEBHOOK_GIVE_UP" help:"Time after which a webhook whose receiver keeps failing is disabled."`
}

// deliver tells the webhooks of what changes, until ctx ends.
func (c WebhookConfig) deliver(ctx context.Context, st *store.Store, log *slog.Logger) {
	courier := webhook.Dispatcher{Store: st, GiveUp: c.GiveUp, Now: time.Now, Logger: log} //nolint:forbidigo // the edge where the clock is read
	courier.Run(ctx)
}

package service

import (
	"context"
	"log/slog"
	"time"

	"parley/store"
	"parley/webhook"
)

// WebhookConfig configures the delivery of webhooks.
type WebhookConfig struct {
	GiveUp time.Duration `default:"120h" env:"PARLEY_WEBHOOK_GIVE_UP" help:"Time after which a webhook whose receiver keeps failing is disabled."`
}

// deliver sends changes to the webhooks, until ctx ends.
func (c WebhookConfig) deliver(ctx context.Context, st *store.Store, log *slog.Logger) {
	courier := webhook.Dispatcher{Store: st, GiveUp: c.GiveUp, Now: time.Now, Logger: log} //nolint:forbidigo // the edge where the clock is read
	courier.Run(ctx)
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/content"
)

// AddWebhook keeps a webhook and returns its number. Its position is one in this record.
func (s *Store) AddWebhook(ctx context.Context, h content.Webhook) (number int64, err error) {
	var types any
	if h.Types != nil {
		l := &changeReader{Changes: content.Changes{Types: h.Types}}
		types = l.typeNames()
	}
	h.Position.Record = s.record
	position, err := json.Marshal(h.Position)
	if err != nil {
		return 0, fmt.Errorf("encode the position: %w", err)
	}
	const insert = "INSERT INTO webhook (url, types, secret, private, position) VALUES ($1, $2, $3, $4, $5)"
	err = s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		res, err := w.exec(ctx, insert, h.URL, types, h.Secret, h.Private, string(position))
		if err != nil {
			return fmt.Errorf("store the webhook: %w", err)
		}
		number, err = res.LastInsertId()
		return err
	})
	return number, err
}

// RemoveWebhook forgets a webhook. One that is not there is NOT_FOUND.
func (s *Store) RemoveWebhook(ctx context.Context, number int64) error {
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		res, err := w.exec(ctx, "DELETE FROM webhook WHERE number = $1", number)
		if err != nil {
			return fmt.Errorf("delete the webhook: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return content.Errorf(content.NotFound, "there is no webhook %d: parley webhook list prints the webhooks", number)
		}
		return nil
	})
}

// Webhooks lists the webhooks in the order in which they were added.
func (s *Store) Webhooks(ctx context.Context) (list []content.Webhook, err error) {
	const query = `SELECT number, url, COALESCE(types, ''), secret, private, position, failures, failing_since, next_at, disabled, note
FROM webhook
ORDER BY number`
	err = s.query(ctx, query, nil, func(row *row) error {
		h, err := scanWebhook(row)
		list = append(list, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list webhooks: %w", err)
	}
	return list, nil
}

func scanWebhook(row *row) (h content.Webhook, err error) {
	var types, position string
	var since, next int64
	if err := row.Scan(&h.Number, &h.URL, &types, &h.Secret, &h.Private, &position, &h.Failures, &since, &next, &h.Disabled, &h.Note); err != nil {
		return h, fmt.Errorf("scan: %w", err)
	}
	if types != "" {
		var names []string
		if err := json.Unmarshal([]byte(types), &names); err != nil {
			return h, fmt.Errorf("read the types of webhook %d: %w", h.Number, err)
		}
		for _, name := range names {
			h.Types = append(h.Types, content.TypeNamed(name))
		}
	}
	if since > 0 {
		h.FailingSince = time.UnixMilli(since).UTC()
	}
	if next > 0 {
		h.Next = time.UnixMilli(next).UTC()
	}
	if err := json.Unmarshal([]byte(position), &h.Position); err != nil {
		return h, fmt.Errorf("read the position of webhook %d: %w", h.Number, err)
	}
	return h, nil
}

// KeepDelivery notes how far a webhook is. It makes no revision; one that was removed meanwhile is ignored.
func (s *Store) KeepDelivery(ctx context.Context, number int64, d content.Delivery) error {
	position, err := json.Marshal(d.Position)
	if err != nil {
		return fmt.Errorf("encode the position: %w", err)
	}
	milli := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.UnixMilli()
	}
	const update = `UPDATE webhook
SET position = $1, failures = $2, failing_since = $3, next_at = $4, disabled = $5, note = $6
WHERE number = $7`
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		_, err := w.exec(ctx, update, string(position), d.Failures, milli(d.FailingSince), milli(d.Next), d.Disabled, d.Note, number)
		return err
	})
}

package store

import (
	"context"
	"encoding/json"
	"fmt"

	"parley/content"
)

// flushLog writes what the log has of events, which a stream holds once each, so that the log of a long one is not kept.
func (w *writer) flushLog(ctx context.Context) error {
	var events, rest []*logEntry
	for _, l := range w.log {
		if content.TypeNamed(l.ref.Type).Timeline != "" {
			events = append(events, l)
			delete(w.known, l.ref)
		} else {
			rest = append(rest, l)
		}
	}
	w.log = rest
	w.flushed = w.flushed || len(events) > 0
	for _, l := range events {
		if l.judge() {
			w.pending = append(w.pending, l)
		}
	}
	return w.writeLog(ctx, events)
}

// writeLog writes what the revision does to items.
func (w *writer) writeLog(ctx context.Context, list []*logEntry) error {
	const insert = "INSERT INTO change (revision, type, item_id, op, fields, seen) VALUES (?, ?, ?, ?, ?, ?)"
	for _, l := range list {
		fields, err := fieldList(l.fields)
		if err != nil {
			return err
		}
		var seen any
		if l.seen != nil {
			w.public = true
			if seen, err = fieldList(l.seen); err != nil {
				return err
			}
		}
		l.written = true
		if _, err := w.exec(ctx, insert, w.rev, l.ref.Type, int64(l.ref.Key), l.op, fields, seen); err != nil {
			return fmt.Errorf("log the change: %w", err)
		}
	}
	return nil
}

// fieldList returns names of fields as a JSON list, as the log has them.
func fieldList(names []string) (string, error) {
	if names == nil {
		names = []string{}
	}
	b, err := json.Marshal(names)
	if err != nil {
		return "", fmt.Errorf("encode the changed fields: %w", err)
	}
	return string(b), nil
}

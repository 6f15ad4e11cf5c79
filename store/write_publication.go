package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// publish makes an item public or takes it from public sight, with what belongs to a talk and its descendants where the
// change asks for that, and returns the items that are so from now on. Each is written: the log has each of them.
func (w *writer) publish(ctx context.Context, e *edit) ([]content.Ref, error) {
	to := content.Publication{Status: content.PubWithheld}
	if e.Op == content.Publish {
		to.Status = content.PubUsable
	}
	if e.Publication != nil {
		to = *e.Publication
	}
	if to.EmbargoedUntil = to.EmbargoedUntil.UTC().Truncate(time.Millisecond); !to.EmbargoedUntil.After(w.clock) {
		to.EmbargoedUntil = time.Time{}
	}
	list := []content.Ref{e.ref}
	for i := 0; e.Cascade && i < len(list); i++ {
		if content.TypeNamed(list[i].Type).Tree == "" {
			continue
		}
		more, err := w.belonging(ctx, list[i])
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	var moved []content.Ref
	for _, ref := range list {
		changed, err := w.showOrHide(ctx, e, ref, to)
		if err != nil {
			return nil, err
		}
		if changed {
			moved = append(moved, ref)
		}
	}
	return moved, nil
}

// showOrHide writes the publication of an item, and reports whether it changed.
func (w *writer) showOrHide(ctx context.Context, e *edit, ref content.Ref, to content.Publication) (bool, error) {
	item, err := w.item(ctx, ref)
	if err != nil {
		return false, err
	}
	if item.Publication.Status == to.Status && item.Publication.EmbargoedUntil.Equal(to.EmbargoedUntil) {
		return false, nil
	}
	item.Publication = &to
	before := len(w.problems)
	if err := w.checkCitations(ctx, e, item); err != nil {
		return false, err
	}
	if len(w.problems) > before {
		w.problems[len(w.problems)-1].Message += ": " + string(content.NewID(ref.Type, ref.Key)) + " has none"
		return false, nil
	}
	return true, w.put(ctx, item)
}

// NextEmbargo returns when the next embargo lifts; the zero time where nothing waits.
func (s *Store) NextEmbargo(ctx context.Context) (time.Time, error) {
	var next time.Time
	for _, table := range embargoed() {
		var until sql.NullString
		const text = "SELECT MIN(embargoed_until) FROM %[1]s INDEXED BY %[1]s_embargo WHERE visible = 0 AND embargoed_until IS NOT NULL AND pub_status = 'USABLE'"
		if err := s.query(ctx, fmt.Sprintf(text, table), nil, func(row *row) error { return row.Scan(&until) }); err != nil {
			return next, fmt.Errorf("read the next embargo: %w", err)
		}
		if !until.Valid {
			continue
		}
		at, err := time.Parse(time.RFC3339, until.String)
		if err != nil {
			return next, fmt.Errorf("read the next embargo: %w", err)
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}

// LiftEmbargoes makes public what was held back until now, as one revision, and returns the revision's number; the
// newest where nothing waited. An item of which readers would see no source stays held back, and the error names it.
func (s *Store) LiftEmbargoes(ctx context.Context) (content.Revision, error) {
	var done content.ApplyResult
	var held error
	err := s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		set := content.ChangeSet{Author: "parley", Reason: "PUBLICATION"}
		if err := w.begin(ctx, set); err != nil {
			return err
		}
		var list []content.Ref
		for _, t := range slices.Backward(content.Stored()) { // sources before what cites them
			kept, err := w.lift(ctx, t)
			if err != nil {
				return err
			}
			list = append(list, kept...)
		}
		held = w.heldBack(ctx, list)
		done.Revision = w.rev
		return w.end(ctx, &done)
	})
	return done.Revision, errors.Join(err, held)
}

// lift makes public the items of a type whose embargo has ended, and returns those that stay held back for want of a source.
func (w *writer) lift(ctx context.Context, t *content.Type) ([]content.Ref, error) {
	var keys []content.Key
	text := "SELECT id FROM " + sqlgen.Snake(t.Base) + " INDEXED BY " + sqlgen.Snake(t.Base) + "_embargo WHERE visible = 0 AND embargoed_until <= $1 AND pub_status = 'USABLE' ORDER BY id"
	err := w.query(ctx, text, []any{w.clock.UTC().Format(sqlgen.EmbargoLayout)}, func(row *row) error {
		var key content.Key
		err := row.Scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the embargoes of %s: %w", t.Plural, err)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	held, err := w.withoutSources(ctx, t, keys)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		ref := content.Ref{Type: t.Name, Key: key}
		if slices.Contains(held, ref) {
			continue
		}
		if t.IsView() {
			names, err := w.capacities(ctx, key)
			if err != nil {
				return nil, err
			}
			ref.Type = names[0]
		}
		item, err := w.item(ctx, ref)
		if err != nil {
			return nil, err
		}
		item.Publication = &content.Publication{Status: content.PubUsable}
		if err := w.put(ctx, item); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// embargoed are the tables whose items can be held back.
func embargoed() []string {
	var tables []string
	for _, t := range content.Stored() {
		tables = append(tables, sqlgen.Snake(t.Base))
	}
	return tables
}

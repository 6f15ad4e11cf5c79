package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"parley/content"
)

// canonicalize writes the items in canonical form that an earlier program stored otherwise: texts in NFC, language tags after
// RFC 5646, values of enumerations in upper case, the reasons of revisions too. It does so once, where the migration to this
// form left word of it, and makes one revision of those that differ, or none. Views of the past stay as they were. Where it
// is interrupted it begins again at the next start.
func (s *Store) canonicalize(ctx context.Context) error {
	var pending bool
	row := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pending WHERE task = 'canonical')")
	if err := row.Scan(&pending); err != nil || !pending {
		return err
	}
	_, err := s.Apply(ctx, content.ChangeSet{
		Author: "parley", Reason: "EDITORIAL", Note: "Texts, language tags and values of enumerations are in canonical form.", Repair: true, Stream: s.differently(ctx),
	})
	if err != nil {
		return fmt.Errorf("write items in canonical form: %w", err)
	}
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		if _, err := w.writeQueue.exec(ctx, "UPDATE revision SET reason = UPPER(reason) WHERE reason <> UPPER(reason)"); err != nil {
			return fmt.Errorf("write reasons in canonical form: %w", err)
		}
		_, err := w.writeQueue.exec(ctx, "DELETE FROM pending WHERE task = 'canonical'")
		return err
	})
}

// differently gives the items that are not in canonical form, as they are to be.
func (s *Store) differently(ctx context.Context) iter.Seq2[content.Item, error] {
	return func(yield func(content.Item, error) bool) {
		stop := errors.New("no more are needed")
		given := map[content.ExternalID]content.Key{}
		for _, t := range content.Types() {
			err := s.Items(ctx, 0, t, func(item content.Item) error {
				canonical, differs := content.Canonical(item)
				if !differs {
					return nil
				}
				if err := s.keepTaken(ctx, item, canonical, given); err != nil {
					return err
				}
				if !yield(canonical, nil) {
					return stop
				}
				return nil
			})
			if errors.Is(err, stop) {
				return
			}
			if err != nil {
				yield(content.Item{}, err)
				return
			}
		}
	}
}

// keepTaken leaves the external ids of an item as they were where another item has one of them in its canonical form, or is
// given it.
func (s *Store) keepTaken(ctx context.Context, item, canonical content.Item, given map[content.ExternalID]content.Key) error {
	ids, _ := canonical.Values["externalIds"].([]map[string]any)
	for _, id := range ids {
		if kind, _ := id["matchKind"].(string); kind != "" && kind != "EXACT" {
			continue // any number of items may have it
		}
		const find = "SELECT item_id FROM external_id WHERE type = $1 AND scheme = $2 AND value = $3 AND match_kind = 'EXACT' AND item_id <> $4 LIMIT 1"
		scheme, _ := id["scheme"].(string)
		value, _ := id["value"].(string)
		x := content.ExternalID{Scheme: item.Type.Base + " " + scheme, Value: value}
		if first, twice := given[x]; twice && first != item.Key {
			canonical.Values["externalIds"] = item.Values["externalIds"]
			return nil
		}
		given[x] = item.Key
		var other int64
		err := s.readers.QueryRowContext(ctx, find, item.Type.Name, scheme, value, int64(item.Key)).Scan(&other)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return fmt.Errorf("find an identifier: %w", err)
		default:
			canonical.Values["externalIds"] = item.Values["externalIds"]
			return nil
		}
	}
	return nil
}

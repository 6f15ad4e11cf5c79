package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/content"
)

// RevisionAt returns the last revision at or before a time. A time in the future, or before revision 1, is an error of
// the argument.
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (content.Revision, error) {
	if now := s.now(); t.After(now) {
		return 0, content.Errorf(content.BadUserInput, "%s is in the future: it is %s now", t.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	var n sql.NullInt64
	if err := s.readers.QueryRowContext(ctx, "SELECT number FROM revision WHERE at <= $1 ORDER BY number DESC LIMIT 1", t.UnixMilli()).Scan(&n); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find the revision of a time: %w", err)
	}
	if !n.Valid {
		return 0, content.Errorf(content.BadUserInput, "%s is before the first revision of this record", t.UTC().Format(time.RFC3339))
	}
	return content.Revision(n.Int64), nil
}

// Tombstone returns what is left of an item that was public and is no more; nil where there is none.
func (s *Store) Tombstone(context.Context, *content.Type, content.Key, content.Slug) (*content.Tombstone, error) {
	return nil, nil //nolint:nilnil // there is none
}

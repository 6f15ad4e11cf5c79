package store

import (
	"context"
	"fmt"
	"time"

	"parley/content"
)

const (
	// tolerance is how far the newest revision may be ahead of the clock without a warning: many revisions in one
	// millisecond are dated on from it, and clocks are set.
	tolerance = time.Second
	// nearly is how close to the clock a time means now, while the clock is behind the record.
	nearly = time.Minute
)

// RevisionAt returns the last revision at or before a time of which an audience sees anything. A time in the future, or
// before revision 1, is BAD_USER_INPUT. While the clock is behind the record, the future begins after the newest revision,
// and a time within a minute of the clock is now: the newest revision.
func (s *Store) RevisionAt(ctx context.Context, t time.Time, by content.Audience) (content.Revision, error) {
	read := "SELECT (SELECT number FROM revision WHERE at <= $1 ORDER BY at DESC LIMIT 1), number, at FROM revision ORDER BY number DESC LIMIT 1"
	if by == content.Public {
		read = "SELECT (SELECT MAX(number) FROM revision WHERE public = 1 AND number <= (SELECT number FROM revision WHERE at <= $1 ORDER BY at DESC LIMIT 1)), " +
			"number, at FROM revision WHERE public = 1 ORDER BY number DESC LIMIT 1"
	}
	var last, newest, newestAt int64
	err := s.snapshot(ctx, func(query queryFunc) error {
		return query(ctx, read, []any{t.UnixMilli()}, func(row *row) error {
			last, _ = row.columns[0].(int64)
			newest, _ = row.columns[1].(int64)
			newestAt, _ = row.columns[2].(int64)
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("find the revision of a time: %w", err)
	}
	now, ahead := s.now(), time.UnixMilli(newestAt)
	switch {
	case t.After(now) && t.After(ahead):
		return 0, content.Errorf(content.BadUserInput, "%s is in the future: it is %s now",
			t.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case ahead.Sub(now) > nearly && t.Sub(now).Abs() <= nearly:
		return content.Revision(newest), nil
	case last == 0:
		return 0, content.Errorf(content.BadUserInput, "%s is before the first revision of this record", t.UTC().Format(time.RFC3339))
	}
	return content.Revision(last), nil
}

// behind warns where the clock is behind the newest revision; empty where it is not.
func (s *Store) behind(newestAt time.Time) string {
	by := newestAt.Sub(s.now())
	if by <= tolerance {
		return ""
	}
	return fmt.Sprintf("the clock is behind the record by %s: the newest revision is dated %s, and new ones are dated on from it; "+
		"embargoes follow the clock (docs/operations.md, Clock)", by.Round(time.Second), newestAt.UTC().Format(time.RFC3339))
}

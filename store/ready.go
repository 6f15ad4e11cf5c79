package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Ready returns why the store cannot answer now, or nil; and what is amiss while it answers, a sentence each: the clock is
// behind the record, the disk is full.
func (s *Store) Ready(ctx context.Context) (warnings []string, err error) {
	if err := s.files.inPlace(); err != nil {
		return nil, err
	}
	if what, _ := s.Damage(); what != "" {
		return nil, errDamaged
	}
	session, err := s.sessions.take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.sessions.give(session)
	var newestAt int64
	err = session.use(ctx, func(n *snapshot) error {
		if _, err := s.readHeads(ctx, n); err != nil {
			return err
		}
		return n.query(ctx, "SELECT COALESCE(MAX(at), 0) FROM revision", nil, func(row *row) error { return row.Scan(&newestAt) })
	})
	if err != nil {
		return nil, fmt.Errorf("read the newest revision: %w", err)
	}
	if warning := s.behind(time.UnixMilli(newestAt)); warning != "" {
		warnings = append(warnings, warning)
	}
	if s.queue.full.Load() && !s.hasRoom() {
		warnings = append(warnings, errFull.Message+"; reads go on")
	}
	return warnings, nil
}

// hasRoom reports whether the disk of the database has room again, after a write found it full.
func (s *Store) hasRoom() bool {
	f, err := os.CreateTemp(filepath.Dir(s.path), ".parley-room-*")
	if err != nil {
		return false
	}
	_, err = f.Write(make([]byte, 1<<20))
	err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	if err == nil {
		s.queue.full.Store(false)
	}
	return err == nil
}

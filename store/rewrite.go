package store

import (
	"context"
	"errors"
	"fmt"

	"parley/content"
)

// Blanked words are still in the file: in pages that nothing uses, in the unused part of others, and in the log. A redaction has
// the whole file written anew from what the record says, which costs other writes nothing. The task stands in the table pending
// until that is done, so that it is begun again after a crash.

// errLogInUse is returned where the log could not be emptied.
var errLogInUse = errors.New("a reader is using the write-ahead log: it is truncated at the next start or the next redaction")

// rewrite writes the file anew and empties the log, where a redaction asked for it.
func (s *Store) rewrite(ctx context.Context) error {
	var pending bool
	row := s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pending WHERE task = 'rewrite')")
	if err := row.Scan(&pending); err != nil || !pending {
		return err
	}
	if err := s.queue.doRewrite(ctx); err != nil {
		return fmt.Errorf("rewrite the file: %w", err)
	}
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		_, err := w.writeQueue.exec(ctx, "DELETE FROM pending WHERE task = 'rewrite'")
		return err
	})
}

// rewrite carries out a job of doRewrite. The copy of the file that it writes first is a temporary file, not memory.
func (q *writeQueue) rewrite(j *job) {
	ctx := context.WithoutCancel(j.ctx)
	defer close(j.done)
	if j.err = q.set(ctx, "FILE", true); j.err == nil {
		j.err = q.execOnce(ctx, "VACUUM")
	}
	q.unfit = q.set(ctx, "MEMORY", true)
	if j.err = errors.Join(j.err, q.unfit); j.err == nil {
		j.err = q.truncateLog(ctx)
	}
}

// truncateLog copies the log into the file and empties it.
func (q *writeQueue) truncateLog(ctx context.Context) error {
	busy := false
	err := q.query(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil, func(row *row) error {
		var log, copied int64
		return row.Scan(&busy, &log, &copied)
	})
	if err == nil && busy {
		err = errLogInUse
	}
	return err
}

// resumeRewrite does at the start what an earlier process was kept from. Where the disk is full, or another process holds the
// log, it is left for the next time.
func (s *Store) resumeRewrite(ctx context.Context) error {
	err := s.rewrite(ctx)
	if errors.Is(err, errFull) || errors.Is(err, errLogInUse) {
		return nil
	}
	return err
}

// rewriteRedacted rewrites the file after a redaction, and says in the answer whether that was done.
func (s *Store) rewriteRedacted(ctx context.Context, done *content.ApplyResult) {
	if done.Redacted == nil {
		return
	}
	err := s.rewrite(context.WithoutCancel(ctx))
	if done.Redacted.Rewritten = err == nil; err != nil {
		s.reportWrite(fmt.Errorf("after a redaction: %w", err))
	}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"parley/content"
)

// Blanked words are still in the file: in pages that nothing uses, in the unused part of others, and in the log. A redaction has
// the whole file rewritten from the record, which costs other writes nothing. The task is in the table pending
// until that is done, so that it is begun again after a crash, and by a server while it runs.

// errLogInUse is returned where the log could not be emptied.
var errLogInUse = errors.New("a reader is using the write-ahead log: it is truncated once that reader has ended")

// The tasks of a redaction, in their order: the second is in the table once the first is done.
const (
	taskRewrite  = "rewrite"  // rewrite the file
	taskTruncate = "truncate" // copy the log into the file and empty it
)

// rewrite carries out the tasks that a redaction left.
func (s *Store) rewrite(ctx context.Context) error {
	task, err := s.pendingTask(ctx)
	if err != nil || task == "" {
		return err
	}
	if task == taskRewrite {
		if err := s.queue.doOutside(ctx, s.queue.vacuum); err != nil {
			return fmt.Errorf("write the file anew: %w", err)
		}
		if err := s.taskDone(ctx, taskRewrite, taskTruncate); err != nil {
			return err
		}
	}
	if err := s.queue.doOutside(ctx, s.queue.truncateLog); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	return s.taskDone(ctx, taskTruncate, "")
}

// pendingTask returns the first task that is to be done, or an empty text.
func (s *Store) pendingTask(ctx context.Context) (task string, err error) {
	const read = "SELECT COALESCE(MIN(task), '') FROM pending WHERE task IN ('" + taskRewrite + "', '" + taskTruncate + "')"
	if err := s.query(ctx, read, nil, func(row *row) error { return row.Scan(&task) }); err != nil {
		return "", fmt.Errorf("read what a redaction left to do: %w", err)
	}
	return task, nil
}

// taskDone takes a task from the table, and puts the one that follows it there.
func (s *Store) taskDone(ctx context.Context, done, next string) error {
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		if _, err := w.writeQueue.exec(ctx, "DELETE FROM pending WHERE task = $1", done); err != nil || next == "" {
			return err
		}
		_, err := w.writeQueue.exec(ctx, "INSERT INTO pending (task) VALUES ($1) ON CONFLICT DO NOTHING", next)
		return err
	})
}

// doOutside runs a job between the batches of the queue, outside of any transaction.
func (q *writeQueue) doOutside(ctx context.Context, run func(context.Context) error) error {
	return q.wait(q.rewrites, &job{ctx: ctx, outside: run, texts: q.textsOfJob()})
}

// rewrite carries out a job of doOutside.
func (q *writeQueue) rewrite(j *job) {
	defer close(j.done)
	j.err = j.outside(context.WithoutCancel(j.ctx))
}

// vacuum rewrites the file. The copy that it writes first is a temporary file, not memory.
func (q *writeQueue) vacuum(ctx context.Context) error {
	err := q.set(ctx, "FILE", true)
	if err == nil {
		err = q.execOnce(ctx, "VACUUM")
	}
	q.unfit = q.set(ctx, "MEMORY", true)
	return errors.Join(err, q.unfit)
}

// truncateLog copies the log into the file and empties it. It waits for a reader shortly, since other writes wait meanwhile.
func (q *writeQueue) truncateLog(ctx context.Context) error {
	if err := q.execOnce(ctx, "PRAGMA busy_timeout = 200"); err != nil {
		return err
	}
	busy := false
	err := q.query(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil, func(row *row) error {
		var log, copied int64
		return row.Scan(&busy, &log, &copied)
	})
	if err == nil && busy {
		err = errLogInUse
	}
	return errors.Join(err, q.execOnce(ctx, "PRAGMA busy_timeout = "+strconv.Itoa(busyTimeout)))
}

// FinishRedactions does what earlier redactions were kept from: the disk was full, a reader held the log, or the process ended. It
// returns an error while the reason still holds.
func (s *Store) FinishRedactions(ctx context.Context) error { return s.rewrite(ctx) }

// resumeRewrite does at the start what can be done. The rest is left for later.
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

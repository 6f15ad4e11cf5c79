package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/content"
	"parley/internal/crash"
	"parley/internal/requestlog"
)

// Write makes one revision of the items of a change set, all of it or nothing, and returns the revision's number once it
// is on disk: the short way to [Store.Apply] for content that was checked where it comes from.
func (s *Store) Write(ctx context.Context, set content.ChangeSet) (content.Revision, error) {
	done, err := s.Apply(ctx, set)
	return done.Revision, err
}

// Apply makes one revision of the change set, all of it or nothing, and returns once it is on disk. The former rows
// go to the history. A change set that changes nothing makes no revision: the newest is returned. Problems
// of its changes are returned as [content.Problems], each with the path of the input.
func (s *Store) Apply(ctx context.Context, set content.ChangeSet) (content.ApplyResult, error) {
	var done content.ApplyResult
	j := &job{ctx: ctx, noSavepoint: checkedFirst(set), texts: s.queue.textsOfJob(), run: func(ctx context.Context, w *writer) (err error) {
		done, err = w.apply(ctx, set)
		return err
	}}
	queue := s.queue.jobs
	if set.Stream != nil {
		queue, j.bulk = s.queue.loads, true
	} else if err := j.texts.ahead(ctx, set); err != nil {
		return done, err
	}
	if err := s.queue.wait(queue, j); err != nil {
		return content.ApplyResult{}, err
	}
	s.commits.ring()
	s.rewriteRedacted(ctx, &done)
	return done, nil
}

// checkedFirst reports whether a set writes one item, which is checked before anything is written.
func checkedFirst(set content.ChangeSet) bool {
	if len(set.Items)+len(set.Changes) != 1 {
		return false
	}
	return len(set.Items) == 1 || !set.Changes[0].Cascade && set.Changes[0].Op != content.Redact
}

// lastRevision is the newest revision and its time.
type lastRevision struct {
	number content.Revision
	at     int64 // milliseconds since 1970
}

// writer writes one revision.
type writer struct {
	*writeQueue
	callerCtx      context.Context  //nolint:containedctx // of the caller: it is looked at between items, so that no statement is cut off
	note           *requestlog.Note // of the request of the caller, or nil
	texts          *derivedTexts
	rev            content.Revision
	at             time.Time                   // of the revision: after that of the newest one, whatever the clock says
	clock          time.Time                   // of the machine: embargoes end by it
	insertRevision func(context.Context) error // writes the row of the revision, before anything else is written; nil after that
	changed        bool
	log            []*logEntry
	known          map[content.Ref]*logEntry // what log has, by item
	flushed        bool                      // whether a part of the log is written already
	pending        []*logEntry               // those written already of which readers may see more
	public         bool                      // whether readers without a token see anything of the revision
	bulk           *bulk                     // that is over, but for the indexes of derived rows
	affected
	// The client keys of the changes of a set, and their problems.
	locals   map[string]content.Ref
	created  map[content.Ref]bool
	deleting map[content.Ref]bool // what the set deletes
	slugs    map[named]content.Key
	claims   []claim
	shown    map[content.Ref]string // what readers see from now on, with its place in the input
	hidden   map[content.Key]string // the sources that readers do not see from now on, likewise
	redacted *content.Redacted      // what a redaction blanked; nil without one
	uncited  bool                   // whether it is shown without a look at its sources
	doing    *edit                  // the change that is carried out; nil for items of files
	problems content.Problems
}

// logEntry is the change of one item by the revision.
type logEntry struct {
	ref    content.Ref
	op     string
	fields []string // that changed, by name
	// was and is say whether readers without a token saw the item before the revision, and see it after.
	was, is bool
	seen    []string // the fields that they see differ; nil where they see nothing of the change
	blanked bool     // whether its history was overwritten, so that versions do not show what differs
	written bool
}

func newWriter(j *job, d *writeQueue) *writer {
	return &writer{
		writeQueue: d, callerCtx: j.ctx, note: requestlog.Of(j.ctx), texts: j.texts, known: map[content.Ref]*logEntry{},
		affected: affected{talks: map[content.Key]bool{}, holders: map[content.Key]bool{}},
		locals:   map[string]content.Ref{}, created: map[content.Ref]bool{}, deleting: map[content.Ref]bool{}, slugs: map[named]content.Key{},
		shown: map[content.Ref]string{}, hidden: map[content.Key]string{},
	}
}

// items puts the items of a change set, those at hand and those of its stream, and adds what they refer to.
func (w *writer) items(ctx context.Context, set content.ChangeSet, to targets) error {
	for _, item := range set.Items {
		if err := w.callerCtx.Err(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		to.add(item.Type.Fields, item.Values)
		if err := w.put(ctx, item); err != nil {
			return fmt.Errorf("write %s %q: %w", strings.ToLower(item.Type.Name), item.Slug, err)
		}
	}
	if set.Stream == nil {
		return nil
	}
	if err := w.stream(ctx, set.Stream, set.Rest == nil && len(set.Changes) == 0); err != nil {
		return err
	}
	return w.checkChains(ctx)
}

// allChanges returns the changes of a set, those last that it gives once its stream has ended.
func allChanges(ctx context.Context, set content.ChangeSet) ([]content.Change, error) {
	if set.Rest == nil {
		return set.Changes, nil
	}
	rest, err := set.Rest(ctx)
	return slices.Concat(set.Changes, rest), err
}

// recordUnchanged refuses a change set whose author knew another revision than the newest one; 0 is any.
func (w *writer) recordUnchanged(known content.Revision) error {
	var problem *content.Error
	switch newest := w.rev - 1; {
	case known == 0 || known == newest:
		return nil
	case known > newest:
		problem = content.Errorf(content.RecordChanged, notMade, known, newest)
	default:
		problem = content.Errorf(content.Conflict, "the record has changed since revision %d: it is at revision %d", known, newest)
		problem.Details = map[string]any{"revision": int64(newest)}
	}
	problem.Field = "input.ifRevision"
	return content.Problems{problem}
}

// apply makes a revision of a change set.
func (w *writer) apply(ctx context.Context, set content.ChangeSet) (content.ApplyResult, error) {
	if done, repeated, err := w.repeated(ctx, set); err != nil || repeated {
		return done, err
	}
	var done content.ApplyResult
	if err := w.begin(ctx, set); err != nil {
		return done, err
	}
	if err := w.recordUnchanged(set.IfRevision); err != nil {
		return done, err
	}
	w.uncited = w.rev == 1 || set.Undo > 0 || set.Repair // the first revision may be an export, and what is undone was so before
	to := targets{}
	if err := w.items(ctx, set, to); err != nil {
		return done, err
	}
	list, err := allChanges(ctx, set)
	if err != nil {
		return done, err
	}
	done, err = w.changes(ctx, list)
	if err != nil {
		return done, err
	}
	if err := w.reach(ctx, to); err != nil {
		return done, err
	}
	if done.Undone, done.Kept, err = w.undoRevision(ctx, set); err != nil {
		return done, err
	}
	if done.Annotated, err = w.annotate(ctx, set.Annotate); err != nil {
		return done, err
	}
	if err := w.checkClaims(ctx); err != nil {
		return done, err
	}
	sources, err := w.settleSources(ctx, set)
	if err != nil {
		return done, err
	}
	done.PublicationChanged = append(done.PublicationChanged, sources...)
	if len(w.problems) > 0 {
		return done, w.problems
	}
	done.Revision, done.Redacted = w.rev, w.redacted
	if err := w.end(ctx, &done); err != nil {
		return done, err
	}
	done.Made = done.Revision == w.rev
	return done, w.remember(ctx, set, done)
}

// attempt runs a job; a panic is an error of it.
func (w *writer) attempt(ctx context.Context, run func(context.Context, *writer) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crash.Recovered(v)
		}
		w.bulk.close()
	}()
	err = run(ctx, w)
	if w.texts.lacking() { // whatever else is wrong may follow from that
		err = errUnderivedTexts
	}
	return err
}

// begin numbers the revision. Its row is written before the first row that names it.
func (w *writer) begin(ctx context.Context, set content.ChangeSet) error {
	if w.last.number == 0 {
		const read = "SELECT number, at FROM revision ORDER BY number DESC LIMIT 1"
		if err := w.scan(ctx, read, nil, []any{&w.last.number, &w.last.at}); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read the newest revision: %w", err)
		}
	}
	w.rev = w.last.number + 1
	w.clock = w.now()
	w.at = time.UnixMilli(max(w.clock.UnixMilli(), w.last.at+1))
	w.insertRevision = func(ctx context.Context) error {
		const insert = "INSERT INTO revision (number, at, author, reason, note, token, schema) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		if _, err := w.exec(ctx, insert, w.rev, w.at.UnixMilli(), content.Cleaned(content.Composed(set.Author)), string(set.Reason), content.Cleaned(content.Composed(set.Note)), set.Token, w.schema); err != nil {
			return fmt.Errorf("begin revision %d: %w", w.rev, err)
		}
		return nil
	}
	return nil
}

// end logs what the revision changed and brings up to date what follows from it. Where nothing changed there is no
// revision.
func (w *writer) end(ctx context.Context, done *content.ApplyResult) error {
	w.log = slices.DeleteFunc(w.log, func(l *logEntry) bool { return l.op == "" })
	if len(w.log) == 0 && !w.flushed {
		done.Revision = w.rev - 1
		if !w.changed {
			return nil
		}
		if _, err := w.exec(ctx, "DELETE FROM revision WHERE number = $1", w.rev); err != nil {
			return fmt.Errorf("roll back revision %d: %w", w.rev, err)
		}
		return w.endDerived(ctx)
	}
	if err := w.settleSeen(ctx); err != nil {
		return err
	}
	if err := w.writeLog(ctx, w.log); err != nil {
		return err
	}
	if err := w.endSeen(ctx); err != nil {
		return err
	}
	w.last = lastRevision{w.rev, w.at.UnixMilli()}
	if err := w.derive(ctx); err != nil {
		return err
	}
	return w.endDerived(ctx)
}

// exec runs a statement that writes.
func (w *writer) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	w.changed = true
	if head := w.insertRevision; head != nil {
		w.insertRevision = nil
		if err := head(ctx); err != nil {
			return nil, err
		}
	}
	defer w.ran(text, args, w.now())
	return w.writeQueue.exec(ctx, text, args...)
}

// query runs a statement and calls the function for each of its rows.
func (w *writer) query(ctx context.Context, text string, args []any, each func(*row) error) error {
	defer w.ran(text, args, w.now())
	return w.writeQueue.query(ctx, text, args, each)
}

// ran notes a statement that began at a time, where the write belongs to a request with a note.
func (w *writer) ran(text string, args []any, begin time.Time) {
	if w.note != nil {
		w.note.Ran(requestlog.Statement{Text: text, Args: args, Begin: begin, Took: w.now().Sub(begin)})
	}
}

// scan reads the first row of a statement; sql.ErrNoRows where there is none.
func (w *writer) scan(ctx context.Context, text string, args, dest []any) error {
	found := false
	err := w.query(ctx, text, args, func(row *row) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(dest...)
	})
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return err
}

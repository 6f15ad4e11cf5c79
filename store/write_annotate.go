package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// annotate gives a revision another reason or another note, and keeps the former ones. The items that it changed, of those that
// are there, are issued again as they are, so that caches, feeds and copies read the new reason and note. A revision that says so
// already stays as it is.
func (w *writer) annotate(ctx context.Context, a *content.Annotation) (*content.Annotation, error) {
	if a == nil {
		return nil, nil //nolint:nilnil // nothing was asked
	}
	if a.Revision >= w.rev {
		return nil, annotateError("revision", "there is no revision %d: the newest is %d", a.Revision, w.rev-1)
	}
	var reason content.RevisionReason
	var note string
	if err := w.scan(ctx, "SELECT reason, note FROM revision WHERE number = $1", []any{a.Revision}, []any{&reason, &note}); err != nil {
		return nil, fmt.Errorf("read revision %d: %w", a.Revision, err)
	}
	now := *a
	if now.Reason == "" {
		now.Reason = reason
	}
	if now.Note = content.Composed(now.Note); !now.Noted {
		now.Note = note
	}
	switch {
	case now.Reason == reason && now.Note == note:
		return nil, nil //nolint:nilnil // nothing is different
	case now.Reason != reason && reason == "REDACTION":
		return nil, annotateError("reason", "revision %d is a redaction, and its reason cannot change: annotate only its note", a.Revision)
	case now.Reason != reason && now.Reason == "REDACTION":
		return nil, annotateError("reason", "REDACTION is reserved for redactContent")
	}
	issued, err := w.issueAgain(ctx, a.Revision)
	if err != nil {
		return nil, err
	}
	if !issued {
		return nil, annotateError("revision", "all items that revision %d changed have been deleted: there is no item to show its note on", a.Revision)
	}
	const keep = "INSERT INTO revision_history (number, to_rev, reason, note) VALUES ($1, $2, $3, $4)"
	if _, err := w.exec(ctx, keep, a.Revision, w.rev, string(reason), note); err != nil {
		return nil, fmt.Errorf("store the former note: %w", err)
	}
	if _, err := w.exec(ctx, "UPDATE revision SET reason = $1, note = $2 WHERE number = $3", string(now.Reason), now.Note, a.Revision); err != nil {
		return nil, fmt.Errorf("annotate revision %d: %w", a.Revision, err)
	}
	return &now, nil
}

// annotateError is a problem of the input of annotateRevision.
func annotateError(field, format string, args ...any) error {
	problem := content.Errorf(content.BadUserInput, format, args...)
	problem.Field = "input." + field
	return content.Problems{problem}
}

// issueAgain makes new versions of the items that a revision changed, equal to those that they replace, and reports whether
// one of them is there. Their lines of the log have no fields: see [reissuedOnly].
func (w *writer) issueAgain(ctx context.Context, of content.Revision) (bool, error) {
	var refs []content.Ref
	told := map[content.Ref]bool{} // of which readers without a token have changes
	err := w.query(ctx, "SELECT type, item_id, seen IS NOT NULL FROM change WHERE revision = $1 ORDER BY type, item_id", []any{of}, func(row *row) error {
		var ref content.Ref
		var seen bool
		err := row.Scan(&ref.Type, &ref.Key, &seen)
		refs, told[ref] = append(refs, ref), seen
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read what revision %d changed: %w", of, err)
	}
	issued := false
	replaced := map[content.Ref]bool{} // the two capacities of an actor are one row
	for _, ref := range refs {
		if err := w.callerCtx.Err(); err != nil {
			return false, fmt.Errorf("annotate: %w", err)
		}
		t := content.TypeNamed(ref.Type)
		var there, visible bool
		err := w.scan(ctx, "SELECT TRUE, x.visible FROM "+sqlgen.Render(sqlgen.Source(t))+" WHERE x.id = $1", []any{int64(ref.Key)}, []any{&there, &visible})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, fmt.Errorf("find an item: %w", err)
		}
		if !there {
			continue
		}
		issued = true
		seen := visible && told[ref]
		w.logs(logEntry{ref: ref, op: "UPDATED", was: visible, is: visible, blanked: seen})
		if row := (content.Ref{Type: t.Base, Key: ref.Key}); !replaced[row] {
			replaced[row] = true
			var of []cell
			if seen {
				of = []cell{{"seen_rev", "", int64(w.rev)}}
			}
			if err := w.replace(ctx, sqlgen.Snake(t.Base), ref.Key, of); err != nil {
				return false, err
			}
		}
		if t.Timeline != "" { // its covering rows name the version
			w.touch(content.Item{Type: t, Key: ref.Key}, formerRow{}, nil)
		}
	}
	return issued, nil
}

// reissuedOnly is the condition that a line of the log, under an alias, changed nothing of its item: an annotation issued it
// again.
func reissuedOnly(alias string) string {
	return alias + ".op = 'UPDATED' AND " + alias + ".fields = '[]'"
}

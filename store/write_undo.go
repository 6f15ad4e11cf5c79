package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// undo makes one revision in which the items of an earlier one are as they were before it: those that it created are deleted,
// those that it deleted come back, and the others say what they said before, publication and slug included. Items that changed
// since stay as they are, and so do those that the record of now does not let go or take back; the answer lists them with the
// reason.
//
// The items are judged before anything is written: each verdict may change that of others, so they are repeated until none
// does. Deletions are written first, so that the slugs and identifiers of what goes are free.
type undo struct {
	*writer
	of     content.Revision
	role   content.Role
	edits  []*undoneItem
	byRef  map[content.Ref]*undoneItem
	staged map[content.Ref]content.Item // former items with their references resolved
}

// undoneItem is an item of the revision that is undone.
type undoneItem struct {
	edit
	op   string // of the revision
	slug content.Slug
	kept *content.Kept // why it stays; nil where it does not
}

// undoRevision undoes a revision. The zero revision asks for nothing.
func (w *writer) undoRevision(ctx context.Context, set content.ChangeSet) ([]content.Undone, []content.Kept, error) {
	if set.Undo == 0 {
		return nil, nil, nil
	}
	u := &undo{writer: w, of: set.Undo, role: set.Role, byRef: map[content.Ref]*undoneItem{}, staged: map[content.Ref]content.Item{}}
	if err := u.read(ctx); err != nil {
		return nil, nil, err
	}
	for changed := true; changed; {
		var err error
		if changed, err = u.judge(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := u.allowed(ctx); err != nil {
		return nil, nil, err
	}
	if !set.DryRun {
		if err := u.write(ctx); err != nil {
			return nil, nil, err
		}
	}
	done, kept := u.report()
	return done, kept, nil
}

// read reads the items of the revision, and notes the items that changed since.
func (u *undo) read(ctx context.Context) error {
	if u.of >= u.rev {
		return u.refuse("there is no revision %d: the newest is %d", u.of, u.rev-1)
	}
	var reason content.RevisionReason
	if err := u.scan(ctx, "SELECT reason FROM revision WHERE number = $1", []any{u.of}, []any{&reason}); err != nil {
		return fmt.Errorf("read revision %d: %w", u.of, err)
	}
	if reason == "REDACTION" {
		return u.refuse("revision %d is a redaction: the words that it blanked are gone from every revision", u.of)
	}
	changes := `SELECT n.type, n.item_id, n.op, COALESCE((
  SELECT MAX(c.revision) FROM change AS c
  WHERE c.item_id = n.item_id AND (c.type = n.type OR c.type IN ('Mediator', 'Party') AND n.type IN ('Mediator', 'Party')) AND c.revision > $1
    AND NOT (` + reissuedOnly("c") + `)), 0)
FROM change AS n
WHERE n.revision = $1
  AND NOT (` + reissuedOnly("n") + `)
ORDER BY n.type, n.item_id`
	err := u.query(ctx, changes, []any{u.of}, func(row *row) error {
		e := &undoneItem{}
		var since content.Revision
		if err := row.Scan(&e.ref.Type, &e.ref.Key, &e.op, &since); err != nil {
			return err
		}
		e.Op, e.Type, e.Key = content.Revert, content.TypeNamed(e.ref.Type), e.ref.Key
		if since > 0 {
			e.kept = &content.Kept{
				Reason: content.ChangedSince, Revision: since, Message: fmt.Sprintf("it has changed since, at revision %d", since),
			}
		}
		u.edits, u.byRef[e.ref] = append(u.edits, e), e
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what revision %d changed: %w", u.of, err)
	}
	if len(u.edits) == 0 {
		return u.refuse("revision %d changed no item", u.of)
	}
	for _, e := range u.edits {
		if e.slug, err = u.lastSlug(ctx, e.ref); err != nil {
			return err
		}
	}
	slices.SortStableFunc(u.edits, func(a, b *undoneItem) int {
		return cmp.Or(strings.Compare(a.ref.Type, b.ref.Type), cmp.Compare(a.slug, b.slug))
	})
	return nil
}

// lastSlug returns the slug that an item has, or had when it was deleted.
func (u *undo) lastSlug(ctx context.Context, ref content.Ref) (slug content.Slug, err error) {
	table := sqlgen.Snake(content.TypeNamed(ref.Type).Base)
	text := "SELECT slug FROM " + table + " WHERE id = $1\nUNION ALL\nSELECT * FROM (SELECT slug FROM " + table + "_history WHERE id = $1 ORDER BY to_rev DESC LIMIT 1)\nLIMIT 1"
	if err := u.scan(ctx, text, []any{int64(ref.Key)}, []any{&slug}); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read a slug: %w", err)
	}
	return slug, nil
}

func (u *undo) refuse(format string, args ...any) error {
	problem := content.Errorf(content.BadUserInput, format, args...)
	problem.Field = "input.revision"
	return content.Problems{problem}
}

// judge checks the items that are still to be undone, and reports whether one of them is kept from now on.
func (u *undo) judge(ctx context.Context) (bool, error) {
	clear(u.deleting)
	clear(u.created)
	for _, e := range u.edits {
		switch {
		case e.kept != nil:
		case e.op == "CREATED":
			u.deleting[e.ref] = true
		case e.op == "DELETED":
			u.created[e.ref] = true
		}
	}
	again := false
	returning := u.returning()
	for _, name := range slices.Sorted(maps.Keys(returning)) {
		for keys := range slices.Chunk(returning[name], pageOfItems) {
			kept, err := u.judgePage(ctx, content.TypeNamed(name), keys)
			if err != nil {
				return false, err
			}
			again = again || kept
		}
	}
	for _, e := range u.edits {
		if _, staged := u.staged[e.ref]; e.kept == nil && e.op != "CREATED" && !staged {
			e.kept, again = &content.Kept{Reason: content.NotReverted, Message: "there is no earlier version of it"}, true
		}
	}
	blocked, err := u.blocked(ctx)
	return again || blocked, err
}

// returning are the keys of the items that are to be as they were, by type.
func (u *undo) returning() map[string][]content.Key {
	keys := map[string][]content.Key{}
	for _, e := range u.edits {
		if e.kept == nil && e.op != "CREATED" {
			keys[e.ref.Type] = append(keys[e.ref.Type], e.ref.Key)
		}
	}
	return keys
}

// judgePage reads items as they were and checks whether the record takes them. It reports whether one is kept for that.
func (u *undo) judgePage(ctx context.Context, t *content.Type, keys []content.Key) (bool, error) {
	if err := u.callerCtx.Err(); err != nil {
		return false, fmt.Errorf("undo: %w", err)
	}
	page, err := wholeItems(ctx, u.query, u.of-1, t, "x.id IN (SELECT value FROM json_each($2))", keyList(keys))
	if err != nil {
		return false, err
	}
	again := false
	for _, item := range page {
		item, _ = content.Canonical(item) // revisions from before texts were composed
		e := u.byRef[content.Ref{Type: t.Name, Key: item.Key}]
		outer := u.problems
		u.problems, u.doing = nil, &e.edit
		if item.Values, err = u.resolveAll(ctx, &e.edit, item); err == nil {
			err = u.check(ctx, &e.edit, item)
		}
		if err == nil {
			err = u.checkClaims(ctx, e, item)
		}
		wrong := u.problems
		u.problems, u.doing = outer, nil
		if err != nil {
			return false, err
		}
		if len(wrong) > 0 {
			e.kept, again = &content.Kept{Reason: content.NotReverted, Message: wrong[0].Message}, true
			delete(u.staged, e.ref)
			continue
		}
		u.staged[e.ref] = item
	}
	return again, nil
}

// checkClaims notes an identifier that an item of now has which is not undone.
func (u *undo) checkClaims(ctx context.Context, e *undoneItem, item content.Item) error {
	for _, id := range item.ExactIDs() {
		for _, name := range sqlgen.CapacitiesOf(item.Type) {
			key, found, err := u.byExternal(ctx, content.TypeNamed(name), id)
			if err != nil {
				return err
			}
			other := u.byRef[content.Ref{Type: name, Key: key}]
			if found && key != item.Key && (other == nil || other.kept != nil) {
				u.addProblem(e.fieldError(content.Conflict, "externalIds", "%s has the identifier %q of %s",
					content.NewID(name, key), id.Value, id.Scheme))
			}
		}
	}
	return nil
}

// blocked keeps the items that are to be deleted while others refer to them that stay as they are.
func (u *undo) blocked(ctx context.Context) (bool, error) {
	again := false
	for len(u.deleting) > 0 {
		found, err := u.referrersOf(ctx, u.deleting)
		if err != nil {
			return false, err
		}
		held := false
		for _, ref := range inOrder(found) {
			list := slices.DeleteFunc(found[ref], func(r referrer) bool { return u.moves(r.Ref) })
			if len(list) == 0 {
				continue
			}
			held = true
			delete(u.deleting, ref)
			u.byRef[ref].kept = keptFor(list)
		}
		if again = again || held; !held {
			break
		}
	}
	return again, nil
}

// moves reports whether an item goes or is as it was before, so that what it refers to now does not count. An actor goes once
// it is left without a capacity.
func (u *undo) moves(ref content.Ref) bool {
	for _, name := range sqlgen.CapacitiesOf(content.TypeNamed(ref.Type)) {
		if e := u.byRef[content.Ref{Type: name, Key: ref.Key}]; e != nil && e.kept == nil {
			return true
		}
	}
	return false
}

// keptFor returns the reason for keeping an item that others refer to.
func keptFor(list []referrer) *content.Kept {
	kept := &content.Kept{Reason: content.ReferredTo}
	var names []string
	for _, r := range list[:min(len(list), maxReferrers)] {
		names = append(names, fmt.Sprintf("%s %q by %s", strings.ToLower(r.Type), r.slug, r.field))
		kept.Referrers = append(kept.Referrers, r.Ref)
	}
	kept.Message = "it is referenced by " + strings.Join(names[:min(len(names), 5)], ", ")
	if len(list) > 5 {
		kept.Message += fmt.Sprintf(" and %d others", len(list)-5)
	}
	return kept
}

// allowed refuses what the author may not do alone: to delete, to publish and to withdraw needs a publisher.
func (u *undo) allowed(ctx context.Context) error {
	if u.role == content.Nobody || u.role.May(content.Publisher) {
		return nil
	}
	deleted, moved := 0, 0
	for _, e := range u.edits {
		switch former := u.staged[e.ref]; {
		case e.kept != nil:
		case e.op == "CREATED":
			deleted++
		default:
			now, err := u.item(ctx, e.ref)
			if errors.Is(err, content.ErrNotFound) {
				now.Publication = &content.Publication{Status: content.PubWithheld}
			} else if err != nil {
				return err
			}
			if now.Publication.Status != former.Publication.Status ||
				!now.Publication.EmbargoedUntil.Equal(former.Publication.EmbargoedUntil) {
				moved++
			}
		}
	}
	if deleted+moved == 0 {
		return nil
	}
	problem := content.Errorf(content.Forbidden, "to undo revision %d deletes %d items and publishes or withdraws %d: this needs role %s, the token has role %s",
		u.of, deleted, moved, content.Publisher, u.role)
	problem.Field, problem.Details = "input.revision", map[string]any{"role": content.Publisher}
	return content.Problems{problem}
}

// write deletes what is to go, and writes the others as they were.
func (u *undo) write(ctx context.Context) error {
	for _, deletes := range []bool{true, false} {
		for _, e := range u.edits {
			if e.kept != nil || (e.op == "CREATED") != deletes {
				continue
			}
			if err := u.callerCtx.Err(); err != nil {
				return fmt.Errorf("undo: %w", err)
			}
			u.doing = &e.edit
			var err error
			if deletes {
				err = u.deleteItem(ctx, e.ref)
			} else {
				err = u.put(ctx, u.staged[e.ref])
			}
			if err != nil {
				return fmt.Errorf("undo revision %d of %s: %w", u.of, content.NewID(e.ref.Type, e.ref.Key), err)
			}
		}
	}
	u.doing = nil
	return nil
}

// report returns what became of the items, in the order of their types and slugs.
func (u *undo) report() (done []content.Undone, kept []content.Kept) {
	for _, e := range u.edits {
		if e.kept != nil {
			e.kept.Ref, e.kept.Slug = e.ref, e.slug
			kept = append(kept, *e.kept)
			continue
		}
		if item, staged := u.staged[e.ref]; staged {
			e.slug = item.Slug
		}
		done = append(done, content.Undone{Ref: e.ref, Slug: e.slug, Op: e.op})
	}
	return done, kept
}

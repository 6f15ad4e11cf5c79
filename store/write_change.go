package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// edit is one change of a set on its way: the item that it concerns.
type edit struct {
	content.Change
	ref  content.Ref
	slug content.Slug // of what it creates
	// former is what the item said before a change that gives some of its fields.
	former map[string]any
}

// changes applies the changes of a set in their order. The problems of all changes are gathered; with one, nothing is written.
func (w *writer) changes(ctx context.Context, list []content.Change) (content.ApplyResult, error) {
	var done content.ApplyResult
	edits := make([]*edit, len(list))
	for i, c := range list {
		if c.Named != nil {
			ref, err := w.resolve(ctx, *c.Named)
			if problem, ok := errors.AsType[*content.Error](err); ok {
				w.addProblem(problem)
				continue
			} else if err != nil {
				return done, err
			}
			c.Key = ref.Key
		}
		edits[i] = &edit{Change: c, ref: content.Ref{Type: c.Type.Name, Key: c.Key}}
		if c.Op == content.Delete {
			w.deleting[edits[i].ref] = true
		}
		if err := w.reserveKey(ctx, edits[i]); err != nil {
			return done, err
		}
	}
	done.Refs = make([]content.Ref, len(list))
	for i, e := range edits {
		if err := w.callerCtx.Err(); err != nil {
			return done, fmt.Errorf("write: %w", err)
		}
		if e == nil {
			continue // the item is unknown, and the problem is noted
		}
		w.doing = e
		gone, moved, err := w.applyChange(ctx, e)
		if problem, ok := errors.AsType[*content.Error](err); ok {
			w.addProblem(problem)
		} else if err != nil {
			return done, fmt.Errorf("write %s: %w", content.NewID(e.Type.Name, e.ref.Key), err)
		}
		done.Deleted, done.PublicationChanged = append(done.Deleted, gone...), append(done.PublicationChanged, moved...)
		if e.Op != content.Delete {
			done.Refs[i] = e.ref
		}
	}
	if err := w.checkClaims(ctx); err != nil {
		return done, err
	}
	if len(w.problems) > 0 {
		return done, w.problems
	}
	w.doing = nil
	return done, nil
}

// reserveKey finds out which item a change is to create, so that other changes can refer to it whatever their order.
func (w *writer) reserveKey(ctx context.Context, e *edit) error {
	if e.Op == content.Put {
		e.slug = e.Slug
	}
	if e.Op != content.Create {
		return nil
	}
	if e.ExistingActor != nil {
		ref, err := w.resolve(ctx, *e.ExistingActor)
		if problem, ok := errors.AsType[*content.Error](err); ok {
			w.addProblem(problem)
			return nil
		} else if err != nil {
			return err
		}
		e.ref.Key = ref.Key
	} else if err := w.newKey(ctx, e); err != nil {
		return err
	}
	w.created[e.ref] = true
	w.slugs[named{e.Type.Base, e.slug}] = e.ref.Key
	if e.ClientKey != "" {
		w.locals[e.ClientKey] = e.ref
	}
	return nil
}

// applyChange applies one change and returns the items that were deleted, and those that were published or withdrawn. Its problems
// are added to the writer's, or returned as a content.Error.
func (w *writer) applyChange(ctx context.Context, e *edit) (gone, moved []content.Ref, err error) {
	if e.Op == content.Create {
		return nil, nil, w.create(ctx, e)
	}
	if e.Op == content.Put {
		return nil, nil, w.putChecked(ctx, e, content.Item{Type: e.Type, Key: e.Key, Slug: e.Slug, Values: e.Values, Publication: e.Publication})
	}
	item, err := w.item(ctx, e.ref)
	switch {
	case errors.Is(err, content.ErrNotFound) && e.Op == content.Revert:
		return nil, nil, w.revert(ctx, e, content.Item{})
	case errors.Is(err, content.ErrNotFound) && e.Op == content.Redact:
		return nil, nil, w.redactDeleted(ctx, e)
	case errors.Is(err, content.ErrNotFound):
		return nil, nil, e.fieldError(content.NotFound, "id", "there is no %s %s: it was deleted or never existed", strings.ToLower(e.Type.Name), content.NewID(e.Type.Name, e.Key))
	case err != nil:
		return nil, nil, err
	}
	if err := w.unchangedSince(ctx, e); err != nil {
		return nil, nil, err
	}
	switch e.Op {
	case content.Update:
		return nil, nil, w.change(ctx, e, item)
	case content.Delete:
		gone, err = w.remove(ctx, e)
		return gone, nil, err
	case content.Revert:
		return nil, nil, w.revert(ctx, e, item)
	case content.Redact:
		return nil, nil, w.redact(ctx, e, item)
	default:
		moved, err = w.publish(ctx, e)
		return nil, moved, err
	}
}

// create makes an item, or makes an actor that is there what it is not yet. It is held back unless the change says
// otherwise.
func (w *writer) create(ctx context.Context, e *edit) error {
	if e.ref.Key == 0 {
		return nil // As is at fault, which has been noted
	}
	item := content.Item{Type: e.Type, Key: e.ref.Key, Slug: e.slug, Values: map[string]any{}, Publication: e.Publication}
	if e.ExistingActor != nil {
		there, err := w.item(ctx, content.Ref{Type: e.ExistingActor.Type.Name, Key: e.ref.Key})
		if errors.Is(err, content.ErrNotFound) { // another change of the set deletes it, or creates it after this one
			problem := content.Errorf(content.NotFound, "there is no %s %s at this change: create it in an earlier change, or do not delete it", strings.ToLower(e.ExistingActor.Type.Name), content.NewID(e.ExistingActor.Type.Name, e.ref.Key))
			problem.Field = e.ExistingActor.Path
			return problem
		}
		if err != nil {
			return err
		}
		there.Type, there.Publication = e.Type, e.Publication
		item = there
	} else if item.Publication == nil {
		item.Publication = &content.Publication{Status: content.PubWithheld}
	}
	w.set(e, item.Values)
	return w.putChecked(ctx, e, item)
}

// set sets the fields that a change gives in the values of an item. Translations are merged by language and field; any
// other list replaces the former one.
func (w *writer) set(e *edit, values map[string]any) {
	e.former = maps.Clone(values)
	former, _ := values["translations"].([]map[string]any)
	maps.Copy(values, e.Values)
	if update, ok := e.Values["translations"].([]map[string]any); ok {
		merged, wrong := content.MergeTranslations(former, update)
		values["translations"] = merged
		for _, problem := range wrong {
			w.addProblem(e.fieldError(problem.Code, problem.Field, "%s", problem.Message))
		}
	}
}

// mergeElements merges the translations of the elements of lists, and of a place, that a change gives into those that the
// same elements had. References are resolved by then, since an actor is one of the marks of an element.
func (w *writer) mergeElements(e *edit, item content.Item) {
	if e.Op != content.Create && e.Op != content.Update {
		return
	}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if e.Values[f.Name] == nil || !f.HasTranslations() {
			continue
		}
		for _, problem := range content.MergeElements(f, e.former, item.Values) {
			w.addProblem(e.fieldError(problem.Code, problem.Field, "%s", problem.Message))
		}
	}
}

// change sets the fields of an item that a change gives.
func (w *writer) change(ctx context.Context, e *edit, item content.Item) error {
	w.set(e, item.Values)
	if e.Slug != "" {
		item.Slug = e.Slug
	}
	if e.Publication != nil {
		item.Publication = e.Publication
	}
	return w.putChecked(ctx, e, item)
}

// revert gives an item what it said at an earlier revision. Its name in addresses stays; where it is gone, it comes back
// under the one that it had, and is held back.
func (w *writer) revert(ctx context.Context, e *edit, item content.Item) error {
	if e.To < 1 || e.To >= w.rev {
		return e.fieldError(content.BadUserInput, "toRevision", "there is no revision %d: the newest is %d", e.To, w.rev-1)
	}
	page, err := wholeItems(ctx, w.query, e.To, e.Type, "x.id = $2", int64(e.ref.Key))
	if err != nil {
		return err
	}
	if len(page) == 0 {
		return e.fieldError(content.NotFound, "toRevision", "%s did not exist at revision %d", content.NewID(e.Type.Name, e.ref.Key), e.To)
	}
	former, _ := content.Canonical(page[0])
	if item.Key == 0 {
		former.Publication = &content.Publication{Status: content.PubWithheld}
	} else {
		former.Slug, former.Publication = item.Slug, item.Publication
	}
	return w.putChecked(ctx, e, former)
}

// putChecked puts an item whose references may be targets, unless something is wrong with it.
func (w *writer) putChecked(ctx context.Context, e *edit, item content.Item) error {
	before := len(w.problems)
	var err error
	if item.Values, err = w.resolveAll(ctx, e, item); err != nil {
		return err
	}
	w.mergeElements(e, item)
	if err := w.check(ctx, e, item); err != nil {
		return err
	}
	switch {
	case len(w.problems) > before:
		return nil
	case e.Op == content.Create && e.ExistingActor == nil: // under a key that no item has
		return w.insertItem(ctx, item)
	default:
		return w.put(ctx, item)
	}
}

// item reads a whole item, as this revision has left it so far.
func (w *writer) item(ctx context.Context, ref content.Ref) (content.Item, error) {
	return readItem(ctx, w.query, content.TypeNamed(ref.Type), ref.Key)
}

// notMade refuses a revision that the record does not have: it was lost, as by a restore, or is of another record.
const notMade = "there is no revision %d: the newest is %d. The database was restored or made again: read the items again and decide"

// unchangedSince refuses a change of an item that changed after the revision that its author knew.
func (w *writer) unchangedSince(ctx context.Context, e *edit) error {
	if e.IfRevision == 0 {
		return nil
	}
	if e.IfRevision >= w.rev {
		return e.fieldError(content.RecordChanged, "ifRevision", notMade, e.IfRevision, w.rev-1)
	}
	var at content.Revision
	if err := w.scan(ctx, "SELECT from_rev FROM "+sqlgen.Snake(e.Type.Base)+" WHERE id = $1", []any{int64(e.ref.Key)}, []any{&at}); err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	if at <= e.IfRevision || at == w.rev {
		return nil
	}
	const differ = `SELECT COALESCE(json_group_array(DISTINCT f.value), '[]')
FROM change AS c, json_each(c.fields) AS f
WHERE c.type = $1 AND c.item_id = $2 AND c.revision > $3`
	var fields string
	if err := w.scan(ctx, differ, []any{e.ref.Type, int64(e.ref.Key), int64(e.IfRevision)}, []any{&fields}); err != nil {
		return fmt.Errorf("read the changes: %w", err)
	}
	problem := e.fieldError(content.Conflict, "ifRevision", "the item has changed since revision %d and is at revision %d: read it again and decide", e.IfRevision, at)
	problem.Details = map[string]any{"revision": int64(at), "fields": texts(fields)}
	return problem
}

// fieldError makes the problem of a field of the change's input.
func (e *edit) fieldError(code content.Code, field, format string, args ...any) *content.Error {
	problem := content.Errorf(code, format, args...)
	problem.Field = e.at(field)
	return problem
}

// at is the path of a field of the change's input.
func (e *edit) at(field string) string {
	switch {
	case e.Path == "":
		return field
	case field == "":
		return e.Path
	default:
		return e.Path + "." + field
	}
}

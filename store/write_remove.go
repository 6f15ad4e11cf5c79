package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// remove deletes an item, and what belongs to it where the change asks for that. It is refused, with the list of who,
// where anything that stays refers to what would go. Its history stays.
func (w *writer) remove(ctx context.Context, e *edit) ([]content.Ref, error) {
	gone := []content.Ref{e.ref}
	for i := 0; e.Cascade && i < len(gone); i++ {
		more, err := w.belonging(ctx, gone[i])
		if err != nil {
			return nil, err
		}
		for _, ref := range more {
			if !w.deleting[ref] {
				w.deleting[ref] = true
				gone = append(gone, ref)
			}
		}
	}
	for _, ref := range gone {
		list, err := w.referrers(ctx, ref, w.deleting)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			return nil, e.referred(ref, list)
		}
	}
	for _, ref := range gone {
		if err := w.deleteItem(ctx, ref); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// referred is the refusal to delete what others refer to.
func (e *edit) referred(ref content.Ref, list []referrer) error {
	names := make([]string, len(list))
	details := make([]map[string]any, len(list))
	for i, r := range list {
		names[i] = fmt.Sprintf("%s %q by %s", strings.ToLower(r.Type), r.slug, r.field)
		details[i] = map[string]any{"id": content.NewID(r.Type, r.Key), "slug": r.slug, "field": r.field}
	}
	hint := ""
	if !e.Cascade && len(owned(ref.Type)) > 0 {
		hint = ", or delete the items that belong to it too, with cascade"
	}
	problem := e.fieldError(content.Conflict, "id", "%s is referenced by %s: remove these references first%s",
		content.NewID(ref.Type, ref.Key), strings.Join(names[:min(len(names), 5)], ", "), hint)
	problem.Details = map[string]any{"referrers": details}
	return problem
}

// deleteItem takes an item out of the record. An actor that has the other capacity stays in that.
func (w *writer) deleteItem(ctx context.Context, ref content.Ref) error {
	t := content.TypeNamed(ref.Type)
	item, err := w.item(ctx, ref)
	if err != nil {
		return err
	}
	former, err := w.former(ctx, item)
	if err != nil {
		return err
	}
	w.texts.item()
	texts, err := w.formerTexts(ctx, ref.Type, ref.Key)
	if err != nil {
		return err
	}
	if err := cmp.Or(w.foldFormer(texts), w.derivable()); err != nil {
		return err
	}
	key := int64(ref.Key)
	if t.IsView() {
		if err := w.archiveAndDelete(ctx, sqlgen.Snake(t.Name), "id = $1", key); err != nil {
			return err
		}
	}
	if err := w.dropItemIndexEntries(ctx, ref, texts); err != nil {
		return err
	}
	w.logs(logEntry{ref: ref, op: "DELETED", was: former["visible"] == int64(1)})
	if t.IsView() {
		left, err := w.capacities(ctx, ref.Key)
		if err != nil || len(left) > 0 {
			return err
		}
	}
	w.touchGone(ref, former)
	return w.deleteRows(ctx, t, key)
}

// dropItemIndexEntries forgets what an item is found by in one capacity: its texts in searches, and its identifiers.
func (w *writer) dropItemIndexEntries(ctx context.Context, ref content.Ref, texts []searchText) error {
	if err := w.dropSearchTexts(ctx, texts); err != nil {
		return err
	}
	w.dropClaims(ref)
	return w.archiveAndDelete(ctx, "external_id", "type = $1 AND item_id = $2", ref.Type, int64(ref.Key))
}

// deleteRows takes out the rows of an item and its names.
func (w *writer) deleteRows(ctx context.Context, t *content.Type, key int64) error {
	names, err := w.nameIDs(ctx, t.Base, key)
	if err != nil {
		return err
	}
	for _, id := range names {
		if err := w.deleteNames(ctx, id); err != nil {
			return err
		}
	}
	for i := range t.Fields {
		if f := &t.Fields[i]; sqlgen.InOwnTable(f) {
			if err := w.archiveAndDelete(ctx, sqlgen.RowTable(t, f), "owner_id = $1", key); err != nil {
				return err
			}
		}
	}
	quotes, err := w.formerQuotes(ctx, t.Base, key, func(quote) bool { return false })
	if err != nil {
		return err
	}
	if err := w.endQuotes(ctx, quotes); err != nil {
		return err
	}
	if err := w.archiveAndDelete(ctx, "citation", "type = $1 AND item_id = $2", t.Base, key); err != nil {
		return err
	}
	return w.archiveAndDelete(ctx, sqlgen.Snake(t.Base), "id = $1", key)
}

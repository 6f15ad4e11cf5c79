package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// Readers see a quotation only with its source. So an item becomes public, now or when an embargo
// lifts, only with a source that readers see by then in each of its lists of citations. The lists are looked at once all changes
// of a revision are written, since a source may be published in the same one. A source goes from sight in the same way: not as
// the last one that readers see of an item, unless the item goes too.
//
// The first revision is exempt, which may be the export of a record from before the rule; so is an undo, after which the
// record says what it said before. Neither shows a quotation without its source, since a citation is seen where its source is.

// show remembers an item that the public sees from now on, or that cites otherwise, with the place of the input.
func (w *writer) show(item content.Item, row []cell, former formerRow, changed []string) {
	if item.Type.Source && former != nil && former["visible"] == int64(1) && !visibleIn(row) {
		w.hide(item.Key)
	}
	if w.uncited || !slices.ContainsFunc(row, func(c cell) bool { return c.column == "pub_status" && c.value == string(content.PubUsable) }) {
		return
	}
	appears := former == nil || slices.ContainsFunc(row, func(c cell) bool {
		return (c.column == "visible" || c.column == "embargoed_until") && former[c.column] != c.value
	})
	if !appears && !slices.ContainsFunc(item.Type.CitationFields(), func(f *content.Field) bool { return slices.Contains(changed, f.Name) }) {
		return
	}
	path := ""
	if w.doing != nil {
		path = w.doing.at("citations")
		if w.doing.Op == content.Publish {
			path = w.doing.at("")
		}
	}
	w.shown[content.Ref{Type: item.Type.Name, Key: item.Key}] = path
}

// hide remembers a source that goes from the public's sight, with the place of the input.
func (w *writer) hide(source content.Key) {
	path := ""
	if w.doing != nil {
		path = w.doing.at("")
	}
	w.hidden[source] = path
}

// seenSource is the condition that readers see the source s once they see the item x.
const seenSource = "(s.visible = 1 OR x.visible = 0 AND s.pub_status = 'USABLE' AND s.embargoed_until <= x.embargoed_until)"

// citedBy joins the sources s that a column of citations names.
func citedBy(column string) string {
	return "json_each(" + column + ") AS c JOIN source AS s ON s.id = json_extract(c.value, '$.source.key')"
}

// lacksSource is the condition on x that one of its lists of citations has no source that readers see; one that names a source
// of those in an operand, where that is not empty.
func lacksSource(t *content.Type, among string) string {
	lacks := func(column string) string {
		test := column + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " + citedBy(column) + " WHERE " + seenSource + ")"
		if among != "" {
			test += " AND EXISTS (SELECT 1 FROM " + citedBy(column) + " WHERE s.id IN (SELECT value FROM json_each(" + among + ")))"
		}
		return test
	}
	var parts []string
	for _, f := range t.CitationFields() {
		if f.Kind == content.ChildRows {
			parts = append(parts, "EXISTS (SELECT 1 FROM "+sqlgen.RowTable(t, f)+" AS r WHERE r.owner_id = x.id AND "+lacks("r.citations")+")")
		} else {
			parts = append(parts, lacks("x.citations"))
		}
	}
	return "(" + strings.Join(parts, "\n  OR ") + ")"
}

// hiddenSources returns the sources of an item that readers do not see once they see the item.
func (w *writer) hiddenSources(ctx context.Context, ref content.Ref) ([]content.Item, error) {
	t := content.TypeNamed(ref.Type)
	var parts []string
	for _, f := range t.CitationFields() {
		from, column := "", "x.citations"
		if f.Kind == content.ChildRows {
			from, column = "JOIN "+sqlgen.RowTable(t, f)+" AS r ON r.owner_id = x.id ", "r.citations"
		}
		parts = append(parts, "SELECT s.id FROM "+sqlgen.Snake(t.Base)+" AS x "+from+"JOIN "+citedBy(column)+" WHERE x.id = $1 AND NOT "+seenSource)
	}
	var keys []content.Key
	err := w.query(ctx, strings.Join(parts, "\nUNION\n")+"\nORDER BY 1", []any{int64(ref.Key)}, func(row *row) error {
		var key content.Key
		err := row.Scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sources of %s: %w", content.NewID(ref.Type, ref.Key), err)
	}
	var list []content.Item
	for _, key := range keys {
		item, err := w.item(ctx, content.Ref{Type: content.SourceType().Name, Key: key})
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// withoutSources returns those of some items of a type that have a list of citations without a source that readers see.
func (w *writer) withoutSources(ctx context.Context, t *content.Type, keys []content.Key) ([]content.Ref, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return w.unsourcedAmong(ctx, t, "x.id IN (SELECT value FROM json_each($1)) AND x.pub_status = 'USABLE' AND "+lacksSource(t, ""),
		keyList(keys))
}

// unsourcedAmong returns the items x of a type that a condition on $1 chooses.
func (w *writer) unsourcedAmong(ctx context.Context, t *content.Type, chosen string, operand any) ([]content.Ref, error) {
	var list []content.Ref
	text := "SELECT x.id FROM " + sqlgen.Snake(t.Base) + " AS x WHERE " + chosen + " ORDER BY x.id"
	err := w.query(ctx, text, []any{operand}, func(row *row) error {
		ref := content.Ref{Type: t.Name}
		err := row.Scan(&ref.Key)
		list = append(list, ref)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the sources of %s: %w", t.Plural, err)
	}
	return list, nil
}

// settleSources notes the items that the revision shows to readers without a source, or publishes the sources of all that it
// shows where the set asks for that, and returns these.
func (w *writer) settleSources(ctx context.Context, set content.ChangeSet) ([]content.Ref, error) {
	moved, err := w.settleHidden(ctx, set)
	if err != nil {
		return nil, err
	}
	if set.IncludeSources {
		for _, ref := range inOrder(w.shown) {
			more, err := w.publishSources(ctx, ref)
			if err != nil {
				return nil, err
			}
			moved = append(moved, more...)
		}
	}
	slices.SortFunc(moved, func(a, b content.Ref) int {
		return strings.Compare(string(content.NewID(a.Type, a.Key)), string(content.NewID(b.Type, b.Key)))
	})
	keys := map[string][]content.Key{}
	for ref := range w.shown {
		keys[ref.Type] = append(keys[ref.Type], ref.Key)
	}
	var found []content.Ref
	for _, t := range content.Types() {
		list, err := w.withoutSources(ctx, t, keys[t.Name])
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	if w.bulk != nil && w.bulk.all && !w.uncited {
		events := content.TimelineType()
		list, err := w.unsourcedAmong(ctx, events, "x.from_rev = $1 AND x.pub_status = 'USABLE' AND "+lacksSource(events, ""), int64(w.rev))
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	for _, ref := range found[:min(len(found), maxUnsourced)] {
		problem, err := w.unsourced(ctx, ref)
		if err != nil {
			return nil, err
		}
		w.addProblem(problem)
	}
	return moved, nil
}

// maxUnsourced bounds how many items without a source are reported at once.
const maxUnsourced = 20

// publishSources publishes the sources of an item that readers would not see, at the time of the item. One that was withdrawn
// for good stays so.
func (w *writer) publishSources(ctx context.Context, ref content.Ref) ([]content.Ref, error) {
	item, err := w.item(ctx, ref)
	if err != nil {
		return nil, err
	}
	hidden, err := w.hiddenSources(ctx, ref)
	if err != nil {
		return nil, err
	}
	var moved []content.Ref
	for _, source := range hidden {
		if source.Publication.Status == content.PubCanceled {
			continue
		}
		publication := *item.Publication
		if until := source.Publication.EmbargoedUntil; source.Publication.Status == content.PubUsable && !until.IsZero() &&
			until.Before(publication.EmbargoedUntil) {
			publication.EmbargoedUntil = until
		}
		source.Publication = &publication
		if err := w.put(ctx, source); err != nil {
			return nil, err
		}
		moved = append(moved, content.Ref{Type: source.Type.Name, Key: source.Key})
	}
	return moved, nil
}

// unsourced is the refusal to show an item without a source, with the list of its sources.
func (w *writer) unsourced(ctx context.Context, ref content.Ref) (*content.Error, error) {
	hidden, err := w.hiddenSources(ctx, ref)
	if err != nil {
		return nil, err
	}
	slug, err := w.slugOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	problem := content.Unsourced(content.TypeNamed(ref.Type), slug, hidden)
	problem.Field = w.shown[ref]
	return problem, nil
}

// heldBack is the error that names items whose embargo has ended and that stay as they are, since readers see none of their
// sources; nil where there are none.
func (w *writer) heldBack(ctx context.Context, list []content.Ref) error {
	var errs []error
	for _, ref := range list[:min(len(list), maxUnsourced)] {
		problem, err := w.unsourced(ctx, ref)
		if err != nil {
			return err
		}
		errs = append(errs, problem)
	}
	return errors.Join(errs...)
}

// settleHidden notes the public items that would be left without a source that readers see, since the revision takes the last
// one from sight; or withdraws them with it where the set asks for that, and returns these. One of them may be a source itself.
func (w *writer) settleHidden(ctx context.Context, set content.ChangeSet) ([]content.Ref, error) {
	if w.uncited {
		return nil, nil
	}
	var moved []content.Ref
	for len(w.hidden) > 0 {
		paths := w.hidden
		w.hidden = map[content.Key]string{}
		for _, key := range slices.Sorted(maps.Keys(paths)) {
			list, err := w.bereft(ctx, key)
			switch {
			case err != nil:
				return nil, err
			case len(list) == 0:
			case !set.IncludeCiting:
				problem, err := w.lastSource(ctx, key, list)
				if err != nil {
					return nil, err
				}
				problem.Field = paths[key]
				w.addProblem(problem)
			default:
				for _, ref := range list {
					if err := w.withdrawWith(ctx, ref, key); err != nil {
						return nil, err
					}
				}
				moved = append(moved, list...)
			}
		}
	}
	return moved, nil
}

// lastSource is the refusal to take a source from sight that is the last one of items.
func (w *writer) lastSource(ctx context.Context, source content.Key, of []content.Ref) (*content.Error, error) {
	citing := make([]content.Citing, len(of))
	for i, ref := range of {
		slug, err := w.slugOf(ctx, ref)
		if err != nil {
			return nil, err
		}
		citing[i] = content.Citing{Ref: ref, Slug: slug}
	}
	slug, err := w.slugOf(ctx, content.Ref{Type: content.SourceType().Name, Key: source})
	return content.LastSource(slug, citing), err
}

// bereft returns the public items that cite a source in a list of citations of which readers see no source.
func (w *writer) bereft(ctx context.Context, source content.Key) ([]content.Ref, error) {
	var list []content.Ref
	for _, t := range content.Stored() { // actors are found as mediators
		chosen := "x.visible = 1 AND x.id IN (SELECT q.item_id FROM citation AS q WHERE q.type = '" + t.Base + "' AND q.source_id IN (SELECT value FROM json_each($1))) AND " +
			lacksSource(t, "$1")
		found, err := w.unsourcedAmong(ctx, t, chosen, keyList([]content.Key{source}))
		if err != nil {
			return nil, err
		}
		for _, ref := range found {
			if t.IsView() {
				names, err := w.capacities(ctx, ref.Key)
				if err != nil {
					return nil, err
				}
				ref.Type = names[0]
			}
			list = append(list, ref)
		}
	}
	return list, nil
}

// withdrawWith gives an item the publication of a source that goes from sight.
func (w *writer) withdrawWith(ctx context.Context, ref content.Ref, source content.Key) error {
	s, err := w.item(ctx, content.Ref{Type: content.SourceType().Name, Key: source})
	if err != nil {
		return err
	}
	item, err := w.item(ctx, ref)
	if err != nil {
		return err
	}
	item.Publication = s.Publication
	return w.put(ctx, item)
}

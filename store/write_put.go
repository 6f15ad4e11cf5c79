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
	"parley/store/sqlgen"
)

// put writes an item as it is to be: a whole item replaces all that it said, a part of one what it gives.
func (w *writer) put(ctx context.Context, item content.Item) error {
	w.texts.item()
	if item.Given != nil {
		was, err := w.item(ctx, content.Ref{Type: item.Type.Name, Key: item.Key})
		if err != nil && !errors.Is(err, content.ErrNotFound) {
			return err
		}
		item = content.Complete(was, item)
	}
	p, err := prepare(item, w.texts)
	if err != nil {
		return err
	}
	return w.putPrepared(ctx, p)
}

// insertItem writes an item that is known not to be there.
func (w *writer) insertItem(ctx context.Context, item content.Item) error {
	w.texts.item()
	p, err := prepare(item, w.texts)
	if err != nil {
		return err
	}
	return w.replaceItem(ctx, p, nil)
}

// putPrepared writes an item that is prepared.
func (w *writer) putPrepared(ctx context.Context, item *prepared) error {
	former, err := w.former(ctx, item.Item)
	if err != nil {
		return err
	}
	return w.replaceItem(ctx, item, former)
}

// replaceItem writes an item in the place of the row that there is.
func (w *writer) replaceItem(ctx context.Context, item *prepared, former formerRow) error {
	table := sqlgen.Snake(item.Type.Base)
	item, err := w.markStaleTranslations(ctx, item, former)
	if err != nil {
		return err
	}
	if err := w.plan(ctx, item, former != nil); err != nil {
		return err
	}
	row := itemCells(item, former, w.clock)
	changed := differing(row, former)
	if former == nil { // before its lists, which SQLite looks for otherwise once it comes
		if err := w.insert(ctx, table, slices.Concat(row, item.inline, item.sortKey(), []cell{{"id", "", int64(item.Key)}})); err != nil {
			return w.slugTaken(ctx, item.Item, err)
		}
	}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if !sqlgen.InOwnTable(f) {
			continue
		}
		moved, err := w.putRows(ctx, item, f, former != nil)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if moved {
			changed = append(changed, f.Name)
		}
	}
	was, is := former["visible"] == int64(1), visibleIn(row)
	if former != nil && len(changed) > 0 {
		seen := cell{"seen_rev", "", former["seen_rev"]}
		if was != is || is && len(ownFields(item.Type, changed)) > 0 {
			seen.value = int64(w.rev)
		}
		if err := w.replace(ctx, table, item.Key, slices.Concat(row, item.inline, []cell{seen})); err != nil {
			return w.slugTaken(ctx, item.Item, err)
		}
	}
	gained, err := w.capacity(ctx, item.Item)
	if err != nil || len(changed) == 0 && !gained {
		return err
	}
	w.touch(item.Item, former, changed)
	w.show(item.Item, row, former, changed)
	if err := w.record(ctx, item.Item, logEntry{op: opOf(former == nil), fields: changed, was: was, is: is}, gained); err != nil {
		return err
	}
	return w.archiveNames(ctx, item, former != nil, is)
}

// plan compares what an item is found by with what it was found by, and derives what differs. It writes nothing.
func (w *writer) plan(ctx context.Context, item *prepared, existed bool) error {
	if item.lacks {
		return w.derivable()
	}
	if err := w.planTexts(ctx, item, existed); err != nil {
		return err
	}
	if err := w.planQuotes(ctx, item, existed); err != nil {
		return err
	}
	return w.derivable()
}

// derivable ends a job that lacks a text before it has written anything. Later it continues to its end, to find the others that it lacks.
func (w *writer) derivable() error {
	if w.texts.lacking() && !w.changed {
		return errUnderivedTexts
	}
	return nil
}

// markStaleTranslations marks the translations of texts that change, and prepares the item again where it has some.
// The translations of an unchanged item stay unchanged.
func (w *writer) markStaleTranslations(ctx context.Context, item *prepared, former formerRow) (*prepared, error) {
	reverts := w.doing != nil && w.doing.Op == content.Revert
	if former == nil || reverts || !translated(item.Item) {
		return item, nil
	}
	for _, name := range sqlgen.CapacitiesOf(item.Type) {
		before, err := w.item(ctx, content.Ref{Type: name, Key: item.Key})
		if errors.Is(err, content.ErrNotFound) { // it is an actor in its other capacity
			continue
		}
		if err != nil {
			return nil, err
		}
		return prepare(content.MarkStale(before, item.Item), w.texts)
	}
	return item, nil
}

// translated reports whether an item, or an element of one, has translations.
func translated(item content.Item) bool {
	for _, v := range content.Translated(item.Type.Fields, item.Values) {
		if v.Values["translations"] != nil {
			return true
		}
	}
	return false
}

// archiveNames writes the names, search texts and external identifiers of an item, and archives the former ones.
func (w *writer) archiveNames(ctx context.Context, item *prepared, existed, visible bool) error {
	if err := w.name(ctx, item, existed); err != nil {
		return err
	}
	if err := w.index(ctx, item, existed, visible); err != nil {
		return err
	}
	if err := w.cite(ctx, item, existed); err != nil {
		return err
	}
	return w.identify(ctx, item.Item, existed)
}

// visibleIn reports whether the public sees the item of a row.
func visibleIn(row []cell) bool {
	return slices.ContainsFunc(row, func(c cell) bool { return c.column == "visible" && c.value == int64(1) })
}

// formerRow is the row of an item before the revision, by column; nil where there is none.
type formerRow map[string]any

// former reads the row of an item.
func (w *writer) former(ctx context.Context, item content.Item) (formerRow, error) {
	list, err := cells(item.Type.Fields, nil)
	if err != nil {
		return nil, err
	}
	names := []string{"slug", "pub_status", "embargoed_until", "visible", "from_rev", "seen_rev"}
	for _, c := range list {
		names = append(names, c.column)
	}
	values := make([]any, len(names))
	dest := make([]any, len(names))
	for i := range values {
		dest[i] = &values[i]
	}
	err = w.scan(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+sqlgen.Snake(item.Type.Base)+" WHERE id = $1", []any{int64(item.Key)}, dest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none
	}
	if err != nil {
		return nil, fmt.Errorf("read the former row: %w", err)
	}
	row := formerRow{}
	for i, name := range names {
		row[name] = values[i]
	}
	return row, nil
}

// itemCells are the columns of an item's own row. Who may see it stays as it is unless the item says so; what is new is
// public.
func itemCells(item *prepared, former formerRow, now time.Time) []cell {
	list := slices.Clip(item.row)
	switch {
	case item.Publication != nil:
		list = append(list, publicationCells(*item.Publication, now)...)
	case former != nil:
		for _, c := range publicationCells(content.Publication{}, now) {
			list = append(list, cell{c.column, c.field, former[c.column]})
		}
	default:
		list = append(list, publicationCells(content.Publication{Status: content.PubUsable}, now)...)
	}
	return list
}

// differing names the fields whose columns differ from the former row, all of them where there was none.
func differing(row []cell, former formerRow) []string {
	var fields []string
	for _, c := range row {
		if former != nil && former[c.column] == c.value || former == nil && c.value == nil {
			continue
		}
		if !slices.Contains(fields, c.field) {
			fields = append(fields, c.field)
		}
	}
	return fields
}

// capacity records that an actor is what the item says, a mediator or a party, and reports whether it is so from now on.
func (w *writer) capacity(ctx context.Context, item content.Item) (bool, error) {
	if !item.Type.IsView() {
		return false, nil
	}
	text := "INSERT INTO " + sqlgen.Snake(item.Type.Name) + " (id, from_rev) VALUES ($1, $2) ON CONFLICT DO NOTHING"
	res, err := w.exec(ctx, text, int64(item.Key), w.rev)
	if err != nil {
		return false, fmt.Errorf("record the capacity: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// record notes in the log what became of an item, as an entry without its reference says; an actor is one node in each of its
// capacities.
func (w *writer) record(ctx context.Context, item content.Item, of logEntry, gained bool) error {
	if !item.Type.IsView() {
		of.ref = content.Ref{Type: item.Type.Name, Key: item.Key}
		w.logs(of)
		return nil
	}
	names, err := w.capacities(ctx, item.Key)
	if err != nil {
		return err
	}
	for _, name := range names {
		l := of
		l.ref = content.Ref{Type: name, Key: item.Key}
		if gained && name == item.Type.Name {
			l.op, l.was = opOf(true), false
		}
		if l.op == "CREATED" || len(l.fields) > 0 {
			w.logs(l)
		}
	}
	return nil
}

func opOf(created bool) string {
	if created {
		return "CREATED"
	}
	return "UPDATED"
}

// logs adds to what the revision does to an item. What it makes and changes is made, what it changes and deletes is
// deleted, and what it makes and deletes never was.
func (w *writer) logs(of logEntry) {
	l := w.known[of.ref]
	if l == nil {
		l = &logEntry{ref: of.ref, op: of.op, was: of.was}
		w.log = append(w.log, l)
		w.known[of.ref] = l
	}
	l.is, l.blanked = of.is, l.blanked || of.blanked
	switch {
	case l.op == "CREATED" && of.op == "DELETED":
		l.op = "" // the audience never saw it
	case l.op != "CREATED":
		l.op = of.op
	}
	for _, f := range of.fields {
		if f != "" && !slices.Contains(l.fields, f) {
			l.fields = append(l.fields, f)
		}
	}
}

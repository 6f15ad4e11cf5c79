package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// Write makes one revision of the change set, all of it or nothing, and returns the revision's number once it is on
// disk. Items that are there already are replaced; what they were goes to the history. A change set that changes
// nothing makes no revision: the newest is returned.
func (s *Store) Write(ctx context.Context, set content.ChangeSet) (content.Revision, error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("begin a revision: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do
	w := &writer{tx: tx, talks: map[content.Key]bool{}, stmts: map[string]*sql.Stmt{}}
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(number), 0), COALESCE(MAX(at), 0) FROM revision").Scan(&w.rev, &last); err != nil {
		return 0, fmt.Errorf("read the newest revision: %w", err)
	}
	w.rev++
	at := max(s.now().UnixMilli(), last+1)
	const insert = "INSERT INTO revision (number, at, author, reason, note) VALUES ($1, $2, $3, $4, $5)"
	if _, err := tx.ExecContext(ctx, insert, w.rev, at, set.Author, string(set.Reason), set.Note); err != nil {
		return 0, fmt.Errorf("begin revision %d: %w", w.rev, err)
	}
	for _, item := range set.Items {
		if err := w.put(ctx, item); err != nil {
			return 0, fmt.Errorf("write %s %q: %w", strings.ToLower(item.Type.Name), item.Slug, err)
		}
	}
	if w.changes == 0 {
		return w.rev - 1, nil
	}
	if err := w.derive(ctx); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("commit revision %d: %w", w.rev, err)
	}
	return w.rev, nil
}

// writer writes the items of one revision.
type writer struct {
	tx         *sql.Tx
	rev        content.Revision
	changes    int
	moved      bool                 // whether talks were made or have another parent
	reparented []content.Key        // the talks that were there and have another parent
	events     []content.Key        // the events that changed
	talks      map[content.Key]bool // the talks whose events changed
	stmts      map[string]*sql.Stmt // by text
	fresh      bool                 // whether the item that is written is new: nothing of it is there to compare or to keep
}

// prepare returns the statement of a text; the transaction closes it at its end.
func (w *writer) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := w.stmts[text]; st != nil {
		return st, nil
	}
	st, err := w.tx.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	w.stmts[text] = st
	return st, nil
}

// exec runs a statement.
func (w *writer) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := w.prepare(ctx, text) //nolint:sqlclosecheck // the end of the transaction closes it
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// scan reads the one row of a statement; sql.ErrNoRows says that there is none.
func (w *writer) scan(ctx context.Context, text string, args, dest []any) error {
	st, err := w.prepare(ctx, text) //nolint:sqlclosecheck // the end of the transaction closes it
	if err != nil {
		return err
	}
	return st.QueryRowContext(ctx, args...).Scan(dest...)
}

// put writes an item and the rows that belong to it.
func (w *writer) put(ctx context.Context, item content.Item) error {
	table := snake(item.Type.Table)
	var existed bool
	if err := w.scan(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+" WHERE id = $1)", []any{int64(item.Key)}, []any{&existed}); err != nil {
		return fmt.Errorf("look for it: %w", err)
	}
	w.fresh = !existed
	item, err := w.markStale(ctx, item)
	if err != nil {
		return err
	}
	cols, vals, err := itemColumns(item)
	if err != nil {
		return err
	}
	if err := w.note(ctx, item); err != nil {
		return err
	}
	changed, err := w.replace(ctx, table, []string{"id"}, []any{int64(item.Key)}, cols, vals)
	if err != nil {
		return err
	}
	if existed && item.Type.Name == "Talk" && slices.Contains(changed, "parent_id") {
		w.reparented = append(w.reparented, item.Key)
	}
	w.moved = w.moved || item.Type.Name == "Talk" && (!existed || slices.Contains(changed, "parent_id"))
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if f.Kind != content.Refs && f.Kind != content.Rows {
			continue
		}
		moved, err := w.putRows(ctx, table+"_"+snake(f.Name), item, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if moved {
			changed = append(changed, f.Name)
		}
	}
	if item.Type.Table == "Actor" {
		text := "INSERT INTO " + snake(item.Type.Name) + " (id, from_rev) VALUES ($1, $2) ON CONFLICT DO NOTHING"
		res, err := w.exec(ctx, text, int64(item.Key), w.rev)
		if err != nil {
			return fmt.Errorf("record the capacity: %w", err)
		}
		if n, err := res.RowsAffected(); err == nil && n > 0 {
			changed = append(changed, "capacity")
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return w.record(ctx, item, changed, existed)
}

// record notes in the log that the item changed, and keeps what is found by its texts and identifiers.
func (w *writer) record(ctx context.Context, item content.Item, changed []string, existed bool) error {
	w.changes++
	if item.Type.Name == "Event" {
		w.events = append(w.events, item.Key)
	}
	op := "CREATED"
	if existed {
		op = "UPDATED"
	}
	fields, err := json.Marshal(changed)
	if err != nil {
		return fmt.Errorf("encode the changed fields: %w", err)
	}
	const insert = `INSERT INTO change (revision, type, item_id, op, fields) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO UPDATE SET fields = excluded.fields`
	if _, err := w.exec(ctx, insert, w.rev, item.Type.Name, int64(item.Key), op, string(fields)); err != nil {
		return fmt.Errorf("record the change: %w", err)
	}
	if existed {
		const touch = "UPDATE %s SET from_rev = $1 WHERE id = $2"
		if _, err := w.exec(ctx, fmt.Sprintf(touch, snake(item.Type.Table)), w.rev, int64(item.Key)); err != nil {
			return fmt.Errorf("move the revision: %w", err)
		}
	}
	if err := w.name(ctx, item); err != nil {
		return err
	}
	if err := w.index(ctx, item); err != nil {
		return err
	}
	return w.identify(ctx, item)
}

// identify keeps where the external identifiers of an item lead.
func (w *writer) identify(ctx context.Context, item content.Item) error {
	if !w.fresh {
		if _, err := w.exec(ctx, "DELETE FROM external_id WHERE type = $1 AND item_id = $2", item.Type.Name, int64(item.Key)); err != nil {
			return fmt.Errorf("clear external ids: %w", err)
		}
	}
	ids, _ := item.Values["externalIds"].([]map[string]any)
	for _, x := range ids {
		const insert = "INSERT INTO external_id (type, scheme, value, item_id) VALUES ($1, $2, $3, $4)"
		if _, err := w.exec(ctx, insert, item.Type.Name, x["scheme"], x["value"], int64(item.Key)); err != nil {
			return fmt.Errorf("record the external id %v: %w", x["value"], err)
		}
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// archive copies the rows that a condition chooses to the history, as ended by this revision. Rows that the revision itself
// wrote are left out, since no reader could see them.
func (w *writer) archive(ctx context.Context, table, condition string, args ...any) error {
	list := strings.Join(sqlgen.HistoryColumns()[table], ", ")
	rev := fmt.Sprintf("$%d", len(args)+1)
	text := "INSERT INTO " + table + "_history (" + list + ", from_rev, to_rev) SELECT " + list + ", from_rev, " + rev +
		" FROM " + table + " WHERE " + condition + " AND from_rev < " + rev
	if _, err := w.exec(ctx, text, append(slices.Clone(args), int64(w.rev))...); err != nil {
		return fmt.Errorf("archive rows of %s: %w", table, err)
	}
	return nil
}

// archiveAndDelete takes the rows that a condition chooses out of a table, and keeps them in its history.
func (w *writer) archiveAndDelete(ctx context.Context, table, condition string, args ...any) error {
	if err := w.archive(ctx, table, condition, args...); err != nil {
		return err
	}
	if _, err := w.exec(ctx, "DELETE FROM "+table+" WHERE "+condition, args...); err != nil {
		return fmt.Errorf("remove rows of %s: %w", table, err)
	}
	return nil
}

// insert writes the row of an item that is not there yet, which also records the revision that made it.
func (w *writer) insert(ctx context.Context, table string, row []cell) error {
	row = append(row, cell{"from_rev", "", int64(w.rev)}, cell{"created_rev", "", int64(w.rev)}, cell{"seen_rev", "", int64(w.rev)})
	names, args := make([]string, len(row)), make([]any, len(row))
	for i, c := range row {
		names[i], args[i] = c.column, c.value
	}
	if _, err := w.exec(ctx, insertion("INSERT", table, names, 1), args...); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// insertion is the statement that inserts so many rows into some columns of a table.
func insertion(verb, table string, columns []string, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + "), "
	return verb + " INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.TrimSuffix(strings.Repeat(row, rows), ", ")
}

// replace writes the row of an item that is there, and keeps what it was.
func (w *writer) replace(ctx context.Context, table string, key content.Key, row []cell) error {
	if err := w.archive(ctx, table, "id = $1", int64(key)); err != nil {
		return err
	}
	return w.update(ctx, table, "id = $1", []any{int64(key)}, row)
}

// update sets the columns of the rows that a condition on the first operands chooses.
func (w *writer) update(ctx context.Context, table, condition string, args []any, row []cell) error {
	sets := make([]string, 0, len(row)+1)
	for _, c := range append(slices.Clip(row), cell{column: "from_rev", value: int64(w.rev)}) {
		args = append(args, c.value)
		sets = append(sets, fmt.Sprintf("%s = $%d", c.column, len(args)))
	}
	if _, err := w.exec(ctx, "UPDATE "+table+" SET "+strings.Join(sets, ", ")+" WHERE "+condition, args...); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

// putRows writes the elements of a list that are rows of their own, in their order, and reports whether one of them
// differs from what was there.
func (w *writer) putRows(ctx context.Context, item *prepared, f *content.Field, existed bool) (bool, error) {
	table := sqlgen.RowTable(item.Type, f)
	rows := item.lists[f.Name]
	var former [][]any
	var err error
	if existed {
		if former, err = w.formerRows(ctx, table, item.Key, f); err != nil {
			return false, err
		}
	}
	moved := false
	for i, row := range rows[:min(len(rows), len(former))] {
		place := []any{int64(item.Key), int64(i)}
		switch {
		case slices.EqualFunc(row, former[i], func(c cell, old any) bool { return c.value == old }):
			continue
		default:
			const here = "owner_id = $1 AND position = $2"
			if err = w.archive(ctx, table, here, place...); err == nil {
				err = w.update(ctx, table, here, place, row)
			}
		}
		if err != nil {
			return false, err
		}
		moved = true
	}
	if more := rows[len(rows)-max(len(rows)-len(former), 0):]; len(more) > 0 {
		return true, w.insertRows(ctx, table, item.Key, len(former), more)
	}
	if len(former) > len(rows) {
		return true, w.archiveAndDelete(ctx, table, "owner_id = $1 AND position >= $2", int64(item.Key), int64(len(rows)))
	}
	return moved, nil
}

// insertRows writes the elements of a list from a position on, which are not there yet.
func (w *writer) insertRows(ctx context.Context, table string, owner content.Key, position int, rows [][]cell) error {
	for chunk := range slices.Chunk(rows, 10) {
		names := []string{"owner_id", "position", "from_rev"}
		for _, c := range chunk[0] {
			names = append(names, c.column)
		}
		args := make([]any, 0, len(chunk)*len(names))
		for _, row := range chunk {
			args = append(args, int64(owner), int64(position), int64(w.rev))
			for _, c := range row {
				args = append(args, c.value)
			}
			position++
		}
		// OR FAIL, since a statement that might have to take back some of its rows makes the full-text indexes write out theirs.
		if _, err := w.exec(ctx, insertion("INSERT OR FAIL", table, names, len(chunk)), args...); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	return nil
}

// elements are the columns of the elements of a list.
func elements(item content.Item, f *content.Field) ([][]cell, error) {
	if refs, ok := item.Values[f.Name].([]content.Ref); ok {
		rows := make([][]cell, len(refs))
		for i, ref := range refs {
			rows[i] = []cell{{"ref_id", f.Name, int64(ref.Key)}}
		}
		return rows, nil
	}
	list, _ := item.Values[f.Name].([]map[string]any)
	rows := make([][]cell, len(list))
	for i, element := range list {
		var err error
		if rows[i], err = cells(f.Fields, element); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// formerRows reads the columns of the elements that are there, in their order.
func (w *writer) formerRows(ctx context.Context, table string, owner content.Key, f *content.Field) ([][]any, error) {
	names := []string{"ref_id"}
	if f.Kind == content.ChildRows {
		names = sqlgen.StoredColumns(f.Fields)
	}
	var list [][]any
	text := "SELECT " + strings.Join(names, ", ") + " FROM " + table + " WHERE owner_id = $1 ORDER BY position"
	err := w.query(ctx, text, []any{int64(owner)}, func(found *row) error {
		row := make([]any, len(names))
		dest := make([]any, len(names))
		for i := range row {
			dest[i] = &row[i]
		}
		list = append(list, row)
		return found.Scan(dest...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the former rows: %w", err)
	}
	return list, nil
}

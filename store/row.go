package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// replace writes one row under its key if it differs from the one that is there, which then goes to the history.
// It returns the names of the columns that changed.
func (w *writer) replace(ctx context.Context, table string, keyCols []string, keys []any, cols []string, vals []any) ([]string, error) {
	if w.fresh {
		return cols, w.insert(ctx, table, slices.Concat(keyCols, cols), slices.Concat(keys, vals))
	}
	match := make([]string, len(keyCols))
	for i, k := range keyCols {
		match[i] = fmt.Sprintf("%s = $%d", k, i+1)
	}
	cond := strings.Join(match, " AND ")
	old := make([]any, len(cols))
	dest := make([]any, len(cols))
	for i := range old {
		dest[i] = &old[i]
	}
	err := w.scan(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+table+" WHERE "+cond, keys, dest)
	if errors.Is(err, sql.ErrNoRows) {
		return cols, w.insert(ctx, table, slices.Concat(keyCols, cols), slices.Concat(keys, vals))
	}
	if err != nil {
		return nil, fmt.Errorf("read the former row: %w", err)
	}
	var changed, sets []string
	for i, c := range cols {
		if old[i] != vals[i] {
			changed = append(changed, c)
		}
		sets = append(sets, fmt.Sprintf("%s = $%d", c, len(keys)+i+1))
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if err := w.archive(ctx, table, cond, keys, slices.Concat(keyCols, cols, []string{"from_rev"})); err != nil {
		return nil, err
	}
	values := slices.Concat(keys, vals, []any{int64(w.rev)})
	text := fmt.Sprintf("UPDATE %s SET %s, from_rev = $%d WHERE %s", table, strings.Join(sets, ", "), len(values), cond)
	if _, err := w.exec(ctx, text, values...); err != nil {
		return nil, fmt.Errorf("update: %w", err)
	}
	return changed, nil
}

// insert writes a row that is not there yet.
func (w *writer) insert(ctx context.Context, table string, names []string, values []any) error {
	names, values = append(names, "from_rev"), append(values, int64(w.rev))
	if !slices.Contains(names, "owner_id") {
		names, values = append(names, "created_rev"), append(values, int64(w.rev))
	}
	marks := make([]string, len(names))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	if _, err := w.exec(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// archive copies the rows that match to the history, as ended by this revision.
func (w *writer) archive(ctx context.Context, table, cond string, keys []any, names []string) error {
	if !slices.Contains(names, "owner_id") {
		names = append(names, "created_rev")
	}
	list := strings.Join(names, ", ")
	text := fmt.Sprintf("INSERT OR IGNORE INTO %s_history (%s, to_rev) SELECT %s, $%d FROM %s WHERE %s", table, list, list, len(keys)+1, table, cond)
	if _, err := w.exec(ctx, text, append(slices.Clone(keys), int64(w.rev))...); err != nil {
		return fmt.Errorf("keep the former row: %w", err)
	}
	return nil
}

// putRows writes the elements of a list that are rows of their own, and removes those that are left over.
func (w *writer) putRows(ctx context.Context, table string, item content.Item, f *content.Field) (bool, error) {
	moved := false
	n := 0
	names := []string{"owner_id", "position"}
	put := func(cols []string, vals []any) error {
		changed, err := w.replace(ctx, table, names, []any{int64(item.Key), int64(n)}, cols, vals)
		moved = moved || len(changed) > 0
		n++
		return err
	}
	var cols []string
	if f.Kind == content.Refs {
		cols = []string{"ref_id"}
		list, _ := item.Values[f.Name].([]content.Ref)
		for _, ref := range list {
			if err := put(cols, []any{int64(ref.Key)}); err != nil {
				return false, err
			}
		}
	} else {
		list, _ := item.Values[f.Name].([]map[string]any)
		cols, _, _ = fieldColumns(f.Fields, nil) // there are no values to encode
		for _, element := range list {
			_, vals, err := fieldColumns(f.Fields, element)
			if err != nil {
				return false, err
			}
			if err := put(cols, vals); err != nil {
				return false, err
			}
		}
	}
	if w.fresh {
		return moved, nil
	}
	const rest = "owner_id = $1 AND position >= $2"
	keys := []any{int64(item.Key), int64(n)}
	if err := w.archive(ctx, table, rest, keys, append(append(names, cols...), "from_rev")); err != nil {
		return false, err
	}
	res, err := w.exec(ctx, "DELETE FROM "+table+" WHERE "+rest, keys...)
	if err != nil {
		return false, fmt.Errorf("remove what is left over: %w", err)
	}
	gone, err := res.RowsAffected()
	return moved || gone > 0, err
}

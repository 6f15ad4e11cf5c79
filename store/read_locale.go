package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/content"
)

// locales reads the languages that the items have which the audience may see, the most frequent first.
func (r *reader) locales(ctx context.Context) (*content.Result, error) {
	var parts []string
	for _, t := range content.Types() {
		if t.Name == "Party" {
			continue // the same rows as mediators
		}
		table := t
		if t.Base == "Actor" {
			table = content.RowType("Actor")
		}
		part := "SELECT n.locale, COUNT(*) AS items FROM naming AS n JOIN " + source(table) + " ON x.id = n.item_id\nWHERE " +
			where("n.type = '"+t.Base+"'", "n.locale <> ''", visible(table, r.view)) + "\nGROUP BY n.locale"
		parts = append(parts, part)
	}
	text := "SELECT locale FROM (\n" + strings.Join(parts, "\nUNION ALL\n") + "\n)\nGROUP BY locale\nORDER BY SUM(items) DESC, locale"
	list := &content.List{}
	err := r.query(ctx, text, nil, func(row *row) error {
		var locale string
		if err := row.Scan(&locale); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		list.Rows = append(list.Rows, content.Row{Values: []any{locale}})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list languages: %w", err)
	}
	return &content.Result{Lists: map[content.Key]*content.List{0: list}}, nil
}

// newestAt reads when the newest revision was made; there is no row where the record has none.
func (r *reader) newestAt(ctx context.Context) (*content.Result, error) {
	list := &content.List{}
	err := r.run(ctx, "SELECT at FROM revision WHERE number = $1", []any{int64(r.audienceHead)}, func(row *row) error {
		var at int64
		err := row.Scan(&at)
		list.Rows = append(list.Rows, content.Row{Values: []any{time.UnixMilli(at).UTC()}})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read when the newest revision was made: %w", err)
	}
	return &content.Result{Lists: map[content.Key]*content.List{0: list}}, nil
}

package store

import (
	"context"
	"fmt"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// locales reads the languages that the items have which the audience may see, the most frequent first.
func (r *reader) locales(ctx context.Context) (*content.Result, error) {
	list := &content.List{}
	err := r.query(ctx, sqlgen.LocalesOfItems(r.view), nil, func(row *row) error {
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

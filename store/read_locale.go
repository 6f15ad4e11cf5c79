package store

import (
	"context"
	"fmt"
	"time"

	"parley/content"
)

// locales reads the languages that the items have which the audience may see, the most frequent first.
func (r *reader) locales(ctx context.Context) (*content.Result, error) {
	var parts []Expr
	for _, t := range content.Types() {
		if t.Name == "Party" {
			continue // the same rows as mediators
		}
		table := t
		if t.Base == "Actor" {
			table = content.RowType("Actor")
		}
		items := From(Table{Name: "naming", Alias: "n"}).joining(source(table), Text("x.id = n.item_id"))
		parts = append(parts, Format("SELECT n.locale, COUNT(*) AS items FROM ?\nWHERE ?\nGROUP BY n.locale",
			items, All(Text("n.type = '"+t.Base+"'"), Text("n.locale <> ''"), visible(table, r.view))))
	}
	statement := Format("SELECT locale FROM (\n?\n)\nGROUP BY locale\nORDER BY SUM(items) DESC, locale", List("\nUNION ALL\n", parts...))
	list := &content.List{}
	err := r.query(ctx, statement, nil, func(row *row) error {
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

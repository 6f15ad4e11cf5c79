package store

import (
	"context"
	"fmt"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// lastChange reads, for each talk, the newest revision that made or changed an item that belongs to it and that the audience
// sees, or that moved one elsewhere. For staff it may have deleted one too.
func (r *reader) lastChange(ctx context.Context, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	statement := sqlgen.Format("SELECT p.value, r.number, r.at\nFROM json_each($1) AS p\nJOIN revision AS r ON r.number = (SELECT MAX(rev) FROM (?))",
		sqlgen.Indent(1, sqlgen.List("\nUNION ALL ", sqlgen.ChangesOf(!sel.Self, r.view)...)))
	err := r.query(ctx, statement, []any{keyList(keys)}, func(row *row) error {
		var key content.Key
		var last content.LastChange
		var at int64
		if err := row.Scan(&key, &last.Revision, &at); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		last.At = time.UnixMilli(at).UTC()
		res.Lists[key] = &content.List{Rows: []content.Row{{Key: key, Values: []any{last}}}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the last change: %w", err)
	}
	return res, nil
}

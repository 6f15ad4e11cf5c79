package store

import (
	"context"
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// citedBy reads the items that cite each source: by type as the model lists them, then by title in their own language, a
// position by its slug.
func (r *reader) citedBy(ctx context.Context, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for _, key := range keys {
		res.Lists[key] = &content.List{HasPrevious: sel.Page.After != nil}
	}
	citing := sqlgen.CitingSources(sel.Filter, r.view)
	if sel.Total {
		err := r.query(ctx, sqlgen.Format("SELECT source_id, COUNT(*)\nFROM (?)\nGROUP BY source_id", sqlgen.Indent(1, citing)), []any{keyList(keys)}, func(row *row) error {
			var key content.Key
			var n int
			err := row.Scan(&key, &n)
			res.Lists[key].Total = n
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("count the citations of sources: %w", err)
		}
	}
	if !sel.Rows {
		return res, nil
	}
	args, after := []any{keyList(keys)}, ""
	if len(sel.Page.After) == 3 {
		args, after = append(args, sel.Page.After...), "\n  WHERE (rank, sort, id) > ($2, $3, $4)"
	}
	args = append(args, sel.Page.Size+1)
	page := sqlgen.Format("SELECT source_id, rank, sort, id\nFROM (\n  SELECT source_id, rank, sort, id, ROW_NUMBER() OVER (PARTITION BY source_id ORDER BY rank, sort, id) AS n\n  FROM (?)"+
		after+fmt.Sprintf("\n)\nWHERE n <= $%d\nORDER BY source_id, n", len(args)), sqlgen.Indent(2, citing))
	err := r.query(ctx, page, args, func(row *row) error {
		var source, key content.Key
		var rank int64
		var sort string
		if err := row.Scan(&source, &rank, &sort, &key); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		l := res.Lists[source]
		ref := content.Ref{Type: content.Types()[rank].Name, Key: key}
		l.Rows = append(l.Rows, content.Row{Key: key, Values: []any{ref}, Order: []any{rank, sort, int64(key)}})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the citations of sources: %w", err)
	}
	for _, l := range res.Lists {
		trim(l, sel.Page)
	}
	return res, r.children(ctx, sel, res)
}

// Citing returns the items that cite a source, by type and key; an actor in the first of its capacities.
func (s *Store) Citing(ctx context.Context, source content.Key) ([]content.Ref, error) {
	var list []content.Ref
	const text = `SELECT IIF(q.type <> 'Actor', q.type, IIF(EXISTS (SELECT 1 FROM mediator AS m WHERE m.id = q.item_id), 'Mediator', 'Party')), q.item_id
FROM citation AS q
WHERE q.source_id = $1
ORDER BY q.type, q.item_id`
	err := s.snapshot(ctx, func(query queryFunc) error {
		return query(ctx, text, []any{int64(source)}, func(row *row) error {
			var ref content.Ref
			err := row.Scan(&ref.Type, &ref.Key)
			list = append(list, ref)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find the citations of a source: %w", err)
	}
	return list, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/content"
)

// note remembers which talks the derived columns depend on, before an item is written.
func (w *writer) note(ctx context.Context, item content.Item) error {
	if item.Type.Name != "Event" {
		return nil
	}
	if talk, ok := item.Values["talk"].(content.Ref); ok {
		w.talks[talk.Key] = true
	}
	if w.fresh {
		return nil
	}
	var former sql.NullInt64
	err := w.scan(ctx, "SELECT talk_id FROM event WHERE id = $1", []any{int64(item.Key)}, []any{&former})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the former talk: %w", err)
	}
	if former.Valid {
		w.talks[content.Key(former.Int64)] = true
	}
	return nil
}

// derive fills in what follows from the rows that were written.
func (w *writer) derive(ctx context.Context) error {
	if w.moved {
		if err := w.deriveTree(ctx); err != nil {
			return err
		}
	}
	if err := w.deriveLatest(ctx); err != nil {
		return err
	}
	return w.deriveTimelines(ctx)
}

// deriveTree makes the closure of the tree of talks anew.
func (w *writer) deriveTree(ctx context.Context) error {
	const text = `DELETE FROM talk_tree;
WITH RECURSIVE tree (ancestor, descendant, depth) AS (
  SELECT id, id, 0 FROM talk
  UNION ALL
  SELECT tree.ancestor, talk.id, tree.depth + 1 FROM tree JOIN talk ON talk.parent_id = tree.descendant
  WHERE tree.depth < 4
)
INSERT INTO talk_tree (ancestor, descendant, depth) SELECT ancestor, descendant, depth FROM tree`
	if _, err := w.exec(ctx, text); err != nil {
		return fmt.Errorf("derive the tree of talks: %w", err)
	}
	return nil
}

// deriveLatest keeps the date of the latest visible event of each talk that was touched, and of what it belongs to; of
// all talks where the tree changed.
func (w *writer) deriveLatest(ctx context.Context) error {
	talks := make([]content.Key, 0, len(w.talks))
	for key := range w.talks {
		talks = append(talks, key)
	}
	touched := "IN (SELECT t.ancestor FROM talk_tree AS t WHERE t.descendant IN (SELECT value FROM json_each($1)))"
	args := []any{keyList(talks)}
	switch {
	case w.moved:
		touched, args = "IS NOT NULL", nil
	case len(talks) == 0:
		return nil
	}
	text := fmt.Sprintf(`UPDATE talk SET latest_event = COALESCE((
  SELECT MAX((
    SELECT e.occurred_on_earliest
    FROM event AS e
    WHERE e.talk_id = t.descendant
      AND e.visible = 1
      AND e.occurred_on_earliest < %[1]d
    ORDER BY e.occurred_on_earliest DESC
    LIMIT 1))
  FROM talk_tree AS t
  WHERE t.ancestor = talk.id), %[1]d)
WHERE id %[2]s`, int64(undated), touched)
	if _, err := w.exec(ctx, text, args...); err != nil {
		return fmt.Errorf("derive the latest events: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"strings"

	"parley/content"
)

// checkChains adds problems for talks that are their own descendants or too deep, and for positions that supersede themselves,
// where whole items were put: their files show a part of such a chain only. Changes of one item are checked by check.
func (w *writer) checkChains(ctx context.Context) error {
	for _, c := range []struct {
		table, column string
		most          int
		wrong         string
	}{
		{"talk", "parent_id", maxDepth, fmt.Sprintf("it is its own ancestor, or nested more than %d levels deep: a talk's parents must lead to a process without a parent", maxDepth)},
		{"position", "supersedes_id", 1 << 20, "it supersedes itself, directly or through others"},
	} {
		text := fmt.Sprintf(`WITH RECURSIVE chain (id, depth) AS (
  SELECT id, 1 FROM %[1]s WHERE %[2]s IS NULL
  UNION ALL
  SELECT x.id, c.depth + 1 FROM chain AS c JOIN %[1]s AS x ON x.%[2]s = c.id WHERE c.depth < $1
)
SELECT slug FROM %[1]s
WHERE id NOT IN (SELECT id FROM chain) AND EXISTS (SELECT 1 FROM %[1]s WHERE from_rev = $2)
ORDER BY slug
LIMIT 20`, c.table, c.column)
		var wrong content.Problems
		err := w.query(ctx, text, []any{c.most, int64(w.rev)}, func(row *row) error {
			var slug string
			err := row.Scan(&slug)
			wrong = append(wrong, content.Errorf(content.BadUserInput, "%s/%s: %s", strings.ToLower(c.table), slug, c.wrong))
			return err
		})
		if err != nil {
			return fmt.Errorf("check the chains of %ss: %w", c.table, err)
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

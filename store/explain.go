package store

import (
	"context"
	"fmt"
	"strings"
)

// Explain returns the query plan of a statement: a line for each step, indented by two spaces for each step around it.
func (s *Store) Explain(ctx context.Context, text string, args []any) ([]string, error) {
	rows, err := s.readers.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return nil, fmt.Errorf("explain a statement: %w", err)
	}
	defer rows.Close()     //nolint:errcheck // rows.Err says what went wrong
	depth := map[int]int{} // of steps by id
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, fmt.Errorf("explain a statement: %w", err)
		}
		depth[id] = 0
		if outer, ok := depth[parent]; ok {
			depth[id] = outer + 1
		}
		steps = append(steps, strings.Repeat("  ", depth[id])+step)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("explain a statement: %w", err)
	}
	return steps, nil
}

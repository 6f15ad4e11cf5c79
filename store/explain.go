package store

import (
	"context"
	"fmt"
)

// Explain returns how SQLite runs a statement: a line for each step.
func (s *Store) Explain(ctx context.Context, text string, args []any) ([]string, error) {
	rows, err := s.readers.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return nil, fmt.Errorf("explain a statement: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, fmt.Errorf("explain a statement: %w", err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("explain a statement: %w", err)
	}
	return steps, nil
}

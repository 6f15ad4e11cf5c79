package store

import (
	"context"
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// fewEnded is how many former places that ended after a revision are sorted: each of them costs some look-ups. Among more
// of them, those that the timeline had then are not far apart, and it is scanned in its order.
const fewEnded = 60

// ended reports whether a list of the past is one timeline, of which few places ended after the revision that is read.
func (r *reader) ended(ctx context.Context, q *rowReader, parents []content.Key) (bool, error) {
	if q.View.At == 0 || q.Timeline == sqlgen.NoTimeline || len(parents) != 1 {
		return false, nil
	}
	text := fmt.Sprintf("SELECT 1 FROM event_list_history WHERE list = %d AND parent_id = $1 AND to_rev > $2 LIMIT 1 OFFSET %d", q.Timeline, fewEnded)
	few := true
	err := r.run(unwatched(ctx), text, []any{parents[0], int64(r.view.At)}, func(*row) error {
		few = false
		return nil
	})
	return few, err
}

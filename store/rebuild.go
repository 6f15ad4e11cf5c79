package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// errUnderived is the error for a file without derived data where this process may not rebuild it.
var errUnderived = errors.New("an older parley wrote to it without the derived data of its schema: run parley migrate to rebuild it")

// underived counts the revisions that were written by programs that do not know the derived tables of the schema.
func (s *Store) underived(ctx context.Context) (n int, err error) {
	if err := s.readers.QueryRowContext(ctx, "SELECT COUNT(*) FROM revision WHERE schema IS NULL").Scan(&n); err != nil {
		return 0, fmt.Errorf("find derived data: %w", err)
	}
	return n, nil
}

// Rebuild derives all derived data again, for all rows: the lists that events, now and
// before, and talks have inline, the places of events in timelines, the list of those that are hidden, the covering rows of events,
// the folded names and words, now and before, and which items cite which sources.
// It makes no revision, since nothing is different for readers where the derived rows were right. Places that were wrong go to
// the history as all former places do, and a running server may serve cached ones until it restarts.
func (s *Store) Rebuild(ctx context.Context) error {
	return s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		if err := w.scan(ctx, newest, nil, []any{&w.rev}); err != nil {
			return fmt.Errorf("read the newest revision: %w", err)
		}
		var events string
		if err := w.scan(ctx, "SELECT json_group_array(id) FROM event", nil, []any{&events}); err != nil {
			return fmt.Errorf("list the events: %w", err)
		}
		for typeName := range sqlgen.Inlined() {
			if _, err := w.exec(ctx, inlineLists(typeName)); err != nil {
				return fmt.Errorf("list the items that belong to each %s: %w", typeName, err)
			}
		}
		if _, err := w.exec(ctx, formerLists()); err != nil {
			return fmt.Errorf("list the items of former versions of events: %w", err)
		}
		if err := w.listEvents(ctx, events); err != nil { // before the covering rows: wrong places may end with wrong ones
			return err
		}
		for _, text := range []string{"DELETE FROM event_card_history", "UPDATE event_list_history SET card = NULL WHERE card IS NOT NULL", "DELETE FROM event_hidden"} {
			if _, err := w.exec(ctx, text); err != nil {
				return fmt.Errorf("delete the derived data of former versions: %w", err)
			}
		}
		if err := w.archiveCoveringRows(ctx, "TRUE"); err != nil {
			return err
		}
		if err := w.deriveHidden(ctx, "(SELECT DISTINCT event_id AS value FROM event_list_history)"); err != nil {
			return err
		}
		if err := w.recite(ctx, nil); err != nil {
			return err
		}
		if err := w.refold(ctx); err != nil {
			return err
		}
		if _, err := w.exec(ctx, "UPDATE revision SET schema = $1 WHERE schema IS NULL", w.schema); err != nil {
			return fmt.Errorf("record that the data is derived: %w", err)
		}
		return nil
	})
}

// formerLists sets the inlined lists of those former versions of events that have none.
func formerLists() string {
	var sets []string
	for _, name := range sqlgen.Inlined()[content.TimelineType().Name] {
		const pairs = "SELECT ref_id AS id, position FROM %[2]s WHERE owner_id = h.id AND from_rev <= h.from_rev" +
			"\n    UNION ALL SELECT ref_id, position FROM %[2]s_history WHERE owner_id = h.id AND from_rev <= h.from_rev AND to_rev > h.from_rev"
		sets = append(sets, fmt.Sprintf("\n  %[1]s = (SELECT json_group_array(id) FROM ("+pairs+" ORDER BY position))", sqlgen.InlineColumn(name), "event_"+name))
	}
	return "UPDATE event_history AS h SET" + strings.Join(sets, ",") + "\nWHERE h.mediator_ids IS NULL"
}

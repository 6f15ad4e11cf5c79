package store

import (
	"context"
	"fmt"
)

// Rebuild derives anew what stands beside the tables that it follows from, for all rows: the lists that events and talks
// have inline, the places of events in timelines, the list of those that are hidden, the cards of events, and the folded names
// and words, now and before.
// It makes no revision, since nothing is different for readers where the derived rows were right. Places that were wrong go to
// the history as all former places do, and a server that runs may serve what it keeps of them until it starts anew.
func (s *Store) Rebuild(ctx context.Context) error {
	return s.desk.do(ctx, func(ctx context.Context, w *writer) error {
		if err := w.scan(ctx, newest, nil, []any{&w.rev}); err != nil {
			return fmt.Errorf("read the newest revision: %w", err)
		}
		var events string
		if err := w.scan(ctx, "SELECT json_group_array(id) FROM event", nil, []any{&events}); err != nil {
			return fmt.Errorf("list the events: %w", err)
		}
		for typeName := range inlined() {
			if _, err := w.exec(ctx, inlineLists(typeName)); err != nil {
				return fmt.Errorf("list what belongs to each %s: %w", typeName, err)
			}
		}
		if err := w.listEvents(ctx, events); err != nil { // before the cards: wrong places may end with wrong ones
			return err
		}
		for _, text := range []string{"DELETE FROM event_card_history", "UPDATE event_list_history SET card = NULL WHERE card IS NOT NULL", "DELETE FROM event_hidden"} {
			if _, err := w.exec(ctx, text); err != nil {
				return fmt.Errorf("take away what is derived of former versions: %w", err)
			}
		}
		if err := w.keepCards(ctx, "TRUE"); err != nil {
			return err
		}
		if err := w.deriveHidden(ctx, "(SELECT DISTINCT event_id AS value FROM event_list_history)"); err != nil {
			return err
		}
		return w.refold(ctx)
	})
}

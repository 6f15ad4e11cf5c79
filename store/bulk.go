package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/content"
)

// fewRows is how many rows a table has at most whose indexes are better made anew after a bulk load than kept up to date
// in it.
const fewRows = 10_000

// How many bytes of pages the writer keeps in memory, usually and during a bulk load.
const (
	usualCache = 2 << 20
	bulkCache  = 24 << 20
)

// bulk is a load of many items. Events are many; all other types have few items.
type bulk struct {
	// What makes the indexes again: those that derived rows are found by, and the others.
	first, last []string
}

// beginBulk takes the indexes from the tables of events that have few rows yet, until endBulk and endDerived.
func (w *writer) beginBulk(ctx context.Context) (*bulk, error) {
	b := &bulk{}
	var names []string
	for _, table := range []string{"event", "event_mediators", "event_parties", "event_issues", "event_list", "naming", "change"} {
		var rows int
		count := fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT %d)", table, fewRows+1)
		if err := w.scan(ctx, count, nil, []any{&rows}); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", table, err)
		}
		if table == "event" {
			w.noEvents = rows == 0
		}
		if rows > fewRows {
			continue
		}
		const list = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = $1"
		err := w.query(ctx, list, []any{table}, func(found *sql.Rows) error {
			var name, text string
			err := found.Scan(&name, &text)
			if names = append(names, name); table == "event_list" {
				b.last = append(b.last, text)
			} else {
				b.first = append(b.first, text)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("list the indexes of %s: %w", table, err)
		}
	}
	w.wrote = true
	if err := w.desk.exec(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", bulkCache>>10)); err != nil {
		return nil, fmt.Errorf("keep more pages: %w", err)
	}
	for _, name := range names {
		if err := w.desk.exec(ctx, "DROP INDEX "+name); err != nil {
			return nil, fmt.Errorf("set the index %s aside: %w", name, err)
		}
	}
	return b, nil
}

// endBulk makes the indexes again that derived rows are found by. The load is over.
func (w *writer) endBulk(ctx context.Context, b *bulk) error {
	w.noEvents, w.load = false, b
	return w.reindex(ctx, b.first)
}

// endDerived makes the indexes of derived rows again, once they are written.
func (w *writer) endDerived(ctx context.Context) error {
	if w.load == nil {
		return nil
	}
	if err := w.reindex(ctx, w.load.last); err != nil {
		return err
	}
	if err := w.desk.exec(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", usualCache>>10)); err != nil {
		return fmt.Errorf("keep fewer pages: %w", err)
	}
	return nil
}

func (w *writer) reindex(ctx context.Context, texts []string) error {
	for _, text := range texts {
		if err := w.desk.exec(ctx, text); err != nil {
			return fmt.Errorf("make an index again: %w", err)
		}
	}
	return nil
}

// isNew reports whether an item is known not to be there without a look.
func (w *writer) isNew(item content.Item) bool { return w.noEvents && item.Type.Name == "Event" }

package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// fewRows is how many rows a table has at most whose indexes are better rebuilt after a bulk load than kept up to date
// in it.
const fewRows = 10_000

// How many bytes of pages the writer keeps in memory: usually, while items come, and while indexes are made. As much is
// sorted at a time, and what is more than that in a thread beside the reading: so indexes want little.
const (
	usualCache = 2 << 20
	bulkCache  = 24 << 20
	indexCache = 4 << 20
)

// How many bytes of words a full-text index gathers before it writes them down, usually and while items come.
const (
	usualHash = 1 << 20
	bulkHash  = 8 << 20
)

// dropIndexes returns the indexes that are rebuilt after a bulk load, by their tables: those whose order has nothing to do with
// that of the load. The others hold few rows, or grow at their end.
func dropIndexes() map[string][]string {
	return map[string][]string{
		"event":           {"event_order", "event_talk", "event_title", "event_kinds", "event_outlook", "event_basis", "event_verification", "event_pub_status", "event_changed"},
		"event_mediators": {"event_mediators_ref"},
		"event_parties":   {"event_parties_ref"},
		"event_issues":    {"event_issues_ref"},
		"event_list":      {"event_list_event"},
		"naming":          {"naming_order", "naming_text", "naming_title"},
		"citation":        {"citation_item"},
	}
}

// bulk is a load of many items. Events are many; all other types have few items. What new events are found by is written
// as they come. Their own rows wait until all are there, and are written in the order of their keys, so that tables grow at
// their end.
type bulk struct {
	// The statements that create the indexes again: those that derived rows are found by, and the others.
	first, last []string
	all         bool // whether no event was there before
	waiting     *spillFile
	columns     []string        // of the rows of events that wait
	timelines   *timelineLoader // of those events
}

// beginBulk takes the indexes from the tables of events that have few rows yet, until endBulk and endDerived.
func (w *writer) beginBulk(ctx context.Context) (*bulk, error) {
	w.changed = true
	if err := w.spend(ctx, bulkCache, bulkHash); err != nil {
		return nil, err
	}
	b := &bulk{}
	for table, names := range dropIndexes() {
		var rows int
		count := fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT %d)", table, fewRows+1)
		if err := w.scan(ctx, count, nil, []any{&rows}); err != nil {
			return nil, fmt.Errorf("count the rows of %s: %w", table, err)
		}
		if table == "event" {
			b.all = rows == 0
		}
		if rows > fewRows {
			continue
		}
		for _, name := range names {
			var text string
			if err := w.scan(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = $1", []any{name}, []any{&text}); err != nil {
				return nil, fmt.Errorf("read the index %s: %w", name, err)
			}
			if err := w.command(ctx, "DROP INDEX "+name); err != nil {
				return nil, fmt.Errorf("drop the index %s: %w", name, err)
			}
			if table == "event_list" {
				b.last = append(b.last, text)
			} else {
				b.first = append(b.first, text)
			}
		}
	}
	var err error
	b.waiting, err = newSpillFile()
	w.bulk = b
	return b, err
}

// close removes the temporary files of the load, if it is one.
func (b *bulk) close() {
	if b == nil {
		return
	}
	_ = b.waiting.close() // what it held is written or not wanted
	if b.timelines != nil {
		_ = b.timelines.coveringRows.close()
	}
}

// put writes an item, or has a new event wait.
func (b *bulk) put(ctx context.Context, w *writer, item *prepared) error {
	if b.all && item.Type.Timeline != "" {
		return b.add(ctx, w, item)
	}
	return w.putPrepared(ctx, item)
}

// add writes what a new event is found by, and has its rows wait.
func (b *bulk) add(ctx context.Context, w *writer, item *prepared) error {
	if err := b.waiting.add(item.Key, item.packed.bytes); err != nil {
		return err
	}
	b.columns, w.flushed = item.packed.columns, true
	w.touch(item.Item, nil, nil)
	if err := w.plan(ctx, item, false); err != nil {
		return err
	}
	return w.archiveNames(ctx, item, false, item.packed.visible)
}

// endBulk writes the events that waited, and makes the indexes again that derived rows are found by. The load is over.
func (w *writer) endBulk(ctx context.Context, b *bulk) error {
	if err := b.rows(ctx, w); err != nil {
		return err
	}
	if err := w.spend(ctx, indexCache, usualHash); err != nil {
		return err
	}
	return w.reindex(ctx, b.first)
}

// eventLists returns what writes the lists of events.
func eventLists() (lists batchInserters) {
	for _, name := range sqlgen.Inlined()[content.TimelineType().Name] {
		lists = append(lists, &batchInserter{table: "event_" + name, most: atOnce, columns: []string{"owner_id", "position", "from_rev", "ref_id"}})
	}
	return lists
}

// rows writes the rows of the events that waited, each event before its lists and its line in the log.
func (b *bulk) rows(ctx context.Context, w *writer) error {
	if len(b.waiting.rows) == 0 {
		return nil
	}
	event := &batchInserter{table: "event", columns: b.columns, most: 1} // many in a statement would have it keep what pages were
	log := &batchInserter{table: "change", most: atOnce, columns: []string{"revision", "type", "item_id", "op", "fields", "seen"}}
	lists := eventLists()
	own, visible := len(b.columns), slices.Index(b.columns, "visible")
	var err error
	if b.timelines, err = newTimelineLoader(b.columns, len(b.waiting.rows)); err != nil {
		return err
	}
	stop := make(chan struct{})
	batches := b.waiting.sorted(stop, func(values []any) error { return b.timelines.add(values[:own], values[own:]) })
	defer func() {
		close(stop)
		for range batches { // until nothing reads the file any more
		}
	}()
	rev := int64(w.rev)
	for batch := range batches {
		if err := cmp.Or(batch.err, w.callerCtx.Err()); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
		for _, values := range batch.rows {
			if err := event.add(ctx, w, values[:own]...); err != nil {
				return err
			}
		}
		if err := event.flush(ctx, w); err != nil {
			return err
		}
		for _, values := range batch.rows {
			key, rest := values[own-1], values[own:]
			for _, list := range lists {
				n, _ := rest[0].(int64)
				for position, ref := range rest[1 : 1+n] {
					if err := list.add(ctx, w, key, int64(position), rev, ref); err != nil {
						return err
					}
				}
				rest = rest[1+n:]
			}
			var seen any
			if values[visible] == int64(1) {
				seen, w.public = rest[0], true
			}
			if err := log.add(ctx, w, rev, content.TimelineType().Name, key, "CREATED", rest[0], seen); err != nil {
				return err
			}
		}
		if err := append(lists, log).flush(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// endDerived makes the indexes of derived rows again, once they are written.
func (w *writer) endDerived(ctx context.Context) error {
	if w.bulk == nil {
		return nil
	}
	if err := w.reindex(ctx, w.bulk.last); err != nil {
		return err
	}
	return w.keepPages(ctx, usualCache)
}

// keepPages sets how many bytes of pages are kept in memory.
func (w *writer) keepPages(ctx context.Context, size int) error {
	if err := w.execOnce(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", size>>10)); err != nil {
		return fmt.Errorf("set the page cache size: %w", err)
	}
	return nil
}

// spend sets how many bytes pages take in memory, and what each full-text index gathers.
func (w *writer) spend(ctx context.Context, pages, words int) error {
	for _, index := range []string{"naming_gram", "search_index"} {
		text := fmt.Sprintf("INSERT INTO %[1]s (%[1]s, rank) VALUES ('hashsize', %[2]d)", index, words)
		if err := w.command(ctx, text); err != nil {
			return fmt.Errorf("configure %s: %w", index, err)
		}
	}
	return w.keepPages(ctx, pages)
}

func (w *writer) reindex(ctx context.Context, texts []string) error {
	for _, text := range texts {
		if err := w.command(ctx, text); err != nil {
			return fmt.Errorf("recreate an index: %w", err)
		}
	}
	return nil
}

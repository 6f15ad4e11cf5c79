package store

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// scratch is where derived rows are gathered as they are to be, before those that differ are written.
const scratch = `CREATE TEMP TABLE IF NOT EXISTS talk_place (
  ancestor INTEGER NOT NULL,
  descendant INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  PRIMARY KEY (descendant, ancestor)
) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS event_place (
  event_id INTEGER NOT NULL,
  list INTEGER NOT NULL,
  parent_id INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  card BLOB,
  PRIMARY KEY (event_id, list, parent_id)
) STRICT, WITHOUT ROWID`

// affected remembers what derived rows depend on, of the items that a revision writes.
type affected struct {
	talks           map[content.Key]bool // whose latest event may be another
	holders         map[content.Key]bool // talks whose inlined lists may be others, which no event changes
	reparentedTalks []content.Key        // talks that were made or have another parent
	movedTalks      []content.Key        // those of them that were there
	deletedTalks    []content.Key        // talks that are no more
	events          []content.Key        // events that changed
	relisted        bool                 // whether some of them were there before
}

// touch remembers that an item changed.
func (w *writer) touch(item content.Item, former formerRow, changed []string) {
	switch t := item.Type; {
	case t.Tree != "":
		w.touchHolder(int64(item.Key))
		if former != nil && !slices.Contains(changed, t.Tree) {
			return
		}
		w.reparentedTalks = append(w.reparentedTalks, item.Key)
		if former != nil {
			w.movedTalks = append(w.movedTalks, item.Key)
			w.touchHolder(former["parent_id"])
		}
	case t.Timeline != "":
		w.events = append(w.events, item.Key)
		w.relisted = w.relisted || former != nil
		w.touchTalk(former["talk_id"])
		if talk, ok := item.Values["talk"].(content.Ref); ok {
			w.talks[talk.Key] = true
		}
	}
}

// touchGone remembers that an item is no more.
func (w *writer) touchGone(ref content.Ref, former formerRow) {
	switch t := content.TypeNamed(ref.Type); {
	case t.Tree != "":
		w.deletedTalks = append(w.deletedTalks, ref.Key)
		w.touchHolder(former["parent_id"])
	case t.Timeline != "":
		w.events, w.relisted = append(w.events, ref.Key), true
		w.touchTalk(former["talk_id"])
	}
}

// touchHolder remembers the talk with the key that a column holds, if it holds one, of which more than events changed.
func (w *writer) touchHolder(column any) {
	if key, ok := column.(int64); ok {
		w.holders[content.Key(key)] = true
	}
	w.touchTalk(column)
}

// touchTalk remembers the talk with the key that a column holds, if it holds one.
func (w *writer) touchTalk(column any) {
	if key, ok := column.(int64); ok {
		w.talks[content.Key(key)] = true
	}
}

// derive brings up to date what follows from the rows that were written.
func (w *writer) derive(ctx context.Context) error {
	if err := w.deriveTree(ctx); err != nil {
		return err
	}
	if err := w.deriveLatest(ctx); err != nil {
		return err
	}
	if err := w.deriveInlined(ctx); err != nil {
		return err
	}
	return w.deriveTimelines(ctx)
}

// deriveTree derives the ancestors of the talks that moved, and of all beneath them.
func (w *writer) deriveTree(ctx context.Context) error {
	if len(w.deletedTalks) > 0 {
		if err := w.archiveAndDelete(ctx, "talk_tree", "descendant IN (SELECT value FROM json_each($1))", keyList(w.deletedTalks)); err != nil {
			return err
		}
	}
	if len(w.reparentedTalks) == 0 {
		return nil
	}
	const gather = `WITH RECURSIVE below (id) AS (
  SELECT id FROM talk WHERE id IN (SELECT value FROM json_each($1))
  UNION
  SELECT talk.id FROM below JOIN talk ON talk.parent_id = below.id
), place (ancestor, descendant, depth) AS (
  SELECT id, id, 0 FROM below
  UNION ALL
  SELECT talk.parent_id, place.descendant, place.depth + 1 FROM place JOIN talk ON talk.id = place.ancestor
  WHERE talk.parent_id IS NOT NULL AND place.depth < 4
)
INSERT OR IGNORE INTO talk_place (ancestor, descendant, depth) SELECT ancestor, descendant, depth FROM place`
	if _, err := w.exec(ctx, gather, keyList(w.reparentedTalks)); err != nil {
		return fmt.Errorf("derive the tree of talks: %w", err)
	}
	const gone = `descendant IN (SELECT descendant FROM talk_place) AND NOT EXISTS (
  SELECT 1 FROM talk_place AS p
  WHERE p.descendant = talk_tree.descendant AND p.ancestor = talk_tree.ancestor AND p.depth = talk_tree.depth)`
	if err := w.archiveAndDelete(ctx, "talk_tree", gone); err != nil {
		return err
	}
	const add = `INSERT INTO talk_tree (ancestor, descendant, depth, from_rev) SELECT ancestor, descendant, depth, $1 FROM talk_place
WHERE TRUE ON CONFLICT DO NOTHING`
	if _, err := w.exec(ctx, add, int64(w.rev)); err != nil {
		return fmt.Errorf("derive the tree of talks: %w", err)
	}
	if _, err := w.exec(ctx, "DELETE FROM talk_place"); err != nil {
		return fmt.Errorf("clear the places of talks: %w", err)
	}
	return nil
}

// deriveLatest keeps the date of the latest visible event of each talk that was touched, and of what it belongs to.
func (w *writer) deriveLatest(ctx context.Context) error {
	if len(w.talks) == 0 {
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
WHERE id IN (SELECT t.ancestor FROM talk_tree AS t WHERE t.descendant IN (SELECT value FROM json_each($1)))`, int64(sqlgen.Undated))
	if _, err := w.exec(ctx, text, keyList(slices.Sorted(maps.Keys(w.talks)))); err != nil {
		return fmt.Errorf("derive the latest events: %w", err)
	}
	return nil
}

// deriveTimelines derives the places of the events that were written, and of those of talks that moved.
func (w *writer) deriveTimelines(ctx context.Context) error {
	events := w.events
	if len(w.movedTalks) > 0 {
		const text = `SELECT e.id FROM event AS e
WHERE e.talk_id IN (SELECT t.descendant FROM talk_tree AS t WHERE t.ancestor IN (SELECT value FROM json_each($1)))`
		err := w.query(ctx, text, []any{keyList(w.movedTalks)}, func(row *row) error {
			var key content.Key
			err := row.Scan(&key)
			events = append(events, key)
			return err
		})
		if err != nil {
			return fmt.Errorf("read the events of talks that moved: %w", err)
		}
	}
	if len(events) == 0 {
		return nil
	}
	if w.bulk != nil && w.bulk.all {
		if err := w.bulk.timelines.write(ctx, w); err != nil {
			return err
		}
		return w.deriveHidden(ctx, "(SELECT event_id AS value FROM event_hidden)") // of deleted ones, whose keys may be reused
	}
	keys := keyList(events)
	list := w.listNew
	if w.relisted || len(w.movedTalks) > 0 {
		if err := w.archiveCoveringRows(ctx, "h.id IN (SELECT value FROM json_each($1)) AND h.to_rev = $2", keys, int64(w.rev)); err != nil {
			return err
		}
		list = w.listEvents
	}
	if err := list(ctx, keys); err != nil {
		return err
	}
	return w.deriveHidden(ctx, "json_each($1)", keys)
}

// deriveHidden lists those events, of the keys after FROM, that have former places and that the public does not
// see now.
func (w *writer) deriveHidden(ctx context.Context, keys string, args ...any) error {
	const seen = "EXISTS (SELECT 1 FROM event AS e WHERE e.id = k.value AND e.visible = 1)"
	for _, text := range []string{
		"DELETE FROM event_hidden WHERE event_id IN (SELECT k.value FROM " + keys + " AS k WHERE " + seen + ")",
		"INSERT OR IGNORE INTO event_hidden (event_id) SELECT k.value FROM " + keys + " AS k WHERE NOT " + seen +
			" AND EXISTS (SELECT 1 FROM event_list_history AS h WHERE h.event_id = k.value)",
	} {
		if _, err := w.exec(ctx, text, args...); err != nil {
			return fmt.Errorf("list hidden events: %w", err)
		}
	}
	return nil
}

// listNew gives events that were made their places in timelines; the argument is a JSON list of their keys.
func (w *writer) listNew(ctx context.Context, events string) error {
	for n, l := range byNumber(timelines()) {
		if err := w.list(ctx, n, l, l.From+"\nWHERE e.visible = 1\n  AND e.id IN (SELECT value FROM json_each($2))", events); err != nil {
			return err
		}
	}
	return nil
}

// list adds the events e after FROM to a timeline. Operands are numbered from 2.
func (w *writer) list(ctx context.Context, n sqlgen.Timeline, l listing, from string, args ...any) error {
	text := fmt.Sprintf(`INSERT OR IGNORE INTO event_list (list, parent_id, earliest, latest, sequence, event_id, from_rev, card)
SELECT %d, %s AS parent_id, e.occurred_on_earliest, e.occurred_on_latest, COALESCE(e.sequence, 0), e.id, $1, %s
FROM %s
ORDER BY 2, 3, 4, 5, 6`, n, l.Parent, l.CoveringRow, from)
	if _, err := w.exec(ctx, text, append([]any{w.rev}, args...)...); err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	return nil
}

// byNumber gives timelines in the order of their table, so that rows are added at its end.
func byNumber(lists map[sqlgen.Timeline]listing) iter.Seq2[sqlgen.Timeline, listing] {
	return func(yield func(sqlgen.Timeline, listing) bool) {
		for _, n := range slices.Sorted(maps.Keys(lists)) {
			if !yield(n, lists[n]) {
				return
			}
		}
	}
}

// listEvents gives events their places in timelines; the argument is a JSON list of their keys. A place that stays as it
// was is not written, nor is its covering row.
func (w *writer) listEvents(ctx context.Context, events string) error {
	for n, l := range timelines() {
		text := fmt.Sprintf(`INSERT OR IGNORE INTO event_place (list, parent_id, earliest, latest, sequence, event_id, card)
SELECT %d, %s, e.occurred_on_earliest, e.occurred_on_latest, COALESCE(e.sequence, 0), e.id, %s
FROM %s
WHERE e.id IN (SELECT value FROM json_each($1))
  AND e.visible = 1`, n, l.Parent, l.CoveringRow, l.From)
		if _, err := w.exec(ctx, text, events); err != nil {
			return fmt.Errorf("list events: %w", err)
		}
	}
	const gone = `event_id IN (SELECT value FROM json_each($1)) AND NOT EXISTS (
  SELECT 1 FROM event_place AS p
  WHERE p.event_id = event_list.event_id AND p.list = event_list.list AND p.parent_id = event_list.parent_id
    AND p.earliest = event_list.earliest AND p.latest = event_list.latest AND p.sequence = event_list.sequence)`
	if err := w.archiveAndDelete(ctx, "event_list", gone, events); err != nil {
		return err
	}
	const add = `INSERT INTO event_list (list, parent_id, earliest, latest, sequence, event_id, from_rev, card)
SELECT list, parent_id, earliest, latest, sequence, event_id, $1, card FROM event_place
WHERE TRUE ON CONFLICT (list, parent_id, earliest, latest, sequence, event_id)
DO UPDATE SET card = excluded.card WHERE card IS NOT excluded.card`
	if _, err := w.exec(ctx, add, int64(w.rev)); err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	if _, err := w.exec(ctx, "DELETE FROM event_place"); err != nil {
		return fmt.Errorf("clear the places of events: %w", err)
	}
	return nil
}

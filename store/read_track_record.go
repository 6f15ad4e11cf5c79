package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"parley/content"
)

// quoted writes texts as a list of SQL literals.
func quoted(list ...string) string { return "'" + strings.Join(list, "', '") + "'" }

// followUps returns the statement that finds, for each optimistic statement s that a condition chooses for a parent p,
// the next decisive event of the same process in the order of the timeline.
func followUps(statements Tables) Expr {
	kept, setBack := content.Decisive()
	return Format(`SELECT p.value, s.id, s.occurred_on_earliest, s.occurred_on_latest, s.sequence,
  e.id, e.event_kind, e.occurred_on_earliest, e.occurred_on_latest, e.sequence, p.key
FROM ?
  AND s.visible = 1
  AND s.event_kind = 'STATEMENT'
  AND s.outlook IN (`+quoted(content.Optimistic()...)+`)
LEFT JOIN ? ON e.id = (
  SELECT n.id
  FROM ?
  JOIN ? ON down.ancestor = up.ancestor
  JOIN ? ON n.talk_id = down.descendant
  WHERE up.descendant = s.talk_id
    AND up.depth = (SELECT MAX(depth) FROM ? WHERE descendant = s.talk_id)
    AND n.visible = 1
    AND n.event_kind IN (`+quoted(append(kept, setBack...)...)+`)
    AND (n.occurred_on_earliest, n.occurred_on_latest, COALESCE(n.sequence, 0), n.id) >
      (s.occurred_on_earliest, s.occurred_on_latest, COALESCE(s.sequence, 0), s.id)
  ORDER BY n.occurred_on_earliest, n.occurred_on_latest, COALESCE(n.sequence, 0), n.id
  LIMIT 1)
ORDER BY p.key, s.id`, statements, Table{Name: "event", Alias: "e"}, Table{Name: "talk_tree", Alias: "up"}, Table{Name: "talk_tree", Alias: "down"},
		Table{Name: "event", Alias: "n", Hint: IndexedBy, Index: "event_decisive"}, Table{Name: "talk_tree"})
}

// formerFollowUps does the same in a view of the past. It scans the timelines, which hold what the public saw.
func formerFollowUps(statements Tables) Expr {
	kept, setBack := content.Decisive()
	return Format(`WITH s AS MATERIALIZED (
  SELECT p.value, p.key, s.id, s.occurred_on_earliest, s.occurred_on_latest, s.sequence, (
    SELECT id FROM (
      SELECT l.event_id AS id, l.earliest, l.latest, l.sequence
      FROM ?
      CROSS JOIN ? ON n.id = l.event_id
      WHERE l.list = 1
        AND l.parent_id = ?
        AND n.event_kind IN (`+quoted(append(kept, setBack...)...)+`)
        AND (l.earliest, l.latest, l.sequence, l.event_id) >
          (s.occurred_on_earliest, s.occurred_on_latest, COALESCE(s.sequence, 0), s.id)
      ORDER BY 2, 3, 4, 1
      LIMIT 1 OFFSET 0)) AS next
  FROM ?
    AND s.visible = 1
    AND s.event_kind = 'STATEMENT'
    AND s.outlook IN (`+quoted(content.Optimistic()...)+`))
SELECT s.value, s.id, s.occurred_on_earliest, s.occurred_on_latest, s.sequence,
  e.id, e.event_kind, e.occurred_on_earliest, e.occurred_on_latest, e.sequence, s.key
FROM s
JOIN ? ON e.id = s.next
UNION ALL
SELECT s.value, s.id, s.occurred_on_earliest, s.occurred_on_latest, s.sequence, NULL, NULL, NULL, NULL, NULL, s.key
FROM s
WHERE s.next IS NULL
ORDER BY 11, 2`, Table{Name: "event_list", Alias: "l"}, Table{Name: "event", Alias: "n"}, processOf("s.talk_id"), Indent(1, statements), Table{Name: "event", Alias: "e"})
}

// follow reads what followed optimistic statements, by the parents that a statement names.
func (r *reader) follow(ctx context.Context, statements Tables, parents []content.Key) (map[content.Key][]content.FollowUp, error) {
	list := map[content.Key][]content.FollowUp{}
	statement := followUps(statements)
	if r.view.At != 0 {
		statement = formerFollowUps(statements)
	}
	err := r.query(ctx, statement, []any{keyList(parents)}, func(row *row) error {
		var parent, id content.Key
		var s, e content.Moment
		var next, from, until sql.NullInt64
		var kind sql.NullString
		if err := row.Scan(&parent, &id, &s.Earliest, &s.Latest, &s.Sequence, &next, &kind, &from, &until, &e.Sequence, new(any)); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		e.Earliest, e.Latest = from.Int64, until.Int64
		then := &e
		if !next.Valid {
			then = nil
		}
		ref := content.Ref{Type: "Event", Key: content.Key(next.Int64)}
		list[parent] = append(list[parent], content.Follow(s, ref, then, kind.String))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what followed: %w", err)
	}
	return list, nil
}

// trackRecord counts what became of the optimism of talks and of what belongs to them.
func (r *reader) trackRecord(ctx context.Context, talks []content.Key) (*content.Result, error) {
	statements := From(parentKeys()).with(CrossJoin, Table{Name: "talk_tree", Alias: "t"}, Text("t.ancestor = p.value")).
		with(CrossJoin, Table{Name: "event", Alias: "s", Hint: IndexedBy, Index: "event_optimistic"}, Text("s.talk_id = t.descendant"))
	statements[1].Line, statements[2].Line = true, true
	list, err := r.follow(ctx, statements, talks)
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for _, talk := range talks {
		res.Lists[talk] = &content.List{Rows: []content.Row{{Key: talk, Values: []any{content.NewTrackRecord(list[talk])}}}}
	}
	return res, err
}

// followedBy reads what became of single statements; events of other kinds have no row.
func (r *reader) followedBy(ctx context.Context, sel *content.Selection, events []content.Key) (*content.Result, error) {
	statements := From(parentKeys()).with(CrossJoin, Table{Name: "event", Alias: "s"}, Text("s.id = p.value"))
	statements[1].Line = true
	list, err := r.follow(ctx, statements, events)
	if err != nil {
		return nil, err
	}
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for event, f := range list {
		var ref any
		if f[0].Event.Key != 0 {
			ref = f[0].Event
		}
		res.Lists[event] = &content.List{Rows: []content.Row{{Key: event, Values: []any{ref, f[0]}}}}
	}
	return res, r.children(ctx, sel, res)
}

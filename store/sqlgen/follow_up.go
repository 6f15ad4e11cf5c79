package sqlgen

import (
	"strings"

	"parley/content"
)

// quoted writes texts as a list of SQL literals.
func quoted(list ...string) string { return "'" + strings.Join(list, "', '") + "'" }

// FollowUps returns the statement that finds, for each optimistic statement s that a condition chooses for a parent p,
// the next decisive event of the same process in the order of the timeline.
func FollowUps(statements Tables, v content.View) Expr {
	if v.At != 0 {
		return formerFollowUps(statements)
	}
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
ORDER BY 11, 2`, Table{Name: "event_list", Alias: "l"}, Table{Name: "event", Alias: "n"}, processOf("s.talk_id"), Hang(statements), Table{Name: "event", Alias: "e"})
}

// StatementsOfTalks are the statements s of the talks p, and of what belongs to them.
func StatementsOfTalks() Tables {
	statements := From(parentKeys()).with(CrossJoin, Table{Name: "talk_tree", Alias: "t"}, Text("t.ancestor = p.value")).
		with(CrossJoin, Table{Name: "event", Alias: "s", Hint: IndexedBy, Index: "event_optimistic"}, Text("s.talk_id = t.descendant"))
	statements[1].Line, statements[2].Line = true, true
	return statements
}

// StatementsOfEvents are the events p themselves, as statements s.
func StatementsOfEvents() Tables {
	statements := From(parentKeys()).with(CrossJoin, Table{Name: "event", Alias: "s"}, Text("s.id = p.value"))
	statements[1].Line = true
	return statements
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// verification is a statement that counts faults.
type verification struct {
	what  string // is checked
	wrong string // a sentence for a count that is not 0, with %d
	count string
}

// Verify reads the whole database and returns a sentence for each thing that is wrong with it: pages and indexes of the
// file, references, the log of revisions with the versions of all items, and derived data. It passes the name of each check to each.
func (s *Store) Verify(ctx context.Context, each func(what string)) ([]string, error) {
	each("the file")
	problems, err := s.verifyFile(ctx)
	if err != nil {
		return nil, err
	}
	checks := slices.Concat(logChecks(), versionChecks(), derivedChecks())
	for _, c := range checks {
		each(c.what)
		var n int
		if err := s.readers.QueryRowContext(ctx, c.count).Scan(&n); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.what, err)
		}
		if n != 0 {
			problems = append(problems, fmt.Sprintf(c.wrong, n))
		}
	}
	return problems, nil
}

// verifyFile has SQLite check the structure of the file, on a connection that has read nothing: the check of a text index
// goes by what its connection has seen.
func (s *Store) verifyFile(ctx context.Context) (problems []string, err error) {
	db, err := sql.Open("sqlite", dsn(s.path, s.how.mode, s.how.options))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, fmt.Errorf("check the file: %w", fileFault(s.path, err))
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	for rows.Next() {
		var said string
		if err := rows.Scan(&said); err != nil {
			return nil, fmt.Errorf("check the file: %w", err)
		}
		if said != "ok" {
			problems = append(problems, "the file is damaged, restore a backup: "+said)
		}
	}
	return problems, rows.Err()
}

// logChecks look at the log of revisions by itself.
func logChecks() []verification {
	return []verification{
		{"references", "%d rows reference a missing row", "SELECT COUNT(*) FROM pragma_foreign_key_check"},
		{"the numbers of revisions", "the revision log lacks revision %d", "SELECT COALESCE(MAX(number), 0) - COUNT(*) FROM revision"},
		{
			"the times of revisions", "%d revisions are not later than the previous one",
			"SELECT COUNT(*) FROM revision AS a JOIN revision AS b ON b.number = a.number + 1 WHERE b.at <= a.at",
		},
		{
			"revisions without changes", "%d revisions change nothing",
			"SELECT COUNT(*) FROM revision AS r WHERE NOT EXISTS (SELECT 1 FROM change AS c WHERE c.revision = r.number)",
		},
		{"changes without a revision", "%d changes are of no revision", "SELECT COUNT(*) FROM change AS c WHERE c.revision NOT IN (SELECT number FROM revision)"},
	}
}

// versionChecks compare the versions of rows with each other and with the log.
func versionChecks() []verification {
	var list []verification
	for _, table := range slices.Sorted(maps.Keys(sqlgen.HistoryColumns())) {
		list = append(list, overlapCheck(table, strings.Join(identity(table), ", "), "TRUE"))
	}
	list = append(list, overlapCheck("external_id", "type, scheme, value", "match_kind = 'EXACT'"))
	for _, t := range content.Types() {
		if t.IsView() {
			continue // a capacity comes and goes without the actor's row
		}
		versions := fmt.Sprintf("SELECT id, from_rev AS rev FROM %[1]s UNION SELECT id, from_rev FROM %[1]s_history UNION SELECT id, to_rev FROM %[1]s_history", sqlgen.Snake(t.Base))
		list = append(list, verification{
			"the log of " + t.Plural, "%d versions of " + t.Plural + " and entries of the log do not belong together",
			countDiffering(versions, "SELECT item_id AS id, revision AS rev FROM change WHERE type = '"+t.Name+"'"),
		})
	}
	return list
}

// identity are the columns that identify the rows of a table, over all time.
func identity(table string) []string {
	switch table {
	case "talk_tree":
		return []string{"ancestor", "descendant"}
	case "event_list":
		return []string{"list", "parent_id", "event_id"}
	case "external_id":
		return []string{"type", "scheme", "value", "item_id"}
	case "naming":
		return []string{"type", "item_id", "locale"}
	case "citation":
		return []string{"source_id", "type", "item_id"}
	}
	if sqlgen.HistoryColumns()[table][0] == "owner_id" {
		return []string{"owner_id", "position"}
	}
	return []string{"id"}
}

// overlapCheck checks that no two rows hold at the same time that a condition chooses and that have the same columns.
func overlapCheck(table, id, condition string) verification {
	all := fmt.Sprintf("SELECT %[1]s, from_rev, 9223372036854775807 AS to_rev FROM %[2]s WHERE %[3]s UNION ALL SELECT %[1]s, from_rev, to_rev FROM %[2]s_history WHERE %[3]s",
		id, table, condition)
	return verification{
		"the versions in " + table, "%d rows of " + table + " hold at the same time as another, or at none",
		fmt.Sprintf("SELECT COUNT(*) FROM (SELECT from_rev, to_rev, LEAD(from_rev) OVER (PARTITION BY %s ORDER BY to_rev) AS next FROM (%s)) WHERE from_rev >= to_rev OR next < to_rev", id, all),
	}
}

// countDiffering counts the rows that only one of two statements has.
func countDiffering(a, b string) string {
	return fmt.Sprintf("SELECT (SELECT COUNT(*) FROM (SELECT * FROM (%[1]s) EXCEPT SELECT * FROM (%[2]s))) + (SELECT COUNT(*) FROM (SELECT * FROM (%[2]s) EXCEPT SELECT * FROM (%[1]s)))", a, b)
}

// derivedChecks compare derived data with what it follows from.
func derivedChecks() []verification {
	const tree = `WITH RECURSIVE tree (ancestor, descendant, depth) AS (
  SELECT id, id, 0 FROM talk
  UNION ALL
  SELECT tree.ancestor, talk.id, tree.depth + 1 FROM tree JOIN talk ON talk.parent_id = tree.descendant
) SELECT ancestor, descendant, depth FROM tree`
	var places []string
	for n, l := range byNumber(timelines()) {
		places = append(places, fmt.Sprintf(`SELECT %d, %s, e.occurred_on_earliest, e.occurred_on_latest, COALESCE(e.sequence, 0), e.id, %s
FROM %s WHERE e.visible = 1`, n, l.Parent, l.CoveringRow, l.From))
	}
	latest := fmt.Sprintf(`SELECT t.id, COALESCE((SELECT MAX(e.occurred_on_earliest) FROM event AS e
  WHERE e.visible = 1 AND e.occurred_on_earliest < %[1]d AND e.talk_id IN (SELECT descendant FROM talk_tree WHERE ancestor = t.id)), %[1]d)
FROM talk AS t`, int64(sqlgen.Undated))
	derived := func(what, have, want string) verification {
		return verification{what, "%d rows of " + what + " differ from what they follow from: parley rebuild", countDiffering(have, want)}
	}
	list := []verification{
		derived("the tree of talks", "SELECT ancestor, descendant, depth FROM talk_tree", tree),
		derived("timelines", "SELECT list, parent_id, earliest, latest, sequence, event_id, card FROM event_list", strings.Join(places, " UNION ALL ")),
		derived("former cards", "SELECT event_id, to_rev, card FROM event_card_history", "SELECT h.id, h.to_rev, "+sqlgen.CoveringRowOf("h")+" FROM event_history AS h WHERE h.visible = 1"),
		derived("hidden events", "SELECT event_id FROM event_hidden",
			"SELECT DISTINCT event_id FROM event_list_history WHERE event_id NOT IN (SELECT id FROM event WHERE visible = 1)"),
		derived("citations of sources",
			withoutGaps("SELECT source_id, type, item_id, from_rev, 9223372036854775807 FROM citation UNION ALL SELECT source_id, type, item_id, from_rev, to_rev FROM citation_history", "source_id", "type", "item_id"),
			citations(whole)),
		derived("quotations", "SELECT source_id, type, item_id, text, from_rev, to_rev FROM quotation", quotations(whole)),
		derived("latest events", "SELECT id, latest_event FROM talk", latest),
		{
			"the search index", "%d texts are not in the search index: restore a backup",
			"SELECT COUNT(*) FROM search_text AS x WHERE NOT EXISTS (SELECT 1 FROM search_index WHERE rowid = x.id)",
		},
	}
	for typeName := range sqlgen.Inlined() {
		for _, set := range inlineSets(typeName) {
			what := set.column + " of " + content.TypeNamed(typeName).Plural
			list = append(list, verification{
				what, "%d of " + what + " differ from what they follow from: parley rebuild",
				"SELECT COUNT(*) FROM " + sqlgen.Snake(typeName) + " WHERE " + set.column + " IS NOT " + set.list,
			})
		}
	}
	return list
}

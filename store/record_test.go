package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/internal/fold"
)

// checkRecord checks that the record is whole: the log has no gap, each row of now and before has its entry in the log
// and its own time, and what follows from the rows is what it would be if it were made anew.
func checkRecord(t *testing.T, s *Store) {
	t.Helper()
	checkFile(t, s)
	for what, text := range map[string]string{
		"gaps of the log":        "SELECT COALESCE(MAX(number), 0) - COUNT(*) FROM revision",
		"times that go back":     "SELECT COUNT(*) FROM revision AS a JOIN revision AS b ON b.number = a.number + 1 WHERE b.at <= a.at",
		"revisions of nothing":   "SELECT COUNT(*) FROM revision AS r WHERE NOT EXISTS (SELECT 1 FROM change AS c WHERE c.revision = r.number)",
		"changes of no revision": "SELECT COUNT(*) FROM change AS c WHERE c.revision NOT IN (SELECT number FROM revision)",
		"broken references":      "SELECT COUNT(*) FROM pragma_foreign_key_check",
	} {
		if n := count(t, s, text); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	for table := range kept() {
		checkIntervals(t, s, table)
	}
	for _, typ := range content.Types() {
		checkLog(t, s, typ)
	}
	checkDerived(t, s)
	checkFound(t, s)
}

// checkFile has SQLite check the file, on a connection that has read nothing: the check of a text index goes by what its
// connection has seen.
func checkFile(t *testing.T, s *Store) {
	t.Helper()
	var path, verdict string
	if err := s.readers.QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(path, "ro", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s, %v", verdict, err)
	}
}

// identity are the columns that tell the rows of a table apart, over all time.
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
	if kept()[table][0] == "owner_id" {
		return []string{"owner_id", "position"}
	}
	return []string{"id"}
}

// checkIntervals checks that no two rows of one identity hold at the same time.
func checkIntervals(t *testing.T, s *Store, table string) {
	t.Helper()
	checkApart(t, s, table, strings.Join(identity(table), ", "), "TRUE")
	if table == "external_id" {
		checkApart(t, s, table, "type, scheme, value", "match_kind = 'EXACT'")
	}
}

// checkApart checks that no two rows hold at the same time that a condition chooses and that have the same columns.
func checkApart(t *testing.T, s *Store, table, id, condition string) {
	t.Helper()
	all := fmt.Sprintf("SELECT %[1]s, from_rev, 9223372036854775807 AS to_rev FROM %[2]s WHERE %[3]s UNION ALL SELECT %[1]s, from_rev, to_rev FROM %[2]s_history WHERE %[3]s", id, table, condition)
	text := fmt.Sprintf("SELECT COUNT(*) FROM (SELECT from_rev, to_rev, LEAD(from_rev) OVER (PARTITION BY %s ORDER BY to_rev) AS next FROM (%s)) WHERE from_rev >= to_rev OR next < to_rev", id, all)
	if n := count(t, s, text); n != 0 {
		t.Errorf("%s: %d rows hold at the same time as another, or at none", table, n)
	}
}

// checkLog checks that the log has an entry for each version of an item, and no other.
func checkLog(t *testing.T, s *Store, typ *content.Type) {
	t.Helper()
	if typ.Table == "Actor" {
		return // a capacity comes and goes without the actor's row
	}
	table := snake(typ.Table)
	versions := fmt.Sprintf(`SELECT id, from_rev AS rev FROM %[1]s
UNION SELECT id, from_rev FROM %[1]s_history
UNION SELECT h.id, h.to_rev FROM %[1]s_history AS h`, table)
	entries := "SELECT item_id AS id, revision AS rev FROM change WHERE type = '" + typ.Name + "'"
	for _, pair := range [][2]string{{versions, entries}, {entries, versions}} {
		if n := count(t, s, "SELECT COUNT(*) FROM (SELECT id, rev FROM ("+pair[0]+") EXCEPT SELECT id, rev FROM ("+pair[1]+"))"); n != 0 {
			t.Errorf("%s: %d versions and entries of the log do not belong together", table, n)
		}
	}
}

// checkDerived makes the tree and the timelines with their cards anew and compares them.
func checkDerived(t *testing.T, s *Store) {
	t.Helper()
	tree := `WITH RECURSIVE tree (ancestor, descendant, depth) AS (
  SELECT id, id, 0 FROM talk
  UNION ALL
  SELECT tree.ancestor, talk.id, tree.depth + 1 FROM tree JOIN talk ON talk.parent_id = tree.descendant
) SELECT ancestor, descendant, depth FROM tree`
	var places []string
	for n, l := range timelines() {
		places = append(places, fmt.Sprintf(`SELECT DISTINCT %d, %s, e.occurred_on_earliest, e.occurred_on_latest, COALESCE(e.sequence, 0), e.id, HEX(%s)
FROM %s WHERE e.visible = 1`, n, l.parent, l.card, l.from))
	}
	latest := `SELECT t.id, COALESCE((SELECT MAX(e.occurred_on_earliest) FROM event AS e
  WHERE e.visible = 1 AND e.occurred_on_earliest < 9223372036854775807 AND e.talk_id IN (SELECT descendant FROM talk_tree WHERE ancestor = t.id)), 9223372036854775807)
FROM talk AS t`
	for what, pair := range map[string][2]string{
		"talk_tree":    {"SELECT ancestor, descendant, depth FROM talk_tree", tree},
		"event_list":   {"SELECT list, parent_id, earliest, latest, sequence, event_id, HEX(card) FROM event_list", strings.Join(places, " UNION ALL ")},
		"cards":        {"SELECT event_id, to_rev, HEX(card) FROM event_card_history", "SELECT h.id, h.to_rev, HEX(" + cardOf("h") + ") FROM event_history AS h WHERE h.visible = 1"},
		"event_hidden": {"SELECT event_id FROM event_hidden", "SELECT DISTINCT event_id FROM event_list_history WHERE event_id NOT IN (SELECT id FROM event WHERE visible = 1)"},
		"latest_event": {"SELECT id, latest_event FROM talk", latest},
		"citation": {
			withoutGaps("SELECT source_id, type, item_id, from_rev, 9223372036854775807 FROM citation UNION ALL SELECT source_id, type, item_id, from_rev, to_rev FROM citation_history"),
			citations(whole),
		},
	} {
		a, b := rowsOf(t, s, pair[0]), rowsOf(t, s, pair[1])
		if !slices.Equal(a, b) {
			t.Errorf("%s has %d rows that differ from the %d that follow from the others", what, len(a), len(b))
		}
	}
}

// checkFound makes the names, texts and identifiers of all items anew and compares them.
func checkFound(t *testing.T, s *Store) {
	t.Helper()
	var want []string
	for _, typ := range content.Types() {
		err := s.Items(context.Background(), 0, typ, func(item content.Item) error {
			if item.Type.Name != "Party" {
				seen := map[string]bool{}
				for _, n := range names(item, fold.NewKeyer()) {
					if !seen[n.locale] {
						want = append(want, fmt.Sprintf("name %s %d %s %s", typ.Table, item.Key, n.locale, n.text))
					}
					seen[n.locale] = true
				}
			}
			list, err := wordings(item)
			for i, x := range list {
				want = append(want, fmt.Sprintf("text %s %d %s %t %s", typ.Name, item.Key, x.locale, i == 0, x.text))
			}
			ids, _ := item.Values["externalIds"].([]map[string]any)
			for _, x := range ids {
				want = append(want, fmt.Sprintf("id %s %d %s %s %s", typ.Name, item.Key, x["scheme"], x["value"], kindOf(x)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got := rowsOf(t, s, "SELECT 'id', type, item_id, scheme, value, match_kind FROM external_id")
	got = append(got, rowsOf(t, s, "SELECT 'name', type, item_id, locale, text FROM naming WHERE type <> 'Actor' OR item_id IN (SELECT id FROM mediator)")...)
	rows, err := s.readers.Query("SELECT type, item_id, locale, own, title, summary, body, other, EXISTS (SELECT 1 FROM search_index WHERE rowid = search_text.id) FROM search_text")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var typ, locale string
		var key int64
		var own, indexed bool
		var d document
		if err := rows.Scan(&typ, &key, &locale, &own, &d[0], &d[1], &d[2], &d[3], &indexed); err != nil {
			t.Fatal(err)
		}
		if !indexed {
			t.Errorf("the text of %s %d is not indexed", typ, key)
		}
		got = append(got, fmt.Sprintf("text %s %d %s %t %s", typ, key, locale, own, d))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what items are found by differs (-want +got):\n%s", diff)
	}
}

// kindOf is how an external id matches its item.
func kindOf(element map[string]any) any {
	if kind := element["matchKind"]; kind != nil {
		return kind
	}
	return "EXACT"
}

// rowsOf reads all rows of a statement, each as one line, sorted.
func rowsOf(t *testing.T, s *Store, text string) []string {
	t.Helper()
	rows, err := s.readers.Query(text)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values := make([]sql.NullString, len(names))
		dest := make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			line[i] = v.String
		}
		list = append(list, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

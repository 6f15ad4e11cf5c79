package store

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"parley/content"
)

// TestMatchKindOfOlderSchema: what an older schema has of identifiers is EXACT in the newest, now and in the past, and the same
// identifiers written again are no change.
func TestMatchKindOfOlderSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	if err := registerCoveringRow(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(path, "rwc", ""))
	if err != nil {
		t.Fatal(err)
	}
	list, err := steps()
	if err != nil {
		t.Fatal(err)
	}
	old := &Store{writer: db, now: time.Now}
	for i, m := range list {
		if m.name == "0017_match_kind.sql" {
			break
		}
		if err := old.apply(t.Context(), m, i+1); err != nil {
			t.Fatal(err)
		}
	}
	key := content.NamedKey("Source", "wire")
	for _, text := range []string{
		"INSERT INTO revision (number, at, author, reason, note) VALUES (1, 1, 'a', 'IMPORT', ''), (2, 2, 'a', 'IMPORT', '')",
		`INSERT INTO source (id, slug, title, published_on_earliest, published_on_latest, locale, external_ids, pub_status, visible, from_rev, created_rev)
VALUES ($1, 'wire', 'Wire', 9223372036854775807, 9223372036854775807, 'en', '[{"scheme":"isbn","url":"https://a.example/?a=1\u0026b=2","value":"7"},{"scheme":"x","value":"\"q\""}]', 'USABLE', 1, 2, 1)`,
		`INSERT INTO source_history (id, slug, title, published_on_earliest, published_on_latest, locale, external_ids, pub_status, visible, from_rev, to_rev, created_rev)
VALUES ($1, 'wire', 'Wire', 9223372036854775807, 9223372036854775807, 'en', '[{"scheme":"isbn","value":"6"}]', 'USABLE', 1, 1, 2, 1)`,
		"INSERT INTO external_id (type, scheme, value, item_id, from_rev) VALUES ('Source', 'isbn', '7', $1, 2), ('Source', 'x', '\"q\"', $1, 2)",
		"INSERT INTO external_id_history (type, scheme, value, item_id, from_rev, to_rev) VALUES ('Source', 'isbn', '6', $1, 1, 2)",
		"INSERT INTO change (revision, type, item_id, op, fields) VALUES (1, 'Source', $1, 'CREATED', '[]'), (2, 'Source', $1, 'UPDATED', '[\"externalIds\"]')",
	} {
		if _, err := db.Exec(text, int64(key)); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	item, err := itemNow(t, s, content.TypeNamed("Source"), key)
	if err != nil {
		t.Fatal(err)
	}
	ids := []map[string]any{
		{"scheme": "isbn", "value": "7", "url": "https://a.example/?a=1&b=2", "matchKind": "EXACT"}, {"scheme": "x", "value": `"q"`, "matchKind": "EXACT"},
	}
	if want, err := encodeValues(ids); err != nil || want != rowsOf(t, s, "SELECT external_ids FROM source")[0] {
		t.Errorf("got %v; want %s", rowsOf(t, s, "SELECT external_ids FROM source"), want)
	}
	done := apply(t, s, of(content.Update, content.Ref{Type: "Source", Key: item.Key}, map[string]any{"externalIds": ids}))
	if done.Revision != 2 {
		t.Errorf("the same identifiers made revision %d", done.Revision)
	}
	for at, value := range map[content.Revision]string{0: "7", 1: "6"} {
		sel := &content.Selection{Type: item.Type, Rows: true, Fields: []string{"title"}, External: &content.ExternalID{Scheme: "isbn", Value: value}, At: at}
		results, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
		if err != nil || len(results[0].Lists[0].Rows) != 1 {
			t.Errorf("the source of %s at revision %d: %v", value, at, err)
		}
	}
}

package store

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"parley/internal/fold"
)

// TestFoldKeyInStatements compares the function of statements with the one of Go, over languages that order alike letters
// differently: nothing that a call keeps may lie in memory of SQLite, which is written over by the next row.
func TestFoldKeyInStatements(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var list [][2]string
	for range 50 {
		for _, locale := range []string{"sv", "de", "da", "et", "lt", "es", "ar", "he", "fr", "cs", "hu", "pl", "tr", "az", "fi", "sr-Latn", "zh-Hant", "und"} {
			for _, text := range []string{"Ö", "ä", "Z", "ch", "ll", "y", "İ"} {
				list = append(list, [2]string{locale, text})
			}
		}
	}
	operand, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.readers.QueryContext(t.Context(), "SELECT fold_key(json_extract(value, '$[0]'), json_extract(value, '$[1]')) FROM json_each($1)", string(operand))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var got string
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want := fold.Key(list[i][0], list[i][1]); got != want {
			t.Fatalf("row %d: %q in %s has the key %q in statements, want %q", i, list[i][1], list[i][0], got, want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

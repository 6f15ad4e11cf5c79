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
)

// checkRecord checks that the record is whole: the log has no gap, each row of now and before has its entry in the log
// and its own time, and what follows from the rows is what it would be if it were made anew.
func checkRecord(t *testing.T, s *Store) {
	t.Helper()
	problems, err := s.Verify(context.WithoutCancel(t.Context()), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	checkFound(t, s)
}

// checkFound makes the names, texts and identifiers of all items anew and compares them.
func checkFound(t *testing.T, s *Store) {
	t.Helper()
	var want []string
	for _, typ := range content.Types() {
		err := s.Items(context.Background(), 0, typ, func(item content.Item) error {
			if item.Type.Name != "Party" {
				seen := map[string]bool{}
				list, err := names(item, s.queue.textsAtOnce())
				if err != nil {
					return err
				}
				for _, n := range list {
					if !seen[n.locale] {
						want = append(want, fmt.Sprintf("name %s %d %s %s", typ.Base, item.Key, n.locale, n.text))
					}
					seen[n.locale] = true
				}
			}
			list, err := wordings(item, s.queue.textsAtOnce())
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

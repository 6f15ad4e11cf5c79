package store

import (
	"path/filepath"
	"testing"

	"parley/content"
)

// TestStaleTranslations changes an original and then its translation: in between, the translation is stale.
func TestStaleTranslations(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for i, c := range []struct {
		title, arabic string
		stale         bool
		revision      content.Revision
	}{
		{"Lake talks", "محادثات البحيرة", false, 1},
		{"Lake talks", "محادثات البحيرة", false, 1},
		{"Sea talks", "محادثات البحيرة", true, 2},
		{"Sea talks", "محادثات البحيرة", true, 2},
		{"Sea talks", "محادثات البحر", false, 3},
	} {
		item := talk("lake", c.title, "")
		item.Values["locale"] = "en"
		item.Values["translations"] = []map[string]any{{
			"locale": "ar", "translationKind": "MACHINE", "text": []map[string]any{{"field": "title", "value": c.arabic}},
		}}
		rev, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Items: []content.Item{item}})
		if err != nil || rev != c.revision {
			t.Fatalf("step %d made revision %d, %v; want %d", i, rev, err, c.revision)
		}
		sel := &content.Selection{Type: content.TypeNamed("Talk"), Rows: true, Fields: []string{"title", "translations"}, Slug: "lake"}
		res, _, err := s.Read(t.Context(), content.View{Locales: []content.Locale{"ar"}}, []*content.Selection{sel})
		if err != nil {
			t.Fatal(err)
		}
		row := res[0].Lists[0].Rows[0]
		list, _ := row.Values[1].([]map[string]any)
		if row.Values[0] != c.arabic || len(list) != 1 || (list[0]["stale"] == true) != c.stale {
			t.Errorf("step %d serves %v with %v, want stale %t", i, row.Values[0], list, c.stale)
		}
		if _, given := item.Values["translations"].([]map[string]any)[0]["stale"]; given {
			t.Errorf("step %d changed what it was given", i)
		}
	}
}

package store

import (
	"strings"
	"testing"

	"parley/content"
)

func translationsIn(v content.TranslatedValues) []map[string]any {
	list, _ := v.Values["translations"].([]map[string]any)
	return list
}

// TestRedactTranslatedElements: blanking a field blanks the translations of its elements too, and blanking words leaves the
// names of languages and fields as they are.
func TestRedactTranslatedElements(t *testing.T) {
	s := openTest(t)
	agreement := content.TypeNamed("Agreement")
	ref := apply(t, s, create("Agreement", "draft", map[string]any{"title": "A draft"})).Refs[0]
	clause := func() []map[string]any {
		return []map[string]any{{"title": "Zebulon's clause", "text": "Zebulon hears.", "translations": []map[string]any{{
			"locale": "he", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": "הסעיף של Zebulon"}},
		}}}}
	}
	apply(t, s, of(content.Update, ref, map[string]any{
		"provisions": clause(), "place": map[string]any{"name": "Zebulon Hall", "translations": []map[string]any{{
			"locale": "he", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "name", "value": "אולם Zebulon"}},
		}}},
	}))
	words := of(content.Redact, ref, nil)
	words.Text = "he"
	apply(t, s, words)
	item, err := itemNow(t, s, agreement, ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	for path, v := range content.Translated(agreement.Fields, item.Values) {
		for _, translation := range translationsIn(v) {
			if translation["locale"] != "he" || translation["translationKind"] != "EDITORIAL" {
				t.Errorf("%s has %v after words were blanked", path, translation)
			}
		}
	}
	apply(t, s, of(content.Update, ref, map[string]any{"provisions": clause()}))
	whole := of(content.Redact, ref, nil)
	whole.Fields = []string{"provisions", "place"}
	apply(t, s, whole)
	for _, table := range []string{"agreement", "agreement_history", "agreement_provisions", "agreement_provisions_history", "search_text", "search_former"} {
		err := s.snapshot(t.Context(), func(query queryFunc) error {
			return query(t.Context(), "SELECT * FROM "+table, nil, func(row *row) error {
				for _, v := range row.columns {
					if text, ok := v.(string); ok && strings.Contains(text, "Zebulon") {
						t.Errorf("%s still has %q", table, text)
					}
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

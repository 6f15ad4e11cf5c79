package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestStoredRowsBecomeCanonical stores items as earlier programs did and opens the file again: language tags and texts are in
// canonical form, each locale has one translation, nothing is stale, and the past says what it said.
func TestStoredRowsBecomeCanonical(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	translation := func(locale, field, text string) map[string]any {
		return map[string]any{"locale": locale, "translationKind": "EDITORIAL", "text": []map[string]any{{"field": field, "value": text}}}
	}
	source := content.Item{
		Type: content.TypeNamed("Source"), Slug: "s", Key: content.NamedKey("Source", "s"),
		Values: map[string]any{
			"title": "La re\u0301union", "locale": "FR", "language": "iw", "licence": "é",
			"translations": []map[string]any{
				translation("AR", "title", "قديم"), translation("ar", "licence", "رخصة"), translation("he", "title", "א"), translation("fr", "publisher", "L'e\u0301diteur"),
			},
			"externalIds": []map[string]any{{"scheme": "x", "value": "e\u0301"}},
		},
	}
	other := content.Item{
		Type: content.TypeNamed("Source"), Slug: "taken", Key: content.NamedKey("Source", "taken"),
		Values: map[string]any{"title": "Plain", "locale": "en", "externalIds": []map[string]any{{"scheme": "x", "value": "é"}}},
	}
	if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Items: []content.Item{source, other}}); err != nil {
		t.Fatal(err)
	}
	err = s.queue.do(t.Context(), func(ctx context.Context, w *writer) error {
		_, err := w.writeQueue.exec(ctx, "INSERT INTO pending (task) VALUES ('canonical')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		found, err := s.Find(t.Context(), source.Type, []content.Key{source.Key, other.Key})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"title": "La réunion", "locale": "fr", "language": "he", "licence": "é", "publisher": "L'éditeur",
			"translations": []map[string]any{
				{"locale": "ar", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "licence", "value": "رخصة"}, {"field": "title", "value": "قديم"}}},
				translation("he", "title", "א"),
			},
			"externalIds": []map[string]any{{"scheme": "x", "value": "e\u0301"}}, // the other item has it
		}
		if d := cmp.Diff(want, found[source.Key].Values); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		head, err := s.Head(t.Context())
		if err != nil || head != 2 {
			t.Errorf("the newest revision is %d, %v; want 2", head, err)
		}
	}
	checkRecord(t, s)
	if err := s.Items(t.Context(), 1, source.Type, func(item content.Item) error {
		if item.Key == source.Key && item.Values["locale"] != "FR" {
			t.Errorf("revision 1 says %v", item.Values["locale"])
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRedactionOfDecomposedText blanks words in versions from before texts were composed.
func TestRedactionOfDecomposedText(t *testing.T) {
	s := openTest(t)
	ref := apply(t, s, create("Source", "s", map[string]any{"title": "De re\u0301ne\u0301", "locale": "fr"})).Refs[0]
	apply(t, s, of(content.Update, ref, map[string]any{"title": "De Réné"}))
	apply(t, s, content.Change{Op: content.Redact, Type: content.TypeNamed("Source"), Key: ref.Key, Text: "re\u0301ne\u0301", Path: "input"})
	for at := content.Revision(1); at <= 3; at++ {
		if err := s.Items(t.Context(), at, content.TypeNamed("Source"), func(item content.Item) error {
			if item.Values["title"] != "De [redacted]" {
				t.Errorf("revision %d says %q", at, item.Values["title"])
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// in is a translation as an item has it, of pairs of a field and its text.
func in(locale string, pairs ...string) map[string]any {
	t := map[string]any{"locale": locale, "translationKind": "EDITORIAL"}
	var texts []map[string]any
	for i := 0; i < len(pairs); i += 2 {
		texts = append(texts, map[string]any{"field": pairs[i], "value": pairs[i+1]})
	}
	t["text"] = texts
	return t
}

func asked(question, answer string, translations ...map[string]any) map[string]any {
	q := map[string]any{"question": question, "answer": answer}
	if len(translations) > 0 {
		q["translations"] = translations
	}
	return q
}

func stale(t map[string]any) map[string]any {
	t["stale"] = true
	return t
}

// TestMergeElements: translations follow their element when a list is replaced, and are merged as those of items are.
func TestMergeElements(t *testing.T) {
	f := content.TypeNamed("Article").Field("questions")
	who, when := asked("Who?", "Two.", in("ar", "question", "من؟", "answer", "اثنان."), in("he", "question", "מי?")), asked("When?", "Now.", in("ar", "question", "متى؟"))
	none := asked("Who?", "Two.")
	none["translations"] = nil
	for name, c := range map[string]struct{ update, want []map[string]any }{
		"as it was":         {[]map[string]any{asked("Who?", "Two."), asked("When?", "Now.")}, []map[string]any{who, when}},
		"in another order":  {[]map[string]any{asked("When?", "Now."), asked("Who?", "Two.")}, []map[string]any{when, who}},
		"one is new":        {[]map[string]any{asked("Why?", "So."), asked("Who?", "Two.")}, []map[string]any{asked("Why?", "So."), who}},
		"an edited answer":  {[]map[string]any{asked("When?", "Later.")}, []map[string]any{asked("When?", "Later.", in("ar", "question", "متى؟"))}},
		"an edited request": {[]map[string]any{asked("At what time?", "Now.")}, []map[string]any{asked("At what time?", "Now.", in("ar", "question", "متى؟"))}},
		"no translations":   {[]map[string]any{none}, []map[string]any{asked("Who?", "Two.")}},
		"one text more": {
			[]map[string]any{asked("When?", "Now.", map[string]any{"locale": "ar", "text": []map[string]any{{"field": "answer", "value": "الآن."}}})},
			[]map[string]any{asked("When?", "Now.", in("ar", "question", "متى؟", "answer", "الآن."))},
		},
		"one language less": {
			[]map[string]any{asked("Who?", "Two.", map[string]any{"locale": "he", "text": nil})},
			[]map[string]any{asked("Who?", "Two.", in("ar", "question", "من؟", "answer", "اثنان."))},
		},
	} {
		values := map[string]any{"questions": c.update}
		if wrong := content.MergeElements(f, map[string]any{"questions": []map[string]any{who, when}}, values); wrong != nil {
			t.Errorf("%s is refused: %v", name, wrong[0])
		}
		if diff := cmp.Diff(c.want, values["questions"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	values := map[string]any{"questions": []map[string]any{asked("Why?", "So.", map[string]any{"locale": "ar", "text": []map[string]any{{"field": "answer", "value": "ه"}}})}}
	wrong := content.MergeElements(f, nil, values)
	if len(wrong) != 1 || wrong[0].Field != "questions.0.translations.0.translationKind" {
		t.Errorf("a translation without a kind is told as %v", wrong)
	}
}

// TestMergePlace: a place under another name is another place.
func TestMergePlace(t *testing.T) {
	f := content.TypeNamed("Talk").Field("place")
	place := func(name, country string) map[string]any { return map[string]any{"name": name, "country": country} }
	doha := place("Doha", "Qatar")
	doha["translations"] = []map[string]any{in("ar", "name", "الدوحة")}
	for name, kept := range map[string]bool{"Doha": true, "Lusail": false} {
		values := map[string]any{"place": place(name, "Qatar")}
		content.MergeElements(f, map[string]any{"place": doha}, values)
		if got := values["place"].(map[string]any)["translations"] != nil; got != kept {
			t.Errorf("%s has the translations of Doha: %t", name, got)
		}
	}
}

// TestMarkStaleElements: a translation of an element falls behind when the element's text changes, wherever it stands then.
func TestMarkStaleElements(t *testing.T) {
	article := content.TypeNamed("Article")
	item := func(questions ...map[string]any) content.Item {
		return content.Item{Type: article, Values: map[string]any{"title": "Talks", "questions": questions}}
	}
	before := item(asked("Who?", "Two.", in("ar", "question", "من؟")), asked("When?", "Now.", in("ar", "answer", "الآن.")))
	after := item(asked("When?", "Later.", in("ar", "answer", "الآن.")), asked("Who?", "Three.", in("ar", "question", "من؟")))
	want := item(asked("When?", "Later.", stale(in("ar", "answer", "الآن."))), asked("Who?", "Three.", in("ar", "question", "من؟")))
	if diff := cmp.Diff(want.Values, content.MarkStale(before, after).Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLabelFor: the source's words stand where a reader has their language.
func TestLabelFor(t *testing.T) {
	d, err := content.ParseEDTF("2023-11")
	if err != nil {
		t.Fatal(err)
	}
	english, hebrew := d.WithVerbatim("late 2023"), d.WithVerbatimIn("בסוף 2023", "he")
	for _, c := range []struct {
		date    content.FuzzyDate
		own     content.Locale
		readers []content.Locale
		want    string
	}{
		{english, "en", []content.Locale{"en"}, "late 2023"},
		{english, "en", []content.Locale{"en-GB"}, "late 2023"},
		{english, "en", []content.Locale{"ar"}, "نوفمبر 2023"},
		{english, "en", []content.Locale{"de"}, "late 2023"},
		{english, "en", []content.Locale{"de", "fr"}, "novembre 2023"},
		{english, "de", []content.Locale{"de"}, "late 2023"},
		{english, "de", []content.Locale{"en"}, "November 2023"},
		{hebrew, "en", []content.Locale{"en"}, "November 2023"},
		{hebrew, "en", []content.Locale{"he-IL", "en"}, "בסוף 2023"},
		{hebrew, "en", []content.Locale{"ar", "he"}, "نوفمبر 2023"},
		{d, "en", nil, "November 2023"},
	} {
		if got := c.date.LabelFor(c.own, c.readers...); got != c.want {
			t.Errorf("%s of an item in %s for %v is %q; want %q", c.date.Verbatim(), c.own, c.readers, got, c.want)
		}
	}
}

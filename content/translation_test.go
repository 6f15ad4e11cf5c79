package content_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// translations makes a list of translations of "locale field=value ...": a field without a value is taken out, "locale -"
// takes the translation out, and "locale KIND" gives the kind alone.
func translations(lines ...string) []map[string]any {
	var list []map[string]any
	for _, line := range lines {
		words := strings.Fields(line)
		t := map[string]any{"locale": words[0]}
		for _, word := range words[1:] {
			field, value, valued := strings.Cut(word, "=")
			switch {
			case word == "-":
				t["text"] = nil
			case word == strings.ToUpper(word):
				t["translationKind"] = word
			default:
				text := map[string]any{"field": field, "value": nil}
				if valued {
					text["value"] = value
				}
				texts, _ := t["text"].([]map[string]any)
				t["text"] = append(texts, text)
			}
		}
		list = append(list, t)
	}
	return list
}

func TestMergeTranslations(t *testing.T) {
	has := []string{"ar EDITORIAL title=A summary=B", "he MACHINE title=C"}
	for _, test := range []struct {
		update, want []string
		wrong        string
	}{
		{update: nil, want: has},
		{update: []string{"ar title=X"}, want: []string{"ar EDITORIAL title=X summary=B", has[1]}},
		{update: []string{"ar OFFICIAL"}, want: []string{"ar OFFICIAL title=A summary=B", has[1]}},
		{update: []string{"ar summary"}, want: []string{"ar EDITORIAL title=A", has[1]}},
		{update: []string{"ar title summary"}, want: []string{has[1]}},
		{update: []string{"ar -"}, want: []string{has[1]}},
		{update: []string{"fr -"}, want: has},
		{update: []string{"fr EDITORIAL title=T"}, want: []string{has[0], has[1], "fr EDITORIAL title=T"}},
		{update: []string{"fr title=T"}, wrong: "translations.0.translationKind"},
		{update: []string{"he title=D", "fr EDITORIAL title"}, wrong: "translations.1.text"},
		{update: []string{"ar title=X", "ar title=Y"}, wrong: "translations.1.locale"},
	} {
		before := fmt.Sprint(translations(has...))
		list := translations(has...)
		got, wrong := content.MergeTranslations(list, translations(test.update...))
		if fmt.Sprint(list) != before {
			t.Errorf("%q changed what it was merged into: %v", test.update, list)
		}
		if test.wrong != "" {
			if len(wrong) != 1 || wrong[0].Field != test.wrong {
				t.Errorf("%q: got %v; want a problem at %s", test.update, wrong, test.wrong)
			}
			continue
		}
		if want := translations(test.want...); len(wrong) > 0 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %v, %v; want %v", test.update, got, wrong, want)
		}
	}
}

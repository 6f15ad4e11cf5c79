package content_test

import (
	"fmt"
	"testing"

	"parley/content"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		wanted []string
		want   string
	}{
		{[]string{"ar-EG"}, "[ar-EG ar]"},
		{[]string{"AR-eg", "en", "ar"}, "[ar-EG ar en]"},
		{[]string{"zh-hant-cn-x-private1"}, "[zh-Hant-CN-x-private1 zh-Hant-CN zh-Hant zh]"},
		{nil, "[]"},
	} {
		got, err := content.Lookup(c.wanted)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("Lookup(%v) = %v, %v; want %s", c.wanted, got, err, c.want)
		}
	}
	for _, wrong := range [][]string{{""}, {"a"}, {"en_GB"}, {"en'"}, {"en", "*"}, make([]string, 11)} {
		if got, err := content.Lookup(wrong); err == nil {
			t.Errorf("Lookup(%q) = %v, want an error", wrong, got)
		}
	}
}

func TestDirection(t *testing.T) {
	for locale, want := range map[content.Locale]string{"ar": "RTL", "he-IL": "RTL", "en": "LTR", "az-Arab": "RTL", "ku-Latn": "LTR", "ur-Latn": "LTR", "": "LTR"} {
		if got := locale.Direction(); got != want {
			t.Errorf("%q is written %s, want %s", locale, got, want)
		}
	}
}

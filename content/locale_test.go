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
		{[]string{"iw", "en_GB", "ar-Arab"}, "[he en-GB en ar]"},
		{[]string{"no-bok", "zh-min-nan", "my-BU"}, "[nb nan my-MM my]"},
		{nil, "[]"},
	} {
		got, err := content.Lookup(c.wanted)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("Lookup(%v) = %v, %v; want %s", c.wanted, got, err, c.want)
		}
	}
	for _, wrong := range [][]string{{""}, {"a"}, {"en'"}, {"en--GB"}, {"zz"}, {"arabic"}, {"x-own"}, {"en_US.UTF-8"}, {"en", "*"}, make([]string, 11)} {
		if got, err := content.Lookup(wrong); err == nil {
			t.Errorf("Lookup(%q) = %v, want an error", wrong, got)
		}
	}
}

func TestDirection(t *testing.T) {
	for locale, want := range map[content.Locale]string{
		"ar": "RTL", "he-IL": "RTL", "en": "LTR", "az-Arab": "RTL", "ku-Latn": "LTR", "ur-Latn": "LTR", "": "LTR", "zz": "LTR", "ar-EG-x-own": "RTL",
		"fa": "RTL", "ur": "RTL", "ps": "RTL", "sd": "RTL", "ug": "RTL", "yi": "RTL", "ckb": "RTL", "dv": "RTL", "syr": "RTL", "prs": "RTL", "arz": "RTL",
		"acm": "RTL", "nqo": "RTL", "ks": "RTL", "pnb": "RTL", "az-IR": "RTL", "pa-PK": "RTL", "pa": "LTR", "uz-AF": "RTL", "uz": "LTR", "ff-Adlm": "RTL",
		"rhg": "RTL", "lrc": "RTL", "mzn": "RTL", "bal": "RTL", "sam-Samr": "RTL", "aii": "RTL", "tr": "LTR", "am": "LTR", "zh-Hant": "LTR",
	} {
		if got := locale.Direction(); got != want {
			t.Errorf("%q is written %s, want %s", locale, got, want)
		}
	}
}

func TestTextOf(t *testing.T) {
	for _, c := range []struct{ field, text, want string }{
		{"locale", " AR ", "ar"},
		{"locale", "iw", "he"},
		{"language", "PT_br", "pt-BR"},
		{"title", "La re\u0301union", "La réunion"},
		{"note", "", ""},
	} {
		got, err := (&content.Field{Name: c.field}).TextOf(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s %q is %q, %v; want %q", c.field, c.text, got, err, c.want)
		}
	}
	if got, err := (&content.Field{Name: "language"}).TextOf("Arabic"); err == nil {
		t.Errorf("the language Arabic is %q, want an error", got)
	}
}

package fold_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parley/internal/fold"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"  Élysée\tTalks ": "elysee talks",
		"Straße":           "strasse",
		"Łódź and Đà Nẵng": "lodz and da nang",
		"الْمُفَاوَضَاتُ":  "المفاوضات",
		"أحمد إلى آخر":     "احمد الي اخر",
		"القاهرة":          "القاهره",
		"שָׁלוֹם":          "שלום",
		"ﬁne\x00print":     "fine print",
		"bad\xffbytes":     "bad bytes",
		"bad\x80bytes":     "bad bytes",
		"":                 "",
	} {
		if got := fold.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKeySorts(t *testing.T) {
	for _, c := range []struct {
		locale string
		want   []string
	}{
		{"en", []string{"Åland", "aligned", "Éire", "ember", "Round 2", "round 10", "Zagreb"}},
		{"sv", []string{"aligned", "Éire", "Zagreb", "Åland", "ärlig", "öppen"}},
		{"ar", []string{"إسرائيل", "قطر", "مصر"}},
	} {
		got := slices.Clone(c.want)
		slices.Reverse(got)
		slices.SortFunc(got, func(a, b string) int {
			ka, kb := fold.Key(c.locale, a), fold.Key(c.locale, b)
			switch {
			case ka < kb:
				return -1
			case ka > kb:
				return 1
			default:
				return 0
			}
		})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s sorts %q, want %q", c.locale, got, c.want)
		}
	}
}

// TestASCIIFoldsLikeAnyText compares ASCII texts with the same between letters that are not.
func TestASCIIFoldsLikeAnyText(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		b := make([]byte, rng.IntN(10))
		for i := range b {
			b[i] = byte(rng.IntN(128))
		}
		want := strings.TrimSuffix(strings.TrimPrefix(fold.Text("ł"+string(b)+"ł"), "l"), "l")
		if got := fold.Text(string(b)); got != strings.Trim(want, " ") {
			t.Fatalf("%q: %q; want %q", b, got, want)
		}
	}
}

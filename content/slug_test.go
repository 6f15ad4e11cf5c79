package content_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"parley/content"
)

func TestSlugValid(t *testing.T) {
	for slug, want := range map[string]bool{
		"doha-text": true, "a": true, "2023": true, "0123456789": true, "abcdefghijklmnopqrstuvwxyz": true, strings.Repeat("a", 100): true,
		"": false, "-a": false, "a-": false, "a--b": false, "Doha": false, "a_b": false, "é": false, "a b": false, strings.Repeat("a", 101): false,
	} {
		if got := content.Slug(slug).Valid(); got != want {
			t.Errorf("%q is valid: %t, want %t", slug, got, want)
		}
	}
}

// TestSlugOf holds slugs that items are stored under: a slug that changes would give an item another id.
func TestSlugOf(t *testing.T) {
	for words, want := range map[string]content.Slug{
		"La réunion à Genève":            "la-reunion-a-geneve",
		"Round 2: the Doha text, again!": "round-2-the-doha-text-again",
		"Łódź, Đà Nẵng, Straße, Ærø":     "lodz-da-nang-strasse-aero",
		"Côte d’Ivoire":                  "cote-d-ivoire",
		"Résolution 1967 (0123456789)":   "resolution-1967-0123456789",
		"abcdefghijklm NOPQRSTUVWXYZ":    "abcdefghijklm-nopqrstuvwxyz",
		"  ﬁne\tprint ":                  "fine-print",
		"محادثات جنيف":                   "x37c91464b881",
		"מִשָּׁלוֹם":                     content.SlugOf("משלום"),
		"?":                              "x8a8de823d5ed",
		strings.Repeat("a", 50) + " " + strings.Repeat("b", 49): content.Slug(strings.Repeat("a", 50) + "-" + strings.Repeat("b", 49)),
		strings.Repeat("a", 50) + " " + strings.Repeat("b", 50): content.Slug(strings.Repeat("a", 50)),
		strings.Repeat("abcdefghi ", 11):                        content.Slug(strings.TrimSuffix(strings.Repeat("abcdefghi-", 10), "-")),
	} {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			got := content.SlugOf(form.String(words))
			if got != want || !got.Valid() {
				t.Errorf("SlugOf(%q) = %q, want %q", form.String(words), got, want)
			}
		}
	}
}

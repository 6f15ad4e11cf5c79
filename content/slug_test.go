package content_test

import (
	"strings"
	"testing"

	"parley/content"
)

func TestSlugValid(t *testing.T) {
	for slug, want := range map[string]bool{
		"doha-text": true, "a": true, "2023": true, strings.Repeat("a", 100): true,
		"": false, "-a": false, "a-": false, "a--b": false, "Doha": false, "a_b": false, "é": false, "a b": false, strings.Repeat("a", 101): false,
	} {
		if got := content.Slug(slug).Valid(); got != want {
			t.Errorf("%q is valid: %t, want %t", slug, got, want)
		}
	}
}

package content_test

import (
	"strings"
	"testing"

	"parley/content"
)

// TestLongestTexts writes texts of the greatest length that a field allows, which are kept, and of one character more.
func TestLongestTexts(t *testing.T) {
	for _, c := range []struct {
		typeName, field string
		most            int
	}{
		{"Talk", "title", 300},
		{"Mediator", "name", 300},
		{"Position", "holder", 300},
		{"Mediator", "aliases", 300},
		{"Source", "url", 2000},
		{"Source", "archivedUrl", 2000},
		{"Source", "publisher", 1000},
		{"Article", "body", 100_000},
	} {
		f := content.TypeNamed(c.typeName).Field(c.field)
		text := strings.Repeat("é", c.most)
		if strings.HasSuffix(strings.ToLower(c.field), "url") {
			const site = "https://example.org/"
			text = site + strings.Repeat("a", c.most-len(site))
		}
		if got, err := f.TextOf(text); err != nil || got != text {
			t.Errorf("%s.%s of %d characters: %v", c.typeName, c.field, c.most, err)
		}
		if _, err := f.TextOf(text + "a"); err == nil || err.Code != content.BadUserInput || !strings.Contains(err.Message, "characters long") {
			t.Errorf("%s.%s of %d characters: %v", c.typeName, c.field, c.most+1, err)
		}
	}
}

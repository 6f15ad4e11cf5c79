package bundle

import (
	"strings"
	"testing"
)

// TestFormulas holds that no cell of any text begins as a formula does, and that every text comes back: all of up to five
// signs that matter.
func TestFormulas(t *testing.T) {
	const signs = "=+-@\t\r'a;\" "
	texts := []string{""}
	for n := 0; n < len(texts) && len(texts[n]) < 5; n++ {
		for _, s := range signs {
			texts = append(texts, texts[n]+string(s))
		}
	}
	seen := make(map[string]string, len(texts))
	for _, text := range texts {
		cell := escapeFormula(text)
		if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
			t.Fatalf("%q is written as %q, which is a formula", text, cell)
		}
		if back := unescapeFormula(cell); back != text {
			t.Fatalf("%q is written as %q and read as %q", text, cell, back)
		}
		if other, twice := seen[cell]; twice {
			t.Fatalf("%q and %q are both written as %q", text, other, cell)
		}
		seen[cell] = text
	}
	for cell, want := range map[string]string{"=1+1": "=1+1", "'=1+1": "=1+1", "''=1": "'=1", "'quoted'": "'quoted'", "''": "''", "-5": "-5", "'-5": "-5"} {
		if got := unescapeFormula(cell); got != want {
			t.Errorf("the cell %q is read as %q, want %q", cell, got, want)
		}
	}
}

package command_test

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestProblemsHaveAnOrder checks and imports files with many faults again and again: each time the same are told in the same order.
func TestProblemsHaveAnOrder(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "talks", "t.yaml"), "- {slug: old, title: Old, externalIds: "+
		"[{scheme: wikidata, value: Q1, matchKind: EXACT}, {scheme: wikidata, value: Q2, matchKind: EXACT}, {scheme: ucdp-conflict, value: 7, matchKind: EXACT}]}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	parleytest.Write(t, filepath.Join(dir, "in", "talks.csv"), "slug,title,startedOn,parent,externalIds\n"+
		"lake,Lake,2021-13,none,\nnew,New,,,wikidata:Q1; wikidata:Q2; ucdp-conflict:7\nnew,Twice,2021,new,wikidata:Q3\nthree,Three,2021,nowhere,wikidata:Q3; wikidata:Q2\n")
	parleytest.Write(t, filepath.Join(dir, "in", "more.jsonl"),
		`{"type": "Talk", "slug": "a", "title": "A", "place": {"name": "x", "latitude": 91, "longitude": 181}}`+"\n"+
			`{"type": "Event", "slug": "b", "title": "B", "talk": "gone", "citations": [{"source": "gone"}], "colour": "red", "size": 2}`+"\n")
	for _, args := range [][]string{{"check", "in"}, {"import", "--quiet", "in"}, {"import", "--skip-invalid", "--dry-run", "in/talks.csv"}} {
		first := ""
		for range 20 {
			out, said, _ := parleytest.Run(t, dir, args...)
			if out += said; first == "" {
				first = out
				if strings.Count(out, "\n") < 3 {
					t.Fatalf("parley %s says\n%s", strings.Join(args, " "), out)
				}
			} else if out != first {
				t.Fatalf("parley %s says\n%sand once more\n%s", strings.Join(args, " "), first, out)
			}
		}
	}
}

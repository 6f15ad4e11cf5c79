package store

import (
	"strings"
	"testing"

	"parley/bench/data"
	"parley/content"
)

// TestChangesOfTypesWalkAnIndex reads the plans of a page of the log: what is of other types is not read, nothing is sorted
// but a page, and the next revision with a change of some type is looked up.
func TestChangesOfTypesWalkAnIndex(t *testing.T) {
	s := openTest(t)
	if _, err := s.Write(t.Context(), data.New(200).ChangeSet()); err != nil {
		t.Fatal(err)
	}
	var texts []string
	s.Trace(func(text string, _ []any) { texts = append(texts, text) })
	types := []*content.Type{content.TypeNamed("Talk"), content.TypeNamed("Source"), content.TypeNamed("Position")}
	page, err := s.Changes(t.Context(), content.Changes{One: true, Size: 100, Types: types})
	if err != nil || len(page.Changes) == 0 {
		t.Fatalf("%d changes, %v", len(page.Changes), err)
	}
	walks := 0
	for _, text := range texts[:2] {
		plan, err := s.Explain(t.Context(), text, make([]any, 32))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range plan {
			step = strings.TrimSpace(step)
			switch {
			case strings.HasPrefix(step, "SEARCH c USING INDEX change_type (type=? AND "), strings.HasPrefix(step, "SEARCH c USING COVERING INDEX seen_change_type (type=? AND "):
				walks++
			case strings.HasPrefix(step, "SEARCH c "), strings.HasPrefix(step, "SCAN c "):
				t.Errorf("%q in\n%s", step, text)
			}
		}
	}
	if walks != 4 {
		t.Errorf("%d walks of the index; want one for the next revision, and one for each of 3 types", walks)
	}
}

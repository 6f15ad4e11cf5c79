package store

import (
	"slices"
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

// TestChangesSayWhen holds that each change has the time of the revision that made it, and names each field that changed once.
func TestChangesSayWhen(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	last := apply(t, s, of(content.Update, refs["event"], map[string]any{"occurredOn": edtf(t, "2022-12-31")})).Revision
	times := map[content.Revision]int64{}
	for rev := content.Revision(1); rev < 10; rev++ {
		times[rev] = int64(count(t, s, "SELECT COALESCE(MAX(at), 0) FROM revision WHERE number = $1", int64(rev)))
	}
	page, err := s.Changes(t.Context(), content.Changes{Size: 100, Audience: content.Staff})
	if err != nil || len(page.Changes) == 0 {
		t.Fatalf("%d changes, %v", len(page.Changes), err)
	}
	for _, c := range page.Changes {
		if c.At.UnixMilli() != times[c.Revision] {
			t.Errorf("the change of %v by revision %d is of %v", c.Ref, c.Revision, c.At)
		}
	}
	page, err = s.Changes(t.Context(), content.Changes{After: last - 1, Size: 100, Audience: content.Staff})
	if err != nil || len(page.Changes) != 1 || !slices.Equal(page.Changes[0].Fields, []string{"occurredOn"}) {
		t.Errorf("the date of an event changed, and the changes are %+v, %v", page.Changes, err)
	}
}

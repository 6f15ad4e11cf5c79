package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestVerify damages a sound record in one way after the other, each of which is told.
func TestVerify(t *testing.T) {
	for what, c := range map[string]struct{ damage, want string }{
		"nothing":        {"", ""},
		"a place":        {"DELETE FROM event_list WHERE list = 1", "rows of timelines differ"},
		"a card":         {"UPDATE event_list SET card = x'00' WHERE list = 1", "rows of timelines differ"},
		"a hidden event": {"INSERT INTO event_hidden (event_id) VALUES (4)", "1 rows of hidden events differ"},
		"a list":         {"UPDATE talk SET issue_ids = '[1,2]'", "issue_ids of talks differ"},
		"the log":        {"DELETE FROM change WHERE type = 'Talk'", "versions of talks and entries of the log do not belong together"},
		"a revision":     {"INSERT INTO revision (number, at, author, reason, note, schema) VALUES (99, 9000000000000000, 'a', 'UPDATE', '', 1)", "the revision log lacks revision 9"},
		"a tree":         {"UPDATE talk_tree SET depth = 3 WHERE depth = 1", "rows of the tree of talks differ"},
		"a text":         {"DELETE FROM search_index", "texts are not in the search index"},
	} {
		t.Run(what, func(t *testing.T) {
			s := openedAs(t, filepath.Join(t.TempDir(), "parley.db"), migrating, nil)
			sample(t, s)
			if c.damage != "" {
				byHand(t, s, c.damage)
			}
			problems, err := s.Verify(t.Context(), func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(problems, "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q; want %q", got, c.want)
			}
		})
	}
}

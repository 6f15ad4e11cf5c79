package bundle_test

import (
	"strings"
	"testing"
)

// TestDraftsNeedNoCitations reads events without a citation, as an export has them that editors have begun: one that the
// public is not to see is taken, one that it is to see is refused.
func TestDraftsNeedNoCitations(t *testing.T) {
	for status, refused := range map[string]bool{"WITHHELD": false, "CANCELED": false, "USABLE": true, "": true} {
		items, err := readFile(t, "events.csv", "slug,title,pubStatus,citations\na,A,"+status+",\n", known())
		if refused != (err != nil) || refused && !strings.Contains(err.Error(), "the citations are missing") || !refused && len(items) != 1 {
			t.Errorf("%q: %v, %v", status, items, err)
		}
	}
}

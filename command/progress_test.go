package command

import (
	"strings"
	"testing"
	"time"
)

// TestProgressEndsWithTheTotal holds that the last line, where lines are printed, tells all items and the time.
func TestProgressEndsWithTheTotal(t *testing.T) {
	for _, c := range []struct {
		items int
		want  string
	}{{250, "100 items, 8/s\n200 items, 8/s\n250 items in 30s, 8/s\n"}, {99, ""}} {
		var out strings.Builder
		now := time.Unix(0, 0)
		p := &progress{out: &out, unit: "items", begin: now, said: now, now: func() time.Time { return now }}
		for range c.items {
			now = now.Add(120 * time.Millisecond)
			p.item()
		}
		p.end()
		if out.String() != c.want {
			t.Errorf("%d items: %q; want %q", c.items, out.String(), c.want)
		}
	}
}

package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// TestClockThatRanAhead makes a revision of tomorrow and then goes on with the right clock: embargoes follow the clock, and
// a view of now is the newest revision.
func TestClockThatRanAhead(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "parley.db")
	s := openedAs(t, path, migrating, nil)
	s.now = func() time.Time { return now }
	refs := sample(t, s)
	first, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return now.AddDate(0, 0, 1) }
	ahead := apply(t, s, of(content.Update, refs["round"], map[string]any{"title": "A round of tomorrow"})).Revision
	s.now = func() time.Time { return now }
	if warnings, err := s.Ready(t.Context()); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "the clock is behind the record by 24h0m0s") {
		t.Errorf("ready with %q, %v", warnings, err)
	}

	until := now.Add(6 * time.Hour)
	embargo := of(content.Publish, refs["event"], nil)
	embargo.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: until}
	held := create("Talk", "held", map[string]any{"title": "Held back"})
	held.Publication = embargo.Publication
	whole := talk("whole", "A whole item", "")
	whole.Publication = embargo.Publication
	apply(t, s, embargo, held)
	newest, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Items: []content.Item{whole}})
	if err != nil {
		t.Fatal(err)
	}
	public := func() int {
		return count(t, s, "SELECT (SELECT COUNT(*) FROM event WHERE visible = 1) + (SELECT COUNT(*) FROM talk WHERE visible = 1 AND slug IN ('held-back', 'whole'))")
	}
	if n := public(); n != 0 {
		t.Errorf("%d items are public in the time of their embargo", n)
	}
	if rev, err := s.LiftEmbargoes(t.Context()); err != nil || rev != newest {
		t.Errorf("lifted at revision %d, %v; want none before the time", rev, err)
	}
	for what, c := range map[string]struct {
		at   time.Time
		want content.Revision
	}{
		"now": {now, newest}, "a moment ago": {now.Add(-2 * time.Second), newest}, "in a moment": {now.Add(2 * time.Second), newest},
		"an hour ago": {now.Add(-time.Hour), 0}, "in an hour": {now.Add(time.Hour), first}, "tomorrow": {now.AddDate(0, 0, 1), ahead},
		"two days on": {now.AddDate(0, 0, 2), 0},
	} {
		if rev, err := s.RevisionAt(t.Context(), c.at, content.Staff); rev != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: revision %d, %v; want %d", what, rev, err, c.want)
		}
	}
	s.now = func() time.Time { return until }
	if rev, err := s.LiftEmbargoes(t.Context()); err != nil || rev != newest+1 {
		t.Errorf("lifted at revision %d, %v; want %d", rev, err, newest+1)
	}
	if n := public(); n != 3 {
		t.Errorf("%d items are public after their embargo; want 3", n)
	}
	s.now = func() time.Time { return now.AddDate(0, 0, 3) }
	if warnings, err := s.Ready(t.Context()); err != nil || len(warnings) != 0 {
		t.Errorf("after the clock has caught up: %q, %v", warnings, err)
	}
	if rev, err := s.RevisionAt(t.Context(), s.now(), content.Staff); err != nil || rev != newest+1 {
		t.Errorf("revision %d, %v; want the newest", rev, err)
	}
}

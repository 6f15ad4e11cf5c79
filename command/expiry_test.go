package command

import (
	"strings"
	"testing"
	"time"
)

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 3, 3, 12, 0, 0, 5, time.UTC)
	for text, want := range map[string]string{
		"90d": "2026-06-01T12:00:00Z", "12h": "2026-03-04T00:00:00Z", "never": "0001-01-01T00:00:00Z", "2026-03-03": "2026-03-04T00:00:00Z",
		"2026-03-03T14:30:00+01:00": "2026-03-03T13:30:00Z", "1d": "2026-03-04T12:00:00Z",
	} {
		if got, err := expiry(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s ends %s, %v, want %s", text, got, err, want)
		}
	}
	for _, wrong := range []string{"", "90", "d", "0d", "-1d", "2026-03-02", "2026-02-30", "99999999d", "soon", "0h"} {
		if got, err := expiry(wrong, now); err == nil || !strings.Contains(err.Error(), "--expires") {
			t.Errorf("%q ends %s, %v", wrong, got, err)
		}
	}
}

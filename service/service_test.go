package service

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"parley/store"
)

// TestReadinessKeepsCauses holds that /readyz names what an operator can act on, and that causes are for the log alone.
func TestReadinessKeepsCauses(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.OpenToRead(t.Context(), db) // the log stays while somebody has it open
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	var log bytes.Buffer
	ready := readiness(st, slog.New(slog.NewTextHandler(&log, nil)))
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := ready(ended); err == nil || log.Len() > 0 {
		t.Errorf("a client that is gone is answered %v, and the log has %q", err, log.String())
	}
	if warnings, err := ready(t.Context()); err != nil || len(warnings) != 0 {
		t.Errorf("answered %q, %v", warnings, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := ready(t.Context()); err == nil || err.Error() != "the database cannot be read; the log says why" {
			t.Fatalf("of a closed database it answers %v", err)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "closed") {
		t.Errorf("the log has %q", got)
	}
}

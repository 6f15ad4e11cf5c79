//go:build unix

package service_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestWideFilesAreReported serves a database that others may read: the log warns of each of its files, and of none once the
// owner alone can read it.
func TestWideFilesAreReported(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	served := func() string {
		var log bytes.Buffer
		_, stop := parleytest.StartOnce(t, slog.New(slog.NewTextHandler(&log, nil)), "--db", db)
		stop()
		return log.String()
	}
	served()
	if err := os.Chmod(db, 0o644); err != nil {
		t.Fatal(err)
	}
	const warning = "holds unpublished content and is accessible to other users (mode 0644): run chmod 0600 "
	log := served()
	for _, file := range []string{db, db + "-wal", db + "-shm"} {
		if !strings.Contains(log, "level=WARN") || !strings.Contains(log, file+" "+warning+file+`"`) {
			t.Errorf("no warning of %s: %s", file, log)
		}
	}
	if err := os.Chmod(db, 0o600); err != nil {
		t.Fatal(err)
	}
	if log := served(); strings.Contains(log, "owner alone") {
		t.Errorf("a warning of %s", log)
	}
}

package service_test

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// TestDamagedFile overwrites a page of a database that no request reads: the check after the start finds it, and the service is not
// ready. Without the check it is.
func TestDamagedFile(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	_, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", db)
	stop()
	overwritePage(t, db, "article_history")
	url, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", db, "--no-file-check")
	if status, body := parleytest.Fetch(t, url, "/readyz"); status != 200 {
		t.Errorf("without a check /readyz answers %d %q", status, body)
	}
	stop()
	url = parleytest.StartLogging(t, slog.New(slog.DiscardHandler), "--db", db)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, body := parleytest.Fetch(t, url, "/readyz")
		if status == 503 && strings.Contains(body, "damaged") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("/readyz answers %d %q", status, body)
		}
	}
}

// overwritePage overwrites the page with the root of a table in a file that nobody uses.
func overwritePage(t *testing.T, path, table string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	row := db.QueryRowContext(t.Context(), "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = $1", table)
	if err := row.Scan(&page, &size); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := (page - 1) * size; i < page*size; i++ {
		file[i] = 0xa5
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

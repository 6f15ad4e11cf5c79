package service_test

import (
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// TestClockBehindTheRecord serves a record whose newest revision is dated tomorrow.
func TestClockBehindTheRecord(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	_, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", db)
	stop()
	parleytest.Edit(t, db, "UPDATE revision SET at = $1", time.Now().AddDate(0, 0, 1).UnixMilli())
	log := &lines{}
	url := parleytest.StartLogging(t, slog.New(slog.NewTextHandler(log, nil)), "--db", db, "--no-access-log")
	const want = "the clock is behind the record by 2"
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), want) {
		t.Errorf("the log has no warning: %s", log.String())
	}
	if status, body := parleytest.Fetch(t, url, "/readyz"); status != http.StatusOK || !strings.Contains(body, "warning: "+want) {
		t.Errorf("/readyz answers %d %q", status, body)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	if got := parleytest.Ask(t, url, `{ talks(asOf: "`+now+`") { totalCount } }`); got != `{"data":{"talks":{"totalCount":4}}}` {
		t.Errorf("as of now: %s", got)
	}
}

// TestClockRepair runs the statements of docs/operations.md that date revisions of the future back.
func TestClockRepair(t *testing.T) {
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```sql\n-- sqlite3 parley.db\n")
	repair, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page has no statements")
	}
	db := filepath.Join(t.TempDir(), "parley.db")
	_, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--db", db)
	stop()
	now := time.Now()
	for number := range 3 {
		parleytest.Edit(t, db, "INSERT INTO revision (number, at, author, reason, note, schema) VALUES ($1, $2, 'a', 'UPDATE', '', 1)", number+2, now.AddDate(0, number-1, 2).UnixMilli())
	}
	parleytest.Edit(t, db, "UPDATE revision SET at = $1 WHERE number = 1", now.AddDate(0, -2, 0).UnixMilli())
	parleytest.Edit(t, db, repair)
	url := parleytest.Start(t, "--db", db)
	if _, body := parleytest.Fetch(t, url, "/readyz"); body != "ok\n" {
		t.Errorf("/readyz answers %q", body)
	}
	want := `{"data":{"talks":{"totalCount":4},"service":{"revision":4}}}`
	if got := parleytest.Ask(t, url, `{ talks(asOf: "`+time.Now().UTC().Format(time.RFC3339Nano)+`") { totalCount } service { revision } }`); got != want {
		t.Errorf("after the repair: %s", got)
	}
	conn, err := sql.Open("sqlite", "file:"+db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var sorted, second bool
	const order = "SELECT (SELECT COUNT(*) FROM revision AS a JOIN revision AS b ON a.number < b.number AND a.at >= b.at) = 0, (SELECT at FROM revision WHERE number = 2) = $1"
	if err := conn.QueryRow(order, now.AddDate(0, -1, 2).UnixMilli()).Scan(&sorted, &second); err != nil || !sorted || !second {
		t.Errorf("times increase: %t; that of the past stays: %t; %v", sorted, second, err)
	}
}

package service_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"modernc.org/sqlite"

	"parley/content"
	"parley/internal/parleytest"
)

// TestFullDisk has the file of a running server grow by a few pages and no more: mutations are answered that the disk is full and
// leave nothing, queries go on, and the log has the cause once for all of them.
func TestFullDisk(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	token := parleytest.Token(t, db, content.Editor)
	_, stop := parleytest.StartOnce(t, (&lines{}).log(), "--db", db) // writes the sample
	stop()
	info, err := os.Stat(db)
	if err != nil {
		t.Fatal(err)
	}
	most := info.Size()/4096 + 16
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		if !strings.Contains(dsn, db) || !strings.Contains(dsn, "mode=rw") {
			return nil
		}
		_, err := conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", most), nil)
		return err
	})

	var l lines
	at := parleytest.StartLogging(t, l.log(), "--db", db)
	mutate := func(slug string) (*http.Response, string) {
		body := fmt.Sprintf(`{"query":"mutation { createTalk(input: { title: \"Wire\", slug: \"%s\", body: \"%s\" }) { talk { id } } }"}`, slug, strings.Repeat("wire ", 19_000))
		return parleytest.Send(t, "POST", at, body, "Content-Type", "application/json", "Authorization", "Bearer "+token)
	}
	for i := range 20 {
		slug := fmt.Sprintf("wire-%d", i)
		res, text := mutate(slug)
		if res.StatusCode != http.StatusOK || !strings.Contains(text, "UNAVAILABLE") || !strings.Contains(text, "the disk of the service is full: nothing was written") {
			t.Fatalf("a mutation is answered with %d %.500s", res.StatusCode, text)
		}
		if text := parleytest.Ask(t, at, fmt.Sprintf(`{ talk(slug: %q) { id } talks { totalCount } }`, slug)); !strings.Contains(text, `"talk":null`) || !strings.Contains(text, "totalCount") {
			t.Errorf("a query is answered with %s", text)
		}
	}
	full(t, func() {
		if status, text := parleytest.Fetch(t, at, "/readyz"); status != http.StatusOK || !strings.Contains(text, "warning: the disk of the service is full: nothing was written; reads go on") {
			t.Errorf("/readyz answers %d %s", status, text)
		}
	})
	for _, line := range l.with(t, "request") {
		if line["kind"] == "mutation" && (line["level"] != "WARN" || line["codes"] != "UNAVAILABLE") {
			t.Errorf("the line of a mutation is %v", line)
		}
	}
	if found := l.with(t, "the database cannot be written"); len(found) != 1 || found[0]["level"] != "ERROR" || !strings.Contains(fmt.Sprint(found[0]["error"]), "full") {
		t.Errorf("the log has %v", found)
	}
}

// full calls a function while this process can write no long file, as on a disk without room.
func full(t *testing.T, f func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 512 << 10, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Error(err)
		}
	}()
	f()
}

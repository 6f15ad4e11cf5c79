package command_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

func TestMain(m *testing.M) { parleytest.Main(m) }

const crashEvents = 400

// crashContent writes a bundle that takes long enough to load to be killed in the middle.
func crashContent(t *testing.T, dir string) {
	t.Helper()
	files := map[string]string{
		"talks/talks.yaml":     "- {slug: whole, title: Whole, talkLevel: PROCESS}\n",
		"sources/sources.yaml": "- {slug: wire, title: Wire}\n",
	}
	var events strings.Builder
	for i := range crashEvents {
		fmt.Fprintf(&events, "- slug: event-%d\n  title: Event %d\n  eventKind: MEETING\n  talk: whole\n  occurredOn: 2024-03-%02d\n  summary: %s\n  citations: [{source: wire}]\n",
			i, i, i%28+1, strings.Repeat("The delegations met again. ", 20))
	}
	files["events/events.yaml"] = events.String()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// look reads the database of a server that was killed.
func look(t *testing.T, db string) (revision, events int, intact string) {
	t.Helper()
	if _, err := os.Stat(db); err != nil {
		return 0, 0, "ok"
	}
	at, err := sql.Open("sqlite", "file:"+db)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	var tables int
	if err := at.QueryRow("SELECT COUNT(*) FROM sqlite_schema").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables == 0 {
		return 0, 0, "ok"
	}
	const query = "SELECT (SELECT COALESCE(MAX(number), 0) FROM revision), (SELECT COUNT(*) FROM event), integrity_check FROM pragma_integrity_check"
	if err := at.QueryRow(query).Scan(&revision, &events, &intact); err != nil {
		t.Fatal(err)
	}
	return revision, events, intact
}

// TestKillDuringTheFirstLoad ends the server with SIGKILL at six moments of its first load: the content is there whole
// or not at all, and after a restart it is there.
func TestKillDuringTheFirstLoad(t *testing.T) {
	dir := t.TempDir()
	crashContent(t, filepath.Join(dir, "content"))
	args := []string{"--addr", "127.0.0.1:0", "--content", "content", "--db"}
	cmd, _, whole := parleytest.StartProcess(t, dir, append(args, "whole.db")...)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	midway := 0
	for round := range 6 {
		db := filepath.Join(dir, fmt.Sprintf("round-%d.db", round))
		cmd := parleytest.Command(t, dir, append(args, db)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(whole*time.Duration(round+1)/7, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
		if log, err := os.Stat(db + "-wal"); err == nil && log.Size() > 0 {
			midway++
		}
		rev, events, intact := look(t, db)
		if intact != "ok" || rev > 1 || events != rev*crashEvents {
			t.Fatalf("killed in round %d: revision %d, %d events, integrity %s", round, rev, events, intact)
		}
		again, url, _ := parleytest.StartProcess(t, dir, append(args, db)...)
		if got := parleytest.Ask(t, url, "{ events { totalCount } service { revision } }"); !strings.Contains(got, fmt.Sprintf(`{"events":{"totalCount":%d},"service":{"revision":1}}`, crashEvents)) {
			t.Errorf("after the restart of round %d: %s", round, got)
		}
		if err := again.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = again.Wait()
	}
	if midway == 0 {
		t.Error("no round was killed in the middle: nothing was tried")
	}
}

package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// TestFilesAreForTheirOwnerDuringImports imports many events with a umask that takes nothing away. The temporary files that the process
// has open meanwhile, of parley and of SQLite, are 0600. They have no names, so that they are found by the descriptors of the process.
func TestFilesAreForTheirOwnerDuringImports(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	var lines strings.Builder
	lines.WriteString("slug,title,talk,eventKind,occurredOn,pubStatus,summary\n")
	for i := range 20_000 {
		fmt.Fprintf(&lines, "event-%d,Meeting %d,long,MEETING,2024-01-%02d,WITHHELD,%s\n", i, i, 1+i%28, strings.Repeat("words ", 20))
	}
	parleytest.Write(t, filepath.Join(dir, "talks.csv"), "slug,title,startedOn\nlong,Long,2024\n")
	parleytest.Write(t, filepath.Join(dir, "events.csv"), lines.String())
	t.Setenv("TMPDIR", temp)
	t.Setenv("SQLITE_TMPDIR", temp)
	defer syscall.Umask(syscall.Umask(0))

	var said strings.Builder
	cmd := parleytest.Command(t, dir, "import", "--quiet", "talks.csv", "events.csv")
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	modes := map[string]os.FileMode{}
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %.500s", err, said.String())
			}
			ours := strings.Count(fmt.Sprint(modes), "/parley-")
			if ours == 0 || ours == len(modes) {
				t.Errorf("temporary files of parley or of SQLite were not seen open: %v", modes)
			}
			for name, mode := range modes {
				if mode != 0o600 {
					t.Errorf("%s has mode %#o", name, mode)
				}
			}
			return
		default:
			openIn(temp, cmd.Process.Pid, modes)
			time.Sleep(2 * time.Millisecond)
		}
	}
}

// openIn notes the modes of the files in a folder that a process has open, also of those whose names are gone.
func openIn(dir string, pid int, modes map[string]os.FileMode) {
	descriptors, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, d := range descriptors {
		name, err := os.Readlink(d)
		if err != nil || !strings.HasPrefix(name, dir) {
			continue
		}
		if info, err := os.Stat(d); err == nil {
			modes[name] = info.Mode().Perm()
		}
	}
}

package store

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/content"
)

// kills is how often TestKill ends a process that writes: a few times while one works, 50 at night.
var kills = flag.Int("kills", 4, "how many rounds of kill -9")

// writeTo names the database that the test binary is to write to until it is killed, instead of running tests.
const writeTo = "PARLEY_TEST_WRITE_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(writeTo); path != "" {
		if err := writeUntilKilled(context.Background(), path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// writeUntilKilled has 8 writers make, change and delete items, and prints each revision that was acknowledged with what
// it wrote.
func writeUntilKilled(ctx context.Context, path string) error {
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	var printing sync.Mutex
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			var last content.Ref
			for i := 0; ; i++ {
				title := fmt.Sprintf("%d of %d from %d", i, n, os.Getpid())
				changes := []content.Change{
					create("Talk", "t", map[string]any{"title": title}),
					create("Event", "", map[string]any{"title": title, "talk": local("Talk", "t"), "summary": strings.Repeat("words ", 50)}),
				}
				if last.Key != 0 && i%3 == 0 {
					changes = append(changes, of(content.Delete, last, nil))
				}
				done, err := s.Apply(ctx, content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: changes})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				last = done.Refs[1]
				printing.Lock()
				fmt.Printf("%d\t%s\n", done.Revision, title)
				printing.Unlock()
			}
		})
	}
	all.Wait()
	return s.Close() //nolint:contextcheck // it closes whatever ctx says
}

// TestKill ends a process that writes at random moments. What it acknowledged is there, and the record is whole.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	acknowledged := map[string]string{}
	for range *kills {
		before := len(acknowledged)
		killed(t, path, acknowledged)
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		for rev, title := range acknowledged {
			if n := count(t, s, "SELECT COUNT(*) FROM talk WHERE title = $1 AND created_rev = $2", title, rev); n != 1 {
				t.Errorf("revision %s was acknowledged, and %q is not there", rev, title)
			}
		}
		checkRecord(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if len(acknowledged) == before {
			t.Error("nothing was acknowledged before the end")
		}
	}
}

// killed runs a process that writes, ends it at a random moment after its first answer, and gathers what it acknowledged.
func killed(t *testing.T, path string, acknowledged map[string]string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), writeTo+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	first := true
	for lines.Scan() {
		if rev, title, ok := strings.Cut(lines.Text(), "\t"); ok {
			acknowledged[rev] = title
		}
		if first {
			first = false
			after := time.Duration(rand.IntN(400)) * time.Millisecond
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // it was killed
}

package command_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/internal/parleytest"
	"parley/service"
)

// TestRefusals runs commands that cannot work: each says so in one line, ends with the right code and touches nothing.
func TestRefusals(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "letter.txt"), "Dear all, this is no database, and it is long enough to be taken for one.\n")
	parleytest.Write(t, filepath.Join(dir, "broken", "talks", "talks.yaml"), "- {slug: a, titel: A}\n")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"busy port", []string{"--addr", busy.Addr().String()}, 1, "address already in use; name another address with --addr"},
		{"no such folder", []string{"--addr", "127.0.0.1:0", "--db", "nowhere/parley.db"}, 1, "nowhere/parley.db"},
		{"a file that is no database", []string{"--addr", "127.0.0.1:0", "--db", "letter.txt"}, 1, "letter.txt"},
		{"broken content", []string{"--addr", "127.0.0.1:0", "--content", "broken"}, 1, "talks/talks.yaml:1:"},
		{"unknown flag", []string{"--adr", "x"}, 2, "--adr"},
		{"check", []string{"check", "broken"}, 1, `unknown field "titel"; did you mean title?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := parleytest.Command(t, dir, c.args...)
			var said bytes.Buffer
			cmd.Stderr = &said
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(said.String(), c.want) {
				t.Errorf("exit %d and %q, want %d and %q", code, said.String(), c.code, c.want)
			}
			if c.code == 1 && c.name != "check" && c.name != "broken content" && strings.Count(said.String(), "\n") != 1 {
				t.Errorf("said more than a line: %q", said.String())
			}
		})
	}
	if text, err := os.ReadFile(filepath.Join(dir, "letter.txt")); err != nil || !strings.HasPrefix(string(text), "Dear all") {
		t.Errorf("the letter was touched: %q, %v", text, err)
	}
}

func TestVersion(t *testing.T) {
	out, err := parleytest.Command(t, t.TempDir(), "version").Output()
	if err != nil || string(out) != "parley "+service.Version+"\n" {
		t.Errorf("said %q, %v", out, err)
	}
}

// TestDrain ends a server while a request is on its way: the request is answered, the log is folded into the file, and
// the exit code is 0.
func TestDrain(t *testing.T) {
	dir := t.TempDir()
	cmd, url, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	head, tail, _ := strings.Cut(`{"query":"{ talks { totalCount } }"}`, "talks")
	half, goOn := make(chan struct{}), make(chan struct{})
	body := &halves{first: []byte(head), rest: []byte("talks" + tail), half: half, goOn: goOn}
	answered := make(chan string, 1)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Expect", "100-continue") // the body is asked for once the handler reads it
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	go func() {
		res, err := client.Do(req)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		answered <- res.Status
	}()
	<-half
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	refuses(t, strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/graphql"))
	close(goOn)
	if got := <-answered; got != "200 OK" {
		t.Errorf("the request under way was answered %q", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if log, err := os.Stat(filepath.Join(dir, "parley.db-wal")); err == nil && log.Size() > 0 {
		t.Errorf("%d bytes are left in the write-ahead log", log.Size())
	}
}

// halves is a body that waits in the middle.
type halves struct {
	first, rest []byte
	half, goOn  chan struct{}
}

// Read gives the first half, says so once the second is asked for, and waits.
func (h *halves) Read(p []byte) (int, error) {
	if h.first != nil {
		n := copy(p, h.first)
		h.first = nil
		return n, nil
	}
	if h.half != nil {
		close(h.half)
		h.half = nil
		<-h.goOn
	}
	if len(h.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

// refuses waits until nobody listens at the address.
func refuses(t *testing.T, addr string) {
	t.Helper()
	for range 1000 {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return
		}
		_ = c.Close()
	}
	t.Fatal("the server goes on accepting after SIGTERM")
}

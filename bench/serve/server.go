package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// server is a process that answers.
type server struct {
	name string
	url  string
	cmd  *exec.Cmd
	anon int // the most anonymous memory seen, in KiB
}

var listening = regexp.MustCompile(`url"?[=:]"?(http://[0-9.:]+)/`)

func startServer(name, program string, args ...string) (*server, error) {
	s := &server{name: name, cmd: exec.CommandContext(context.Background(), program, args...)} //nolint:gosec // the caller names what it measures
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	head := make([]byte, 0, 4096)
	for len(head) < cap(head) {
		n, err := out.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if m := listening.FindSubmatch(head); m != nil {
			s.url = string(m[1])
			go io.Copy(io.Discard, out) //nolint:errcheck // until it ends
			return s, nil
		}
		if err != nil {
			break
		}
	}
	s.stop()
	return nil, fmt.Errorf("%s did not start: %s", name, head)
}

// startParley starts the service with a database.
func startParley(name, program, db string, args ...string) (*server, error) {
	return startServer(name, program, append([]string{"--addr", "127.0.0.1:0", "--db", db, "--no-access-log"}, args...)...)
}

// warm has the system keep a database in memory: read from the disk, the first answers would take longer than wrk waits.
func warm(db string) error {
	f, err := os.Open(db) //nolint:gosec // the caller names what it measures
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	defer f.Close() //nolint:errcheck // it is read
	if _, err := io.Copy(io.Discard, f); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	return nil
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// look notes the anonymous memory of the process, where the system reports it.
func (s *server) look() {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			s.anon = max(s.anon, n)
		}
	}
}

// cpu is the processor time of the process so far, in seconds, where the system reports it.
func (s *server) cpu() float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const user, system, ticks = 11, 12, 100
	u, _ := strconv.ParseFloat(fields[user], 64)
	k, _ := strconv.ParseFloat(fields[system], 64)
	return (u + k) / ticks
}

// ran is the processor time of the threads of the process so far, in finer steps than cpu, where the system reports it.
func (s *server) ran() time.Duration {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	var all time.Duration
	for _, name := range files {
		b, _ := os.ReadFile(name) //nolint:gosec // of a process that we started
		first, _, _ := strings.Cut(string(b), " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		all += time.Duration(n)
	}
	return all
}

func (s *server) ask(body []byte) ([]byte, error) {
	res, err := http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body)) //nolint:noctx // a process that we started
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	return io.ReadAll(res.Body)
}

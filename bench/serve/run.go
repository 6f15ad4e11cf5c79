package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// runCmd measures all servers.
type runCmd struct {
	DB     string        `required:"" help:"Database made by bench/generate."`
	Events int           `default:"200000" help:"Number of its events."`
	Parley string        `required:"" help:"Program to measure."`
	Rounds int           `default:"3" help:"Rounds; the median counts."`
	Length time.Duration `default:"10s" help:"Length of a round of each server and query."`
	Conns  int           `default:"32" help:"Connections."`
}

// server is a process that answers.
type server struct {
	name string
	url  string
	cmd  *exec.Cmd
	anon int // the most anonymous memory seen, in KiB
}

// load is what wrk reports.
type load struct {
	Requests, Microseconds, P50, P99, Errors float64
}

func (l load) rate() float64 { return l.Requests / l.Microseconds * 1e6 }

// Run starts the servers, compares their answers, and drives them in turn.
func (c runCmd) Run() error {
	dir, err := os.MkdirTemp("", "parley-serve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	self, err := os.Executable()
	if err != nil {
		return err
	}
	start := func(name, program string, args ...string) (*server, error) {
		return startServer(name, program, args...)
	}
	floor, err := start("floor", self, "floor", "--db", c.DB)
	if err != nil {
		return err
	}
	defer floor.stop()
	cold, err := start("parley", c.Parley, "--addr", "127.0.0.1:0", "--db", c.DB, "--no-access-log", "--answer-cache", "0")
	if err != nil {
		return err
	}
	defer cold.stop()
	hot, err := start("parley, kept answers", c.Parley, "--addr", "127.0.0.1:0", "--db", c.DB, "--no-access-log")
	if err != nil {
		return err
	}
	defer hot.stop()
	cursors, err := cursorsOf(cold)
	if err != nil {
		return err
	}
	results := map[string][]load{}
	qs := queries(c.Events, cursors)
	ceilings := map[string]*server{}
	for _, q := range qs {
		answer, err := compare(q, floor, cold, hot)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, q.name[:2])
		if err := os.WriteFile(path+".json", answer, 0o600); err != nil {
			return err
		}
		if ceilings[q.name], err = start("ceiling", self, "ceiling", "--answer", path+".json"); err != nil {
			return err
		}
		defer ceilings[q.name].stop()
		if err := writeBodies(path, q); err != nil {
			return err
		}
	}
	for range c.Rounds {
		for _, q := range qs {
			path := filepath.Join(dir, q.name[:2])
			for _, run := range []struct {
				*server
				temperature string
			}{{ceilings[q.name], "cold"}, {floor, "cold"}, {cold, "cold"}, {ceilings[q.name], "hot"}, {hot, "hot"}} {
				l, err := c.drive(run.server, path+"."+run.temperature)
				if err != nil {
					return err
				}
				results[q.name+" "+run.temperature+" "+run.name] = append(results[q.name+" "+run.temperature+" "+run.name], l)
				run.look()
			}
		}
	}
	report(os.Stdout, qs, results, []*server{floor, cold, hot})
	return nil
}

var listening = regexp.MustCompile(`url"?[=:]"?(http://[0-9.:]+)/`)

func startServer(name, program string, args ...string) (*server, error) {
	s := &server{name: name, cmd: exec.Command(program, args...)} //nolint:gosec // the caller names what it measures
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

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// look notes the anonymous memory of the process, where the system tells.
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

func (s *server) ask(body []byte) ([]byte, error) {
	res, err := http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body)) //nolint:noctx // a process that we started
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	return io.ReadAll(res.Body)
}

// cursorsOf returns places in the list of talks, a page apart.
func cursorsOf(s *server) ([]string, error) {
	var list []string
	after := ""
	for {
		b, err := s.ask([]byte(`{"query": "{ talks(first: 20` + after + `) { pageInfo { endCursor hasNextPage } } }"}`))
		if err != nil {
			return nil, err
		}
		var answer struct {
			Data struct {
				Talks struct {
					PageInfo struct {
						EndCursor   string
						HasNextPage bool
					}
				}
			}
		}
		if err := json.Unmarshal(b, &answer); err != nil {
			return nil, fmt.Errorf("%w: %.200s", err, b)
		}
		page := answer.Data.Talks.PageInfo
		if !page.HasNextPage {
			return list, nil
		}
		list = append(list, page.EndCursor)
		after = fmt.Sprintf(`, after: \"%s\"`, page.EndCursor)
	}
}

// compare asks the servers the same and returns an answer of usual length; they must give the same bytes.
func compare(q query, servers ...*server) ([]byte, error) {
	var usual []byte
	for i := range min(50, len(q.variables)) {
		body := q.body(i * len(q.variables) / min(50, len(q.variables)))
		want, err := servers[0].ask(body)
		if err != nil {
			return nil, err
		}
		if i == 25 || usual == nil {
			usual = want
		}
		for _, s := range servers[1:] {
			got, err := s.ask(body)
			if err != nil {
				return nil, err
			}
			if !bytes.Equal(got, want) {
				return nil, fmt.Errorf("%s: %s answers %s\n%.400s\n%s has\n%.400s", q.name, s.name, body, got, servers[0].name, want)
			}
		}
	}
	return usual, nil
}

// writeBodies writes the requests for wrk: all of them in some order for cold, and few for hot.
func writeBodies(path string, q query) error {
	var cold, hot bytes.Buffer
	for i, j := range rand.Perm(len(q.variables)) {
		line := append(q.body(j), '\n')
		cold.Write(line)
		if i < 20 {
			hot.Write(line)
		}
	}
	if err := os.WriteFile(path+".cold", cold.Bytes(), 0o600); err != nil {
		return err
	}
	return os.WriteFile(path+".hot", hot.Bytes(), 0o600)
}

// drive runs wrk.
func (c runCmd) drive(s *server, bodies string) (load, error) {
	cmd := exec.CommandContext(context.Background(), "wrk", "-t1", fmt.Sprintf("-c%d", c.Conns), fmt.Sprintf("-d%ds", int(c.Length.Seconds())), //nolint:gosec // numbers and a file of ours
		"--latency", "-s", "bench/serve/post.lua", s.url, "--", bodies)
	out, err := cmd.Output()
	if err != nil {
		return load{}, fmt.Errorf("wrk: %w; it comes with apt-get install wrk", err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var l load
	if err := json.Unmarshal(lines[len(lines)-1], &l); err != nil {
		return l, fmt.Errorf("read what wrk says: %w", err)
	}
	if l.Errors > 0 {
		return l, fmt.Errorf("%s fails %v requests of %s", s.name, l.Errors, bodies)
	}
	return l, nil
}

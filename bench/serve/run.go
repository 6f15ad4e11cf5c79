package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	Requests     float64 `json:"requests"`
	Microseconds float64 `json:"microseconds"`
	P50          float64 `json:"p50"`
	P99          float64 `json:"p99"`
	Errors       float64 `json:"errors"`
	// CPU is the processor time that the server took, in seconds.
	CPU float64 `json:"-"`
}

// each is the processor time of one request, in microseconds. Unlike the rate it hardly depends on what else runs.
func (l load) each() float64 { return l.CPU / l.Requests * 1e6 }

func (l load) rate() float64 { return l.Requests / l.Microseconds * 1e6 }

// Run starts the servers, compares their answers, and drives them in turn.
func (c runCmd) Run() error {
	dir, err := os.MkdirTemp("", "parley-serve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	t := &trial{runCmd: c, dir: dir, ceilings: map[string]*server{}, results: map[string][]load{}}
	defer t.stop()
	if err := t.start(); err != nil {
		return err
	}
	for range c.Rounds {
		if err := t.round(); err != nil {
			return err
		}
	}
	report(os.Stdout, t.queries, t.results, []*server{t.floor, t.cold, t.hot})
	return nil
}

// trial is a comparison that runs.
type trial struct {
	runCmd
	dir              string
	queries          []query
	ceilings         map[string]*server // by query
	floor, cold, hot *server            // cold keeps no answers
	results          map[string][]load  // by query, temperature and server
}

// start starts the servers and writes the requests, once they agree on the answers.
func (t *trial) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, s := range []struct {
		into          **server
		name, program string
		args          []string
	}{
		{&t.floor, "floor", self, []string{"floor", "--db", t.DB}},
		{&t.cold, "parley", t.Parley, []string{"--addr", "127.0.0.1:0", "--db", t.DB, "--no-access-log", "--answer-cache", "0"}},
		{&t.hot, "parley, kept answers", t.Parley, []string{"--addr", "127.0.0.1:0", "--db", t.DB, "--no-access-log"}},
	} {
		if *s.into, err = startServer(s.name, s.program, s.args...); err != nil {
			return err
		}
	}
	cursors, err := cursorsOf(t.cold)
	if err != nil {
		return err
	}
	t.queries = queries(t.Events, cursors)
	for _, q := range t.queries {
		answer, err := compare(q, t.floor, t.cold, t.hot)
		if err != nil {
			return err
		}
		if err := os.WriteFile(t.path(q)+".json", answer, 0o600); err != nil {
			return err
		}
		if t.ceilings[q.name], err = startServer("ceiling", self, "ceiling", "--answer", t.path(q)+".json"); err != nil {
			return err
		}
		if err := writeBodies(t.path(q), q); err != nil {
			return err
		}
	}
	return nil
}

// path is where the requests of a query are.
func (t *trial) path(q query) string { return filepath.Join(t.dir, q.name[:2]) }

// round drives each server with each query once.
func (t *trial) round() error {
	for _, q := range t.queries {
		for _, run := range []struct {
			*server
			temperature string
		}{{t.ceilings[q.name], "cold"}, {t.floor, "cold"}, {t.cold, "cold"}, {t.ceilings[q.name], "hot"}, {t.hot, "hot"}} {
			before := run.cpu()
			l, err := t.drive(run.server, t.path(q)+"."+run.temperature)
			if err != nil {
				return err
			}
			l.CPU = run.cpu() - before
			of := q.name + " " + run.temperature + " " + run.name
			t.results[of] = append(t.results[of], l)
			run.look()
		}
	}
	return nil
}

func (t *trial) stop() {
	for _, s := range append(slices.Collect(maps.Values(t.ceilings)), t.floor, t.cold, t.hot) {
		if s != nil {
			s.stop()
		}
	}
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

// cpu is the processor time of the process so far, in seconds, where the system tells.
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
						EndCursor   string `json:"endCursor"`
						HasNextPage bool   `json:"hasNextPage"`
					} `json:"pageInfo"`
				} `json:"talks"`
			} `json:"data"`
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
	for i, j := range rand.Perm(len(q.variables)) { //nolint:gosec // any order
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

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"time"
)

// Driving is how servers are driven.
type Driving struct {
	Rounds int           `default:"3" help:"Rounds; the median counts."`
	Length time.Duration `default:"10s" help:"Length of a round of each server and query."`
	Conns  int           `default:"32" help:"Connections."`
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
	// Writes is how many changes a second were made meanwhile.
	Writes float64 `json:"-"`
}

// each is the processor time of one request, in microseconds. Unlike the rate it hardly depends on what else runs.
func (l load) each() float64 { return l.CPU / l.Requests * 1e6 }

func (l load) rate() float64 { return l.Requests / l.Microseconds * 1e6 }

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

// drive has wrk ask a server.
func (c Driving) drive(s *server, bodies string) (load, error) {
	before := s.cpu()
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
	l.CPU = s.cpu() - before
	s.look()
	return l, nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/content"
)

// writesCmd measures how fast answers are that are kept, while the record changes.
type writesCmd struct {
	Driving `embed:""`
	DB      string `required:"" help:"Database made by bench/generate; a copy is written to."`
	Events  int    `default:"200000" help:"Number of its events."`
	Parley  string `required:"" help:"Program to measure."`
	Rates   []int  `default:"0,10,100" help:"Changes a second."`
	Answers string `default:"64MiB" help:"Memory for kept answers: 2,000 of these take 48 MiB."`
}

// Run asks one server for 2,000 different answers again and again, at each rate of changes in turn.
func (c writesCmd) Run() error {
	dir, err := os.MkdirTemp("", "parley-writes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	db := filepath.Join(dir, "copy.db")
	if _, err := output(c.Parley, "backup", "--db", c.DB, db); err != nil {
		return err
	}
	token, err := output(c.Parley, "token", "--db", db, "create", "--role", "admin", "--name", "bench")
	if err != nil {
		return err
	}
	s, err := startParley("parley, kept answers", c.Parley, db, "--answer-cache", c.Answers)
	if err != nil {
		return err
	}
	defer s.stop()
	deep := queries(c.Events, nil)[1]
	if err := writeBodies(filepath.Join(dir, "deep"), deep); err != nil {
		return err
	}
	results := map[int][]load{}
	for round := -1; round < c.Rounds; round++ { // the first is for the answers to be kept
		for _, rate := range c.Rates {
			stop := c.write(s, string(token), rate)
			l, err := c.drive(s, filepath.Join(dir, "deep.cold"))
			wrote, failed := stop()
			if err := errors.Join(err, failed); err != nil {
				return err
			}
			if l.Writes = float64(wrote) / c.Length.Seconds(); round >= 0 {
				results[rate] = append(results[rate], l)
			}
		}
	}
	c.report(len(deep.variables), results)
	return nil
}

func (c writesCmd) report(keys int, results map[int][]load) {
	say := sayer(os.Stdout)
	sayMachine(say)
	say("| %d kept answers, changes a second | made | requests/s | CPU us each | p50 us | p99 us | rate, of without | by CPU |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n", keys)
	without := median(results[c.Rates[0]])
	for _, rate := range c.Rates {
		l := median(results[rate])
		say("| %d | %.0f | %.0f | %.1f | %.0f | %.0f | %.2f | %.2f |\n", rate, l.Writes, l.rate(), l.each(), l.P50, l.P99, l.rate()/without.rate(), without.each()/l.each())
	}
}

// write changes the titles of events, so many a second, until stop is called, which returns their number.
func (c writesCmd) write(s *server, token string, rate int) (stop func() (int, error)) {
	over := make(chan struct{})
	var made atomic.Int64
	var writers errgroup.Group
	for n := min(rate, 8); n > 0; n-- { // several, so that none waits for another
		turn := time.NewTicker(time.Second * time.Duration(min(rate, 8)) / time.Duration(rate))
		writers.Go(func() error {
			defer turn.Stop()
			for {
				select {
				case <-over:
					return nil
				case <-turn.C:
				}
				if err := change(s, token, rand.IntN(c.Events)); err != nil { //nolint:gosec // any of them
					return err
				}
				made.Add(1)
			}
		})
	}
	return func() (int, error) {
		close(over)
		err := writers.Wait()
		return int(made.Load()), err
	}
}

// change gives an event another title.
func change(s *server, token string, event int) error {
	id := content.NewID("Event", content.NamedKey("Event", content.Slug(fmt.Sprintf("event-%d", event))))
	body, err := json.Marshal(map[string]any{
		"query":     `mutation($input: UpdateEventInput!) { updateEvent(input: $input) { revision } }`,
		"variables": map[string]any{"input": map[string]any{"id": id, "title": fmt.Sprintf("Event %d, as it is called since %d", event, rand.Int())}}, //nolint:gosec // any title
	})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	answer, err := io.ReadAll(res.Body)
	if err == nil && !bytes.Contains(answer, []byte(`"revision":`)) {
		err = fmt.Errorf("the change was answered with %.400s", answer)
	}
	return err
}

// output runs a command and returns what it prints, in one line.
func output(program string, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(context.Background(), program, args...).Output() //nolint:gosec // the caller names what it measures
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", program, args[0], err)
	}
	return bytes.TrimSpace(out), nil
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// runCmd measures all servers.
type runCmd struct {
	Driving `embed:""`
	DB      string `required:"" help:"Database made by bench/generate."`
	Events  int    `default:"200000" help:"Number of its events."`
	Parley  string `required:"" help:"Program to measure."`
}

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
	if err := warm(t.DB); err != nil {
		return err
	}
	if t.floor, err = startServer("floor", self, "floor", "--db", t.DB); err != nil {
		return err
	}
	if t.cold, err = startParley("parley", t.Parley, t.DB, "--answer-cache", "0"); err != nil {
		return err
	}
	if t.hot, err = startParley("parley, kept answers", t.Parley, t.DB); err != nil {
		return err
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
			l, err := t.drive(run.server, t.path(q)+"."+run.temperature)
			if err != nil {
				return err
			}
			of := q.name + " " + run.temperature + " " + run.name
			t.results[of] = append(t.results[of], l)
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

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// growthCmd measures how much slower reads are where there is more, without kept answers.
type growthCmd struct {
	Driving     `embed:""`
	DB          string `required:"" help:"Database made by bench/generate."`
	Events      int    `default:"200000" help:"Number of its events."`
	Large       string `required:"" help:"The larger database, likewise."`
	LargeEvents int    `default:"2000000" help:"Number of its events."`
	Parley      string `required:"" help:"Program to measure."`
	Different   int    `default:"2000" help:"How many different requests there are of a query at most, from all over the data; 0 is one for each talk."`
}

// sized is a server with its own data set.
type sized struct {
	*server
	queries []query
	results map[string][]load // by query
}

// Run drives a server of each size in turn, and prints what becomes of the rate.
func (c growthCmd) Run() error {
	dir, err := os.MkdirTemp("", "parley-growth-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	var both []*sized
	for _, of := range []struct {
		db     string
		events int
	}{{c.DB, c.Events}, {c.Large, c.LargeEvents}} {
		if err := warm(of.db); err != nil {
			return err
		}
		s, err := startParley(strconv.Itoa(of.events), c.Parley, of.db, "--answer-cache", "0")
		if err != nil {
			return err
		}
		defer s.stop()
		cursors, err := cursorsOf(s)
		if err != nil {
			return err
		}
		one := &sized{s, queries(of.events, cursors), map[string][]load{}}
		for _, q := range one.queries {
			q.variables = spread(q.variables, c.Different)
			if err := writeBodies(one.path(dir, q), q); err != nil {
				return err
			}
		}
		both = append(both, one)
	}
	for range c.Rounds {
		for i := range both[0].queries {
			for _, one := range both {
				q := one.queries[i]
				l, err := c.drive(one.server, one.path(dir, q)+".cold")
				if err != nil {
					return err
				}
				one.results[q.name] = append(one.results[q.name], l)
			}
		}
	}
	reportGrowth(both[0], both[1])
	return nil
}

// spread takes n from all over a list, or all.
func spread[T any](list []T, n int) []T {
	if n == 0 || n >= len(list) {
		return list
	}
	few := make([]T, n)
	for i := range few {
		few[i] = list[i*len(list)/n]
	}
	return few
}

// path is where the requests of a query are.
func (s *sized) path(dir string, q query) string { return filepath.Join(dir, s.name+q.name[:2]) }

func reportGrowth(small, large *sized) {
	say := sayer(os.Stdout)
	sayMachine(say)
	say("| query, cold | events | requests/s | CPU us each | p50 us | p99 us | rate, of the smaller | by CPU |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, q := range small.queries {
		least := median(small.results[q.name])
		for _, s := range []*sized{small, large} {
			l := median(s.results[q.name])
			say("| %s | %s | %.0f | %.0f | %.0f | %.0f | %.2f | %.2f |\n", q.name, s.name, l.rate(), l.each(), l.P50, l.P99, l.rate()/least.rate(), least.each()/l.each())
		}
	}
	say("\nAnonymous memory at the most: %s\n", strings.Join([]string{memory(small.server), memory(large.server)}, ", "))
}

func memory(s *server) string { return fmt.Sprintf("%d MiB with %s", s.anon/1024, s.name) }

// Command mutants measures what the tests notice. It changes one expression or statement of the code at a time, and runs
// the tests that reach it: a mutant is killed where a test fails or hangs, and survives where all pass.
//
// All mutants are woven into the code of one build, and an environment variable chooses which of them runs, so that a
// mutant costs only its tests. Mutants of declarations outside of functions get a build each. The files of the repository
// are not touched: go reads the changed code through -overlay.
//
//	go run ./bench/mutants -seed 18 -count 300 -out mutants.jsonl
//
// writes a line for each mutant, and continues where it was interrupted. With -again FILE it runs the mutants that survived
// in that file, to see whether new tests kill them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// options are the command line.
type options struct {
	seed        uint64
	count       int
	out, again  string
	equivalent  string
	only, tests string
	work        string
	with        string
	budget      time.Duration
	hold        time.Duration
	list, score bool
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the random choice")
	flag.IntVar(&o.count, "count", 300, "how many mutants")
	flag.StringVar(&o.out, "out", "mutants.jsonl", "file that a line is added to for each mutant")
	flag.StringVar(&o.again, "again", "", "run the mutants that survived in this file, instead of a random choice")
	flag.StringVar(&o.equivalent, "equivalent", "", "file of mutants that change no behaviour, one id a line; they do not count")
	flag.StringVar(&o.only, "only", "", "run only mutants whose id begins so")
	flag.StringVar(&o.tests, "tests", "", "run only the tests whose name matches this pattern, such as tests added for survivors")
	flag.StringVar(&o.work, "work", filepath.Join(os.TempDir(), "mutants"), "folder for test binaries and what each test reaches")
	flag.StringVar(&o.with, "with", "", "command before a command that runs it once a processor is free")
	flag.DurationVar(&o.hold, "hold", time.Minute, "how long the processor of -with is kept")
	flag.DurationVar(&o.budget, "budget", time.Minute, "time of tests that a mutant gets, the fastest first")
	flag.BoolVar(&o.list, "list", false, "print the mutants and run none")
	flag.BoolVar(&o.score, "score", false, "print the score of the file of -out and run none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// mutated are the folders that mutants are made of, as far as the program imports their packages.
var mutated = []string{"content", "graph", "store", "bundle", "webhook", "internal", "web"}

// run chooses the mutants, builds the tests, runs them and prints the score.
func run(ctx context.Context, o options) error {
	if o.score {
		return printScore(os.Stdout, o)
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	t := &tools{root: root, work: o.work, with: strings.Fields(o.with), hold: o.hold}
	defer t.release()
	code, err := load(ctx, t)
	if err != nil {
		return err
	}
	mutants, err := chosen(code, o)
	if err != nil {
		return err
	}
	if o.list {
		for _, m := range mutants {
			fmt.Println(m) //nolint:forbidigo // the list is the output
		}
		return nil
	}
	done, err := readResults(o.out)
	if err != nil {
		return err
	}
	b, err := build(ctx, t, code, mutants)
	if err != nil {
		return err
	}
	if b.wanted, err = regexp.Compile(o.tests); err != nil {
		return fmt.Errorf("-tests: %w", err)
	}
	if err := b.measure(ctx); err != nil {
		return err
	}
	for _, m := range mutants {
		if _, ok := done[m.ID]; ok || !strings.HasPrefix(m.ID, o.only) {
			continue
		}
		r, err := b.try(ctx, m, o.budget)
		if err != nil {
			return err
		}
		if err := appendResult(o.out, r); err != nil {
			return err
		}
	}
	return printScore(os.Stdout, o)
}

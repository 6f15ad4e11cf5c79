package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longest is how long a test may take that is run at all.
const longest = 60 * time.Second

// test is what is known of one test: how long it takes, whether it passes without a mutant, and which mutants it reaches.
type test struct {
	Name    string       `json:"name"`
	Seconds float64      `json:"seconds"`
	Passes  bool         `json:"passes"`
	Reaches map[int]bool `json:"reaches"`
}

// measure runs each test alone, or reads from the work folder what an earlier run of the same binary found.
func (b *built) measure(ctx context.Context) error {
	for _, bin := range b.binaries {
		text, err := os.ReadFile(bin.file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		known := filepath.Join(b.tools.work, "reach-"+filepath.Base(bin.file)+"-"+hex.EncodeToString(sum[:8])+".json")
		if text, err := os.ReadFile(known); err == nil { //nolint:gosec // in the work folder
			if err := json.Unmarshal(text, &bin.tests); err != nil {
				return fmt.Errorf("%s: %w", known, err)
			}
		}
		if err := b.measureBinary(ctx, bin, known); err != nil {
			return err
		}
		bin.tests = slices.DeleteFunc(bin.tests, func(t *test) bool { return !b.wanted.MatchString(t.Name) })
	}
	return nil
}

// measureBinary runs each test of a package alone whose measurement is not in the file, and adds it.
func (b *built) measureBinary(ctx context.Context, bin *binary, known string) error {
	list := exec.CommandContext(ctx, bin.file, "-test.list", ".") //nolint:gosec // it was built here
	list.Dir = bin.dir
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list tests of %s: %w", bin.path, err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(name, "Benchmark") || !b.wanted.MatchString(name) || slices.ContainsFunc(bin.tests, func(t *test) bool { return t.Name == name }) {
			continue
		}
		t, err := b.measureTest(ctx, bin, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s %s: %.1f s, %d mutants, passes: %v\n", bin.path, name, t.Seconds, len(t.Reaches), t.Passes)
		bin.tests = append(bin.tests, t)
		text, err := json.Marshal(bin.tests)
		if err != nil {
			return err
		}
		if err := os.WriteFile(known, text, 0o600); err != nil { //nolint:gosec // in the work folder
			return err
		}
	}
	return nil
}

// measureTest runs a test without a mutant.
func (b *built) measureTest(ctx context.Context, bin *binary, name string) (*test, error) {
	hits := filepath.Join(b.tools.work, "hits")
	if err := os.RemoveAll(hits); err != nil {
		return nil, err
	}
	r, err := b.run(ctx, bin, bin.file, []string{name}, longest, "MUTANT_HITS="+hits)
	if err != nil {
		return nil, err
	}
	t := &test{Name: name, Seconds: r.took.Seconds(), Passes: r.passed, Reaches: map[int]bool{}}
	text, err := os.ReadFile(hits) //nolint:gosec // in the work folder
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for line := range strings.FieldsSeq(string(text)) {
		if n, err := strconv.Atoi(line); err == nil {
			t.Reaches[n] = true
		}
	}
	return t, nil
}

// outcome is how a run of tests ended.
type outcome struct {
	passed, late bool
	failed       string // the first test that failed, if the output says it
	took         time.Duration
}

// run runs tests of a package, and ends with the first that fails.
func (b *built) run(ctx context.Context, bin *binary, file string, names []string, timeout time.Duration, env ...string) (outcome, error) {
	pattern := "^(" + strings.Join(names, "|") + ")$"
	cmd, err := b.tools.command(ctx, bin.dir, file, "-test.failfast", "-test.v", "-test.run", pattern, "-test.timeout", timeout.String())
	if err != nil {
		return outcome{}, err
	}
	cmd.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return outcome{}, ctx.Err()
	}
	o := outcome{passed: err == nil, took: cmd.ProcessState.SystemTime() + cmd.ProcessState.UserTime()}
	o.late = bytes.Contains(said.Bytes(), []byte("panic: test timed out"))
	for line := range strings.Lines(said.String()) {
		if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			o.failed, _, _ = strings.Cut(name, " ")
			break
		}
	}
	return o, nil
}

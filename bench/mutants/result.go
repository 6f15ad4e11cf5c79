package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// result is what became of a mutant.
type result struct {
	ID      string  `json:"id"`
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Op      string  `json:"op"`
	Was     string  `json:"was"`
	Now     string  `json:"now"`
	Killed  bool    `json:"killed"`
	By      string  `json:"by,omitempty"` // the package and the test that failed
	Tests   int     `json:"tests"`        // that were run
	Seconds float64 `json:"seconds"`
}

// readResults returns the results of a file by the ids of their mutants. A later line replaces an earlier one.
func readResults(path string) (map[string]result, error) {
	f, err := os.Open(path) //nolint:gosec // the user's file
	if errors.Is(err, os.ErrNotExist) {
		return map[string]result{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	found := map[string]result{}
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var r result
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		found[r.ID] = r
	}
}

// appendResult adds a line to a file of results.
func appendResult(path string, r result) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the user's file
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// printScore prints the mutants that survived, and how many of those that change behaviour were killed.
func printScore(w io.Writer, o options) error {
	results, err := readResults(o.out)
	if err != nil {
		return err
	}
	same, err := readEquivalent(o.equivalent)
	if err != nil {
		return err
	}
	killed, survived, equivalent := 0, []string{}, 0
	for id, r := range results {
		switch {
		case r.Killed:
			killed++
		case same[id]:
			equivalent++
		default:
			survived = append(survived, fmt.Sprintf("%s:%d %s: %s -> %s (%d tests)\n", r.File, r.Line, id, r.Was, r.Now, r.Tests))
		}
	}
	slices.Sort(survived)
	all := killed + len(survived)
	_, err = fmt.Fprintf(w, "%s%d of %d killed (%.1f %%), %d equivalent\n",
		strings.Join(survived, ""), killed, all, 100*float64(killed)/float64(max(1, all)), equivalent)
	return err
}

// readEquivalent returns the first words of the lines of a file.
func readEquivalent(path string) (map[string]bool, error) {
	ids := map[string]bool{}
	if path == "" {
		return ids, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user's file
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if id, _, _ := strings.Cut(strings.TrimSpace(line), " "); id != "" {
			ids[id] = true
		}
	}
	return ids, nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// try runs the tests that reach a mutant, those of its own package first, until one fails.
func (b *built) try(ctx context.Context, m *mutant, budget time.Duration) (result, error) {
	r := result{ID: m.ID, File: m.file.path, Line: m.Line, Op: m.Op, Was: brief(m.Was), Now: brief(m.Now)}
	start := time.Now() //nolint:forbidigo // a measurement
	left := budget.Seconds()
	for _, bin := range b.order(m) {
		for _, names := range batches(bin.reaching(m), &left) {
			file, err := b.binaryOf(ctx, bin, m)
			if err != nil {
				return r, err
			}
			r.Tests += len(names.names)
			o, err := b.run(ctx, bin, file, names.names, names.timeout, "MUTANT="+strconv.Itoa(m.number))
			if err != nil {
				return r, err
			}
			noticed, err := b.confirmed(ctx, bin, o)
			if err != nil {
				return r, err
			}
			if noticed {
				r.Killed, r.By = true, bin.path+" "+cmp.Or(o.failed, "panic")
				if o.late {
					r.By = bin.path + " timeout"
				}
				break
			}
		}
		if r.Killed {
			break
		}
	}
	r.Seconds = time.Since(start).Seconds()
	return r, os.RemoveAll(b.aloneFolder())
}

// confirmed reports whether tests failed with a mutant, and the one that did passes without it.
func (b *built) confirmed(ctx context.Context, bin *binary, o outcome) (bool, error) {
	if o.passed || o.failed == "" || o.late {
		return !o.passed, nil
	}
	without, err := b.run(ctx, bin, bin.file, []string{o.failed}, 2*longest)
	return without.passed, err
}

// order returns the packages whose tests reach a mutant: its own, then the others, the fastest first.
func (b *built) order(m *mutant) []*binary {
	var reach []*binary
	for _, bin := range b.binaries {
		if len(bin.reaching(m)) > 0 {
			reach = append(reach, bin)
		}
	}
	own := func(bin *binary) int {
		if bin.path == m.file.pkg.path {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(reach, func(x, y *binary) int {
		return cmp.Or(cmp.Compare(own(x), own(y)), cmp.Compare(seconds(x.reaching(m)), seconds(y.reaching(m))))
	})
	return reach
}

// reaching returns the tests that reach a mutant, the fastest first. Where none is known to reach a mutant outside of
// functions, those of its own package are meant.
func (bin *binary) reaching(m *mutant) []*test {
	var found []*test
	for _, t := range bin.tests {
		whole := len(m.reached) == 0 && bin.path == m.file.pkg.path
		if t.Passes && (t.Reaches[m.number] || whole) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *test) int { return cmp.Compare(a.Seconds, b.Seconds) })
	return found
}

func seconds(tests []*test) (sum float64) {
	for _, t := range tests {
		sum += t.Seconds
	}
	return sum
}

// batch is tests that are run together.
type batch struct {
	names   []string
	timeout time.Duration
}

// batches returns the tests that fit in what is left of the budget, the first of them in a short batch. At least one is
// run, whatever it takes.
func batches(tests []*test, left *float64) []batch {
	const short = 5 // seconds
	var all []batch
	var names []string
	var sum float64
	end := func() {
		if len(names) > 0 {
			all = append(all, batch{names, time.Duration((20 + 6*sum) * float64(time.Second))})
		}
		names, sum = nil, 0
	}
	for i, t := range tests {
		if i > 0 && *left < t.Seconds {
			break
		}
		if len(all) == 0 && len(names) > 0 && sum+t.Seconds > short {
			end()
		}
		names, sum = append(names, t.Name), sum+t.Seconds
		*left -= t.Seconds
	}
	end()
	return all
}

// aloneFolder is where the tests with a mutant of their own are built.
func (b *built) aloneFolder() string { return filepath.Join(b.tools.work, "alone") }

// binaryOf returns the tests of a package with a mutant in them, compiled if the mutant is outside of functions.
func (b *built) binaryOf(ctx context.Context, bin *binary, m *mutant) (string, error) {
	if m.decl != nil {
		return bin.file, nil
	}
	file := filepath.Join(b.aloneFolder(), testFile(bin.path))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return file, b.tools.compile(ctx, "alone", map[string]string{m.file.name: m.alone()}, b.aloneFolder(), []string{bin.path})
}

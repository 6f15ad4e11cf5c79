package main

import (
	"go/ast"
	"go/types"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// brief shortens the code of a mutant to one line.
func brief(code string) string {
	code = strings.Join(strings.Fields(code), " ")
	if r := []rune(code); len(r) > 100 {
		return string(r[:100]) + "..."
	}
	return code
}

// chosen returns the mutants to run: count of them at random lines, one a line, or those that survived in a file of results.
func chosen(code *source, o options) ([]*mutant, error) {
	lines, byID := map[string][]*mutant{}, map[string]*mutant{}
	var keys []string
	for _, p := range code.packages {
		for _, f := range p.files {
			for _, m := range mutantsOf(code, f) {
				key := m.file.path + ":" + strconv.Itoa(m.Line)
				if lines[key] == nil {
					keys = append(keys, key)
				}
				lines[key], byID[m.ID] = append(lines[key], m), m
			}
		}
	}
	var pick []*mutant
	if o.again != "" {
		old, err := readResults(o.again)
		if err != nil {
			return nil, err
		}
		for id, r := range old {
			if m := byID[id]; m != nil && !r.Killed {
				pick = append(pick, m)
			}
		}
		slices.SortFunc(pick, func(a, b *mutant) int { return strings.Compare(a.ID, b.ID) })
	} else {
		r := rand.New(rand.NewPCG(o.seed, 0)) //nolint:gosec // a repeatable choice
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		for _, key := range keys {
			pick = append(pick, lines[key][r.IntN(len(lines[key]))])
		}
	}
	pick, err := code.compiling(pick, o.count)
	if err != nil {
		return nil, err
	}
	code.findUses(pick)
	for i, m := range pick {
		m.number = i + 1
	}
	return pick, nil
}

// compiling returns the first mutants that compile, no more than count.
func (s *source) compiling(all []*mutant, count int) ([]*mutant, error) {
	var good []*mutant
	for len(good) < count && len(all) > 0 {
		n := min(count-len(good), len(all))
		next := all[:n]
		all = all[n:]
		for i, m := range next {
			m.number = i + 1
		}
		broken, err := s.broken(next)
		if err != nil {
			return nil, err
		}
		for _, m := range next {
			if !broken[m] {
				good = append(good, m)
			}
		}
	}
	return good, nil
}

// findUses notes for mutants of package variables and constants the statements that use them, in all packages.
func (s *source) findUses(mutants []*mutant) {
	users := map[string][]*mutant{}
	for _, m := range mutants {
		for _, o := range m.declared {
			if o != nil {
				users[objectKey(o)] = append(users[objectKey(o)], m)
			}
		}
	}
	for _, p := range s.packages {
		for _, f := range p.files {
			var path []ast.Node
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if n == nil {
					path = path[:len(path)-1]
					return true
				}
				path = append(path, n)
				id, ok := n.(*ast.Ident)
				if !ok || p.info.Uses[id] == nil {
					return true
				}
				for _, m := range users[objectKey(p.info.Uses[id])] {
					if at, ok := statementAround(s, path); ok {
						m.reached = append(m.reached, spot{f, at})
					}
				}
				return true
			})
		}
	}
}

// objectKey names an object of a package alike where it is declared and where it is imported.
func objectKey(o types.Object) string {
	if o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
		return ""
	}
	return o.Pkg().Path() + "." + o.Name()
}

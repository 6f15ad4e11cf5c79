package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// switchPath is the package that chooses the mutant which runs. It exists in builds of mutants only.
const switchPath = "parley/internal/mutant"

// switchCode is its code. Hit adds the number of a mutant to a file the first time that a process comes by it.
const switchCode = `// Package mutant chooses the mutant that runs.
package mutant

import (
	"os"
	"strconv"
	"sync/atomic"
)

// Now is the number of the mutant that runs, 0 for none.
var Now, _ = strconv.Atoi(os.Getenv("MUTANT"))

var (
	hits = os.Getenv("MUTANT_HITS")
	seen [1 << 16]atomic.Bool
)

// Hit notes that a mutant was reached.
func Hit(n int) {
	if hits == "" || seen[n].Swap(true) {
		return
	}
	f, err := os.OpenFile(hits, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(strconv.Itoa(n) + "\n")
}
`

// edit replaces the text between two offsets.
type edit struct {
	start, end int
	text       string
	m          *mutant // whose code the text is, if any
}

// region is where the code of a mutant is in a woven file.
type region struct {
	start, end int
	m          *mutant
}

// woven returns the text of a file with the mutants in it, and where the code of each is. Mutants of declarations
// outside of functions are left out: they are built alone.
func (s *source) woven(f *file, mutants []*mutant) (string, []region) {
	var edits []edit
	for _, m := range mutants {
		for _, at := range m.reached {
			if at.file == f {
				edits = append(edits, edit{start: at.at, end: at.at, text: fmt.Sprintf("mutant_.Hit(%d); ", m.number)})
			}
		}
		if m.file == f && m.decl != nil {
			at := s.offset(m.decl.Body.Lbrace) + 1
			edits = append(edits, edit{at, at, s.branch(m), m})
		}
	}
	if len(edits) == 0 {
		return string(f.text), nil
	}
	end := s.offset(f.syntax.Name.End())
	edits = append(edits, edit{start: end, end: end, text: fmt.Sprintf("; import mutant_ %q", switchPath)})
	return apply(f.text, edits)
}

// apply carries out edits that do not overlap.
func apply(text []byte, edits []edit) (string, []region) {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	var regions []region
	done := 0
	for _, e := range edits {
		b.Write(text[done:e.start])
		from := b.Len()
		b.WriteString(e.text)
		if e.m != nil {
			regions = append(regions, region{from, b.Len(), e.m})
		}
		done = e.end
	}
	b.Write(text[done:])
	return b.String(), regions
}

// branch is the body of a function with the mutant, as a statement that runs only while the mutant is chosen. The body is
// a function literal with the results of the function, so that it declares and labels what it wants.
func (s *source) branch(m *mutant) string {
	start, end := s.offset(m.decl.Body.Lbrace), s.offset(m.decl.Body.Rbrace)+1
	body := string(m.file.text[start:m.start]) + m.Now + string(m.file.text[m.end:end])
	on := fmt.Sprintf(" if mutant_.Now == %d { ", m.number)
	results := ""
	if r := m.decl.Type.Results; r != nil {
		results = s.of(m.file, r) + " "
	}
	switch {
	case recovers(m.decl):
		return on + strings.TrimPrefix(body, "{") + ";"
	case results == "":
		return on + "func() " + body + "(); return };"
	default:
		return on + "return func() " + results + body + "() };"
	}
}

// recovers reports whether a function calls recover itself, which it can only do outside of a literal.
func recovers(d *ast.FuncDecl) bool {
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "recover"
		return true
	})
	return found
}

// alone returns the text of the file of a mutant outside of functions.
func (m *mutant) alone() string {
	text, _ := apply(m.file.text, []edit{{start: m.start, end: m.end, text: m.Now}})
	return text
}

// broken returns the mutants that do not compile.
func (s *source) broken(mutants []*mutant) (map[*mutant]bool, error) {
	broken := map[*mutant]bool{}
	for _, p := range s.packages {
		var inside []*mutant
		for _, m := range mutants {
			if m.file.pkg != p {
				continue
			}
			if m.decl != nil {
				inside = append(inside, m)
			} else if failed, err := s.check(p, map[*file]string{m.file: m.alone()}, nil); err != nil {
				return nil, err
			} else if failed[nil] {
				broken[m] = true
			}
		}
		if len(inside) == 0 {
			continue
		}
		texts, regions := map[*file]string{}, map[string][]region{}
		for _, f := range p.files {
			texts[f], regions[f.name] = s.woven(f, inside)
		}
		failed, err := s.check(p, texts, regions)
		if err != nil {
			return nil, err
		}
		for m := range failed {
			if m == nil {
				return nil, fmt.Errorf("%s with mutants does not compile", p.path)
			}
			broken[m] = true
		}
	}
	return broken, nil
}

// check returns the mutants in whose code a package has errors, and nil among them for errors elsewhere.
func (s *source) check(p *pkg, texts map[*file]string, regions map[string][]region) (map[*mutant]bool, error) {
	set, failed := token.NewFileSet(), map[*mutant]bool{}
	var syntax []*ast.File
	for _, f := range p.files {
		text, ok := texts[f]
		if !ok {
			text = string(f.text)
		}
		tree, err := parser.ParseFile(set, f.name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("mutants do not parse: %w", err)
		}
		syntax = append(syntax, tree)
	}
	config := types.Config{Importer: withSwitch{s.importer}, Error: func(err error) {
		e, ok := err.(types.Error) //nolint:errorlint // as go/types passes it
		if !ok {
			return
		}
		at := set.Position(e.Pos)
		failed[mutantAt(regions[at.Filename], at.Offset)] = true
	}}
	_, _ = config.Check(p.path, set, syntax, nil) // errors were passed to Error
	return failed, nil
}

// mutantAt returns the mutant whose code is at an offset, or nil.
func mutantAt(regions []region, offset int) *mutant {
	for _, r := range regions {
		if r.start <= offset && offset < r.end {
			return r.m
		}
	}
	return nil
}

// withSwitch imports the package that chooses the mutant, too.
type withSwitch struct{ types.Importer }

// Import returns the types of a package.
func (w withSwitch) Import(path string) (*types.Package, error) {
	if path != switchPath {
		return w.Importer.Import(path)
	}
	p := types.NewPackage(path, "mutant")
	number := types.NewVar(token.NoPos, p, "n", types.Typ[types.Int])
	p.Scope().Insert(types.NewVar(token.NoPos, p, "Now", types.Typ[types.Int]))
	p.Scope().Insert(types.NewFunc(token.NoPos, p, "Hit", types.NewSignatureType(nil, nil, nil, types.NewTuple(number), nil, false)))
	p.MarkComplete()
	return p, nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// source is the code that mutants are derived from.
type source struct {
	set      *token.FileSet
	packages []*pkg
	importer types.Importer
}

// pkg is a package with its types.
type pkg struct {
	path, dir string
	files     []*file
	info      *types.Info
}

// file is a file of the code: name is its absolute path, path the one from the root of the repository.
type file struct {
	name, path string
	text       []byte
	syntax     *ast.File
	pkg        *pkg
	generated  bool
}

// listed is the output of go list for a package.
type listed struct {
	ImportPath string   `json:"ImportPath"`
	Dir        string   `json:"Dir"`
	Export     string   `json:"Export"`
	GoFiles    []string `json:"GoFiles"`
	Module     struct {
		Main bool `json:"Main"`
	} `json:"Module"`
}

// isMutated reports a package of the program in one of the folders that mutants are made of.
func (l *listed) isMutated() bool {
	_, path, _ := strings.Cut(l.ImportPath, "/")
	folder, _, _ := strings.Cut(path, "/")
	return l.Module.Main && slices.Contains(mutated, folder)
}

// load reads the packages of the program that mutants are made of, and the types of all that they import.
func load(ctx context.Context, t *tools) (*source, error) {
	cmd, err := t.command(ctx, t.root, "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Module", ".")
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	code, exports := &source{set: token.NewFileSet()}, map[string]string{}
	var found []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("list packages: %w", err)
		}
		exports[l.ImportPath] = l.Export
		if l.isMutated() {
			found = append(found, l)
		}
	}
	code.importer = importer.ForCompiler(code.set, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	for _, l := range found {
		if err := code.add(t.root, l); err != nil {
			return nil, err
		}
	}
	return code, nil
}

// add parses and checks a package. Generated files have types and get no mutants.
func (s *source) add(root string, l listed) error {
	p := &pkg{path: l.ImportPath, dir: l.Dir, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
	}}
	var syntax []*ast.File
	for _, name := range l.GoFiles {
		f := &file{name: filepath.Join(l.Dir, name), pkg: p}
		var err error
		if f.text, err = os.ReadFile(f.name); err != nil {
			return err
		}
		if f.path, err = filepath.Rel(root, f.name); err != nil {
			return err
		}
		if f.syntax, err = parser.ParseFile(s.set, f.name, f.text, parser.ParseComments); err != nil {
			return err
		}
		syntax = append(syntax, f.syntax)
		f.generated = ast.IsGenerated(f.syntax)
		p.files = append(p.files, f)
	}
	config := types.Config{Importer: s.importer}
	if _, err := config.Check(l.ImportPath, s.set, syntax, p.info); err != nil {
		return fmt.Errorf("check %s: %w", l.ImportPath, err)
	}
	s.packages = append(s.packages, p)
	return nil
}

// offset returns where a position is in its file.
func (s *source) offset(p token.Pos) int { return s.set.PositionFor(p, false).Offset }

// of returns the text of a node.
func (s *source) of(f *file, n ast.Node) string {
	return string(f.text[s.offset(n.Pos()):s.offset(n.End())])
}

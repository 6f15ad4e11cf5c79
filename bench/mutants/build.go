package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// tested are the folders whose tests are run.
var tested = append([]string{"command", "service"}, mutated...)

// built is the tests with all mutants in them.
type built struct {
	tools    *tools
	code     *source
	binaries []*binary
	wanted   *regexp.Regexp // the names of the tests that are run
}

// binary is the tests of a package.
type binary struct {
	path, dir, file string
	tests           []*test
}

// build writes the code with the mutants and compiles the tests of all packages.
func build(ctx context.Context, t *tools, code *source, mutants []*mutant) (*built, error) {
	texts := map[string]string{filepath.Join(t.root, "internal", "mutant", "mutant.go"): switchCode}
	for _, p := range code.packages {
		for _, f := range p.files {
			if text, _ := code.woven(f, mutants); text != string(f.text) {
				texts[f.name] = text
			}
		}
	}
	b := &built{tools: t, code: code}
	if err := b.list(ctx); err != nil {
		return nil, err
	}
	paths := make([]string, 0, len(b.binaries))
	for _, bin := range b.binaries {
		paths = append(paths, bin.path)
	}
	out := filepath.Join(t.work, "tests")
	for _, bin := range b.binaries {
		bin.file = filepath.Join(out, testFile(bin.path))
	}
	return b, t.compile(ctx, "all", texts, out, paths)
}

// list finds the packages that have tests.
func (b *built) list(ctx context.Context) error {
	const form = `{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}`
	args := []string{"go", "list", "-f", form}
	for _, folder := range tested {
		args = append(args, "./"+folder+"/...")
	}
	cmd, err := b.tools.command(ctx, b.tools.root, args...)
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("list tests: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			b.binaries = append(b.binaries, &binary{path: path, dir: dir})
		}
	}
	return nil
}

// testFile is the name that go test -c gives the tests of a package.
func testFile(path string) string { return path[strings.LastIndex(path, "/")+1:] + ".test" }

// compile writes texts in the place of files and compiles the tests of packages.
func (t *tools) compile(ctx context.Context, name string, texts map[string]string, out string, paths []string) error {
	dir := filepath.Join(t.work, "code", name)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	replace := map[string]string{}
	for file, text := range texts {
		at := filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return err
		}
		replace[file] = at
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		return err
	}
	args := append([]string{"go", "test", "-c", "-vet=off", "-overlay", filepath.Join(dir, "overlay.json"), "-o", out + string(os.PathSeparator)}, paths...)
	var said bytes.Buffer
	cmd, err := t.command(ctx, t.root, args...)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("compile tests: %w: %s", err, said.String())
	}
	return nil
}

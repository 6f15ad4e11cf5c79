package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// stampFile is beside the generated files, and not committed: a fresh clone generates all.
const stampFile = "graph/gen/.stamp"

// stamp are sums of what was read and written. Where any is another, what follows from it is written again, so that neither an edited
// input, nor an edited or merged output stays.
type stamp struct {
	Structure string // the schema without descriptions, gqlgen.yml, this program, and go.sum, which has the version of gqlgen
	Text      string // schema.graphqls
	Executor  string // what gqlgen wrote
	Schema    string // schema.go
}

// stamps returns the stamp of the last run, empty where there is none, and that of the files as they are.
func stamps() (was, now stamp, err error) {
	if now, err = current(); err != nil {
		return was, now, err
	}
	text, err := os.ReadFile(stampFile)
	if errors.Is(err, fs.ErrNotExist) {
		return was, now, nil
	}
	if err != nil {
		return was, now, fmt.Errorf("read the stamp: %w", err)
	}
	if json.Unmarshal(text, &was) != nil {
		was = stamp{}
	}
	return was, now, nil
}

// writeStamp notes the files as they are.
func writeStamp() error {
	now, err := current()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return fmt.Errorf("write the stamp: %w", err)
	}
	return os.WriteFile(stampFile, append(text, '\n'), 0o644) //nolint:gosec // it is as public as what it is beside
}

func current() (stamp, error) {
	text, err := os.ReadFile("schema.graphqls")
	if err != nil {
		return stamp{}, fmt.Errorf("read the schema: %w", err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		return stamp{}, fmt.Errorf("read the schema: %w", err)
	}
	var plain bytes.Buffer
	formatter.NewFormatter(&plain, formatter.WithoutDescription()).FormatSchema(schema)
	program, err := filepath.Glob("graph/generate/*.go")
	if err != nil {
		return stamp{}, fmt.Errorf("list the program: %w", err)
	}
	written, err := filepath.Glob("graph/gen/*.go")
	if err != nil {
		return stamp{}, fmt.Errorf("list the generated files: %w", err)
	}
	written = slices.DeleteFunc(written, func(name string) bool { return strings.HasSuffix(name, "/schema.go") })
	s := stamp{Text: sum(text)}
	if s.Structure, err = sumOf(append(program, "gqlgen.yml", "go.sum"), plain.Bytes()); err != nil {
		return stamp{}, err
	}
	if s.Executor, err = sumOf(written, nil); err != nil {
		return stamp{}, err
	}
	s.Schema, err = sumOf([]string{"graph/gen/schema.go"}, nil)
	return s, err
}

func sum(b []byte) string {
	digest := sha256.Sum256(b)
	return hex.EncodeToString(digest[:])
}

// sumOf is the sum of files, of their names, and of what stands before them. A file that is missing has no bytes.
func sumOf(names []string, before []byte) (string, error) {
	all := sha256.New()
	all.Write(before)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		fmt.Fprintf(all, "\n%s %d\n", name, len(text))
		all.Write(text)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

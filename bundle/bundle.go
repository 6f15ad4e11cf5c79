// Package bundle reads and writes content as files. A bundle is a folder of YAML and Markdown: a folder for each type,
// named as its list is ("talks"), with files of items. A sheet is a CSV file of items of one type, and a JSON Lines file
// has an item of any type on each line. Keys and columns are the fields of the content model, references are slugs.
// README.md beside this file describes the formats.
//
// Files are read whole before they are checked, so that editors see all problems at once, each with its
// file, line and column and what would be right. The input is bounded: by the size of a file, the depth of its
// nesting and the number of values that aliases make of it.
//
//	read.go, folder.go, datafolder.go   Read: the files of a source, one after another
//	yaml.go, sheet*.go, lines.go        text -> nodes (node.go) with their positions, in one form for all formats
//	loader.go, item.go, mapping.go      nodes -> items: value.go, text.go, date.go, reference.go read fields by their kind
//	links.go, claims.go                 checks between items: trees, references, slugs and identifiers that two items have
//	problem.go, refused.go              all problems, and files of the rows that have one
//	export.go                           WriteDir: a record as a bundle; print.go writes YAML, table.go sheets, json.go JSON Lines,
//	                                    flat.go sheets for analysis; published.go leaves out what the public does not see
//	format.go, jsonschema.go            parley fmt, and the JSON Schema of the files
//
// Package intake compares the items with a record, package dataset converts published data sets, package builtin holds the content
// that ships with parley.
package bundle

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"parley/content"
)

// Load reads a bundle. Its problems are returned as [Problems], all at once; any other error means that the
// folder could not be read. Symbolic links are refused: [LoadDir] follows those that stay inside the folder.
//
// Keys follow from types and slugs, so the same bundle has the same ids everywhere. The items are in the order of
// the model's types, then of file names, then as in the file.
func Load(fsys fs.FS) (content.ChangeSet, error) {
	l := newLoader(Record{})
	if err := l.folder(fsys, "", false); err != nil {
		return content.ChangeSet{}, err
	}
	return l.changes()
}

// LoadDir reads the bundle in a folder as [Load] does, or the sheets and JSON that a folder holds, and follows symbolic links
// that do not lead out of it. The files of its problems begin with the path.
func LoadDir(path string) (content.ChangeSet, error) {
	l := newLoader(Record{})
	if err := l.paths(Source{Paths: []string{path}}); err != nil {
		return content.ChangeSet{}, err
	}
	return l.changes()
}

// dir reads the bundle in a folder.
func (l *loader) dir(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("open the bundle: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	return l.folder(root.FS(), filepath.ToSlash(path), true)
}

// folder reads a bundle; prefix is what its files are called by before their path inside it.
func (l *loader) folder(fsys fs.FS, prefix string, follow bool) error {
	l.prefix = prefix
	files, err := l.walk(fsys, follow)
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := readFile(fsys, f.name)
		if err != nil {
			return err
		}
		l.read(f, text)
	}
	return nil
}

// changes returns the items that were read as a change set.
func (l *loader) changes() (content.ChangeSet, error) {
	if err := l.judge(); err != nil {
		return content.ChangeSet{}, err
	}
	items := make([]content.Item, len(l.entries))
	for i, e := range l.entries {
		items[i] = e.Item
	}
	return content.ChangeSet{Items: items}, nil
}

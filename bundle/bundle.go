// Package bundle reads content from folders of YAML and Markdown: a folder for each type, named as its list is
// ("talks"), with files of items. Keys are the fields of the content model, references are slugs. README.md beside this
// file describes the format.
//
// A bundle is read whole before it is judged, so that whoever edits it sees all that is wrong at once, each with its
// file, line and column and what would be right. What is read is bounded: by the size of a file, the depth of its
// nesting and the number of values that aliases make of it.
package bundle

import (
	"fmt"
	"io/fs"
	"os"

	"parley/content"
)

// Load reads a bundle. What is wrong in it comes back as [Problems], all of it at once; any other error means that the
// folder could not be read. Symbolic links are refused: [LoadDir] follows those that stay inside the folder.
//
// Keys follow from types and slugs, so the same bundle has the same ids everywhere. The items stand in the order of
// the model's types, then of file names, then as in the file.
func Load(fsys fs.FS) (content.ChangeSet, error) {
	return load(fsys, false)
}

// LoadDir reads the bundle in a folder as [Load] does, and follows symbolic links that do not lead out of it.
func LoadDir(path string) (content.ChangeSet, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return content.ChangeSet{}, fmt.Errorf("open the bundle: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	return load(root.FS(), true)
}

func load(fsys fs.FS, follow bool) (content.ChangeSet, error) {
	l := &loader{known: map[content.Ref]*entry{}}
	files, err := l.walk(fsys, follow)
	if err != nil {
		return content.ChangeSet{}, err
	}
	for _, f := range files {
		text, err := readFile(fsys, f.name)
		if err != nil {
			return content.ChangeSet{}, err
		}
		l.read(f, text)
	}
	l.register()
	l.resolve()
	l.join()
	l.chains()
	if len(l.problems) > 0 {
		l.problems.sort()
		return content.ChangeSet{}, l.problems
	}
	items := make([]content.Item, len(l.entries))
	for i, e := range l.entries {
		items[i] = e.Item
	}
	return content.ChangeSet{Items: items}, nil
}

// loader gathers the items of a bundle and what is wrong with them.
type loader struct {
	entries []*entry
	// known are the items that have a slug of their own.
	known    map[content.Ref]*entry
	refs     []reference
	problems Problems

	// What follows belongs to the file that is being read.
	file   string
	source nodes
	// owner are the fields that a citation or a translation may speak of.
	owner []content.Field
}

// entry is an item and where it stands.
type entry struct {
	content.Item
	file string
	// pos is where the item begins; at is where the values of its fields begin.
	pos position
	at  map[string]position
}

// name is how the item is written where several types are possible: "talk/lake-talks".
func (e *entry) name() string { return refName(e.Type.Name, string(e.Slug)) }

// where is the place of a field, or of the item where the field is not written.
func (e *entry) where(field string) position {
	if p, ok := e.at[field]; ok {
		return p
	}
	return e.pos
}

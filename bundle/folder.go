package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"parley/content"
)

// maxFile is the greatest size of a file, in bytes.
const maxFile = 10 << 20

// file is a file of items of one type.
type file struct {
	// name is its path inside the bundle.
	name string
	t    *content.Type
}

// slug is the slug of the one item that the file holds, where the item names none itself.
func (f file) slug() string { return strings.TrimSuffix(path.Base(f.name), path.Ext(f.name)) }

func folders() []string {
	var names []string
	for _, t := range content.Types() {
		names = append(names, t.Plural)
	}
	slices.Sort(names)
	return names
}

// walk lists the files of a bundle in the order of the model's types, and notes what does not belong there.
func (l *loader) walk(fsys fs.FS, follow bool) ([]file, error) {
	root, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	there := map[string]bool{}
	for _, d := range root {
		name := d.Name()
		switch mode, ok := l.mode(fsys, name, d, follow); {
		case !ok, aside(name), path.Ext(name) == ".go": // a Go file embeds the bundle
		case !mode.IsDir():
			l.whole(name, "a bundle has no files beside its folders, other than README.md: move this file to one of %s", strings.Join(folders(), ", "))
		case !slices.Contains(folders(), name):
			l.whole(name, "a bundle has no such folder%s: its folders are %s", suggest(name, folders()), strings.Join(folders(), ", "))
		default:
			there[name] = true
		}
	}
	var files []file
	for _, t := range content.Types() {
		if !there[t.Plural] {
			continue
		}
		list, err := fs.ReadDir(fsys, t.Plural)
		if err != nil {
			return nil, fmt.Errorf("read the bundle: %w", err)
		}
		for _, d := range list {
			if f := (file{t.Plural + "/" + d.Name(), t}); l.belongs(fsys, f, d, follow) {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// belongs reports whether a file holds items, and notes why where it does not.
func (l *loader) belongs(fsys fs.FS, f file, d fs.DirEntry, follow bool) bool {
	mode, ok := l.mode(fsys, f.name, d, follow)
	switch {
	case !ok || aside(d.Name()):
		return false
	case mode.IsDir():
		l.whole(f.name, "folders cannot be nested: move its files to %s", f.t.Plural)
		return false
	case !mode.IsRegular():
		l.whole(f.name, "this is not a regular file")
		return false
	}
	switch path.Ext(f.name) {
	case ".yaml", ".yml", ".md":
		return true
	}
	l.whole(f.name, "a bundle holds .yaml, .yml and .md files")
	return false
}

// aside reports whether a file may lie in a bundle without being content.
func aside(name string) bool { return name == "README.md" || strings.HasPrefix(name, ".") }

// mode is what an entry of a folder is, behind symbolic links where they are followed.
func (l *loader) mode(fsys fs.FS, name string, d fs.DirEntry, follow bool) (fs.FileMode, bool) {
	if d.Type()&fs.ModeSymlink == 0 || aside(d.Name()) {
		return d.Type(), true
	}
	if !follow {
		l.whole(name, "this is a symbolic link: put the file itself here")
		return 0, false
	}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		l.whole(name, "this symbolic link leads out of the bundle, or to a missing file: put the file itself here")
		return 0, false
	}
	return info.Mode(), true
}

// whole adds a problem of a file or folder as a whole.
func (l *loader) whole(name, format string, args ...any) {
	l.add(Problem{File: l.called(name), Message: fmt.Sprintf(format, args...)})
}

// readFile reads a file, at most one byte more than may be in it.
func readFile(fsys fs.FS, name string) (text []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

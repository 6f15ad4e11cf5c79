package bundle

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/content"
)

// isData reports whether a file is a sheet or JSON, by the ending of its name.
func isData(name string) bool {
	return slices.Contains([]string{".csv", ".tsv", ".jsonl", ".ndjson", ".json"}, strings.ToLower(filepath.Ext(name)))
}

// dataIn lists the files of a folder that holds sheets or JSON in place of a bundle, as an export of sheets does; none where
// the folder is a bundle. A folder that holds both, or another file among its sheets, is an error.
func dataIn(dir string) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	var files []string
	bundled, other := "", ""
	for _, d := range entries {
		name := d.Name()
		info, err := root.Stat(name) // behind a symbolic link
		switch {
		case aside(name):
		case slices.ContainsFunc(content.Types(), func(t *content.Type) bool { return t.Plural == name }):
			bundled = name
		case isData(name) && err != nil:
			return nil, fmt.Errorf("%s: this symbolic link leads out of the folder, or to a missing file: put the file itself here", filepath.Join(dir, name))
		case isData(name) && info.Mode().IsRegular():
			files = append(files, filepath.Join(dir, name))
		default:
			other = name
		}
	}
	switch {
	case len(files) == 0:
		return nil, nil
	case bundled != "":
		return nil, fmt.Errorf("%s holds a bundle, such as its folder %s, and files beside it, such as %s: list these files one by one, or move them elsewhere",
			dir, bundled, filepath.Base(files[0]))
	case other != "":
		return nil, fmt.Errorf("%s is not content: a folder of sheets holds files that end in .csv, .tsv, .jsonl or .json, and README.md", filepath.Join(dir, other))
	}
	return files, nil
}

// files lists the paths of a source, with those of the files in place of a folder of sheets.
func (s Source) files() ([]string, error) {
	var paths []string
	for _, path := range s.Paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("read content: %w", err)
		}
		var inside []string
		if info.IsDir() {
			if inside, err = dataIn(path); err != nil {
				return nil, err
			}
		}
		if inside == nil {
			inside = []string{path}
		}
		paths = append(paths, inside...)
	}
	return paths, nil
}

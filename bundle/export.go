package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"parley/content"
)

// Contents is a record that items are read from, as it was at a revision.
type Contents interface {
	// Items hands the whole items of a type to a function, in the order of their slugs.
	Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error
	// Slugs returns the keys of the items of a type by their slugs.
	Slugs(ctx context.Context, at content.Revision, t *content.Type) (map[content.Slug]content.Key, error)
}

// Export is what [WriteDir] did.
type Export struct {
	// Items counts the written items, Changed the new and changed files, Removed the deleted ones.
	Items, Changed, Removed int
}

// staging is the folder, inside the bundle, where files are made before they take their place.
const staging = ".parley-export"

// WriteDir writes the record at a revision into a folder as a bundle: a file for each item, named as its slug. The same
// record is the same bytes, and files that need no change are not touched. A folder that holds other content is left as
// it is, with an error, unless prune is set: then files that no item has are removed.
func WriteDir(ctx context.Context, dir string, from Contents, at content.Revision, prune bool, each func()) (done Export, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return done, fmt.Errorf("create the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return done, fmt.Errorf("open the folder: %w", err)
	}
	defer func() { err = errors.Join(err, root.RemoveAll(staging), root.Close()) }()
	if err := errors.Join(root.RemoveAll(staging), root.Mkdir(staging, 0o700)); err != nil {
		return done, fmt.Errorf("create the temporary folder: %w", err)
	}
	names, err := slugNames(ctx, from, at)
	if err != nil {
		return done, err
	}
	p := &printer{slugs: names}
	written := map[string]bool{}
	for _, t := range content.Types() {
		if err := root.Mkdir(path.Join(staging, t.Plural), 0o700); err != nil {
			return done, fmt.Errorf("create the temporary folder: %w", err)
		}
		err := from.Items(ctx, at, t, func(item content.Item) error {
			text, ending, err := p.file(item)
			if err != nil {
				return fmt.Errorf("write %s: %w", refName(t.Name, string(item.Slug)), err)
			}
			name := path.Join(t.Plural, string(item.Slug)+ending)
			written[name] = true
			done.Items++
			if each != nil {
				each()
			}
			if there, err := root.ReadFile(name); err == nil && bytes.Equal(there, text) {
				return nil
			}
			done.Changed++
			return root.WriteFile(path.Join(staging, name), text, 0o600)
		})
		if err != nil {
			return done, err
		}
	}
	stale, err := others(root.FS(), written)
	if err != nil {
		return done, err
	}
	if len(stale) > 0 && !prune {
		return done, fmt.Errorf("%s has content that is not in the database, such as %s: export to another folder, or remove it with --prune",
			dir, filepath.Join(dir, filepath.FromSlash(stale[0])))
	}
	return done, settle(root, stale, &done)
}

// slugNames finds the slugs that references lead to.
func slugNames(ctx context.Context, from Contents, at content.Revision) (func(content.Ref) (content.Slug, error), error) {
	known := map[content.Ref]content.Slug{}
	for _, t := range content.Types() {
		if !referred(t) {
			continue
		}
		slugs, err := from.Slugs(ctx, at, t)
		if err != nil {
			return nil, err
		}
		for slug, key := range slugs {
			known[content.Ref{Type: t.Name, Key: key}] = slug
		}
	}
	return func(ref content.Ref) (content.Slug, error) {
		if slug, ok := known[ref]; ok {
			return slug, nil
		}
		return "", fmt.Errorf("it references %s, which is not in the database", content.NewID(ref.Type, ref.Key))
	}, nil
}

// referred reports whether a field of any type leads to items of t.
func referred(t *content.Type) bool {
	var leads func([]content.Field) bool
	leads = func(fields []content.Field) bool {
		return slices.ContainsFunc(fields, func(f content.Field) bool { return slices.Contains(f.To, t.Name) || leads(f.Fields) })
	}
	return slices.ContainsFunc(content.Types(), func(of *content.Type) bool { return leads(of.Fields) })
}

// others are the files of content in a folder that were not written.
func others(fsys fs.FS, written map[string]bool) ([]string, error) {
	var list []string
	for _, t := range content.Types() {
		entries, err := fs.ReadDir(fsys, t.Plural)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the folder: %w", err)
		}
		for _, e := range entries {
			name := path.Join(t.Plural, e.Name())
			if ours := slices.Contains([]string{".yaml", ".yml", ".md"}, path.Ext(name)); ours && !aside(e.Name()) && !written[name] {
				list = append(list, name)
			}
		}
	}
	return list, nil
}

// settle moves the written files into their places and removes stale ones.
func settle(root *os.Root, stale []string, done *Export) error {
	for _, t := range content.Types() {
		made, err := fs.ReadDir(root.FS(), path.Join(staging, t.Plural))
		if err != nil {
			return fmt.Errorf("read the files: %w", err)
		}
		if len(made) == 0 {
			continue
		}
		if err := root.MkdirAll(t.Plural, 0o700); err != nil {
			return fmt.Errorf("create the folder: %w", err)
		}
		for _, e := range made {
			name := path.Join(t.Plural, e.Name())
			if err := root.Rename(path.Join(staging, name), name); err != nil {
				return fmt.Errorf("rename %s: %w", name, err)
			}
		}
	}
	for _, name := range stale {
		if err := root.Remove(name); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
		done.Removed++
		if folder, _, ok := strings.Cut(name, "/"); ok {
			_ = root.Remove(folder) // it goes once it is empty
		}
	}
	return nil
}

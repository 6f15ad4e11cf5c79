package bundle

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/content"
)

// Source is where items are read from.
type Source struct {
	// Paths are files: sheets (.csv, .tsv), JSON Lines (.jsonl) and JSON (.json); and folders: bundles, or folders of such
	// files.
	Paths []string
	// Type is what the rows of a sheet are whose name does not say it; nil where all names do.
	Type *content.Type
	// Record is what the items are read for.
	Record Record
	// ClearAbsent has sheets and JSON say all of their items, as YAML does: a column or key that is absent clears its field.
	ClearAbsent bool
	// DateOrder is the order of dates of digits in sheets, such as 24/11/2023; empty where all dates are EDTF.
	DateOrder content.DateOrder
	// Refused takes the rows of sheets and the lines of JSON Lines that something is wrong with, and those that depend on them:
	// the others are given. An error ends the reading. Nil refuses all. With it, all items are kept until the end.
	Refused func([]Refusal) error
	// Progress is called with the number of bytes of the files that have been read; it may be nil.
	Progress func(bytes int)
}

// Read gives the items of a source. Those that nothing else depends on come as they are read, so that files of any
// length can be; all others come at the end. Errors come last, as [Problems]: all at once, and from the
// first problem on there are no more items. Any other error means that something could not be read.
func Read(s Source) iter.Seq2[content.Item, error] {
	return func(yield func(content.Item, error) bool) {
		l := newLoader(s.Record)
		l.clearAbsent, l.dateOrder, l.refusing = s.ClearAbsent, s.DateOrder, s.Refused != nil
		l.emit = func(item content.Item) {
			if !l.stopped && len(l.problems) == 0 && !yield(item, nil) {
				l.stopped = true
			}
		}
		if l.refusing {
			l.emit = nil
		}
		if err := l.paths(s); err != nil {
			yield(content.Item{}, err)
			return
		}
		if l.stopped {
			return
		}
		err := l.judge()
		if _, wrong := errors.AsType[Problems](err); wrong && l.refusing {
			if refused, ok := l.refuse(); ok {
				err = s.Refused(refused)
			}
		}
		if err != nil {
			yield(content.Item{}, err)
			return
		}
		for _, e := range l.entries {
			if !yield(e.Item, nil) {
				return
			}
		}
	}
}

// paths reads the files of a source.
func (l *loader) paths(s Source) error {
	paths, err := s.ordered()
	for _, path := range paths {
		if err = l.path(path, s); err != nil || l.stopped {
			break
		}
	}
	return err
}

// ordered are the paths of files, those last whose items lead to others and are handed on as they are read.
func (s Source) ordered() ([]string, error) {
	rank := func(path string) int {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".csv", ".tsv":
			t := s.Type
			if t == nil {
				t, _ = TypeOfSheet(path) // an error comes when it is read
			}
			if t == nil || !streams(t) {
				return 0
			}
			return 2
		case ".jsonl", ".ndjson", ".json":
			return 1
		default:
			return 0
		}
	}
	paths, err := s.files()
	slices.SortStableFunc(paths, func(a, b string) int { return rank(a) - rank(b) })
	return paths, err
}

// path reads a folder or a file.
func (l *loader) path(path string, s Source) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("read content: %w", err)
	case info.IsDir():
		return l.dir(path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("read content: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	l.prefix, l.file = "", filepath.ToSlash(path)
	r := io.Reader(f)
	if s.Progress != nil {
		r = &counted{f, s.Progress}
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv":
		t := s.Type
		if t == nil {
			if t, err = TypeOfSheet(path); err != nil {
				return err
			}
		}
		return l.sheet(t, r)
	case ".jsonl", ".ndjson":
		return l.lines(r)
	case ".json":
		return l.document(r)
	default:
		return fmt.Errorf("%s is not content: give bundle folders, or files that end in .csv, .tsv, .jsonl or .json", path)
	}
}

// TypeOfSheet returns the type of the rows of a sheet by its name: events.csv, or events-2024.csv.
func TypeOfSheet(path string) (*content.Type, error) {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	for _, t := range content.Types() {
		if rest, ok := strings.CutPrefix(name, t.Plural); ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') {
			return t, nil
		}
	}
	return nil, fmt.Errorf("the name of %s does not give the type of its rows: rename it, such as to %s.csv, or give --type", path, strings.Join(folders(), ".csv, "))
}

// streams reports whether items of a type can be handed on as they are read: nothing leads to them, and they must agree
// with no others.
func streams(t *content.Type) bool { return t.Base == t.Name && !referred(t) }

// counted counts the bytes that are read of a file.
type counted struct {
	io.Reader
	tell func(int)
}

// Read reads on.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.tell(n)
	return n, err
}

// budget lets at most a number of bytes be read before it is renewed.
type budget struct {
	io.Reader
	left int
}

// errTooLong says that a line or a row is longer than maxFile.
var errTooLong = fmt.Errorf("it is longer than %d MiB", maxFile>>20)

// Read reads on, within the budget.
func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// hand keeps an item that was read, or hands it on.
func (l *loader) hand(e *entry) {
	if l.emit == nil || !streams(e.Type) {
		l.entries = append(l.entries, e)
		if e.Slug != "" {
			l.enter(e)
		}
		return
	}
	for i := range l.refs[l.own:] {
		l.refs[l.own+i].emitted = true
	}
	if e.Slug == "" {
		l.fieldError(e, "slug", "the slug is missing")
		return
	}
	if !l.proper(e) || !l.identify(e) {
		return
	}
	ref := content.Ref{Type: e.Type.Name, Key: e.Key}
	if first, twice := l.emitted[ref]; twice {
		l.fieldError(e, "slug", "%s is also at %s %d", e.name(), l.unit(l.file), first)
		return
	}
	l.emitted[ref] = e.where("slug").line
	if !e.Given.Has("externalIds") {
		l.keeping[ref] = true
	}
	l.claim(e)
	l.emit(e.Item)
}

// unit is what the places of a file count.
func (l *loader) unit(file string) string {
	if l.headers[file] != nil {
		return "row"
	}
	return "line"
}

// column is the name of a column of a sheet, as spreadsheets call it: A, B, ... AA.
func columnLetters(n int) string {
	var letters []byte
	for ; n > 0; n = (n - 1) / 26 {
		letters = append(letters, byte('A'+(n-1)%26))
	}
	slices.Reverse(letters)
	return string(letters)
}

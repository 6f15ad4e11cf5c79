package bundle_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
	"parley/store"
)

var errBroken = errors.New("the disk is broken")

// failing is a record one of whose reads fails.
type failing struct {
	*store.Store
	left, ran int
}

func (f *failing) fail() error {
	if f.ran++; f.ran == f.left {
		return errBroken
	}
	return nil
}

func (f *failing) Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error {
	return errors.Join(f.fail(), f.Store.Items(ctx, at, t, each))
}

func (f *failing) Slugs(ctx context.Context, at content.Revision, t *content.Type) (map[content.Slug]content.Key, error) {
	slugs, err := f.Store.Slugs(ctx, at, t)
	return slugs, errors.Join(f.fail(), err)
}

func (f *failing) Find(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Item, error) {
	found, err := f.Store.Find(ctx, t, keys)
	return found, errors.Join(f.fail(), err)
}

func (f *failing) Deleted(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Revision, error) {
	found, err := f.Store.Deleted(ctx, t, keys)
	return found, errors.Join(f.fail(), err)
}

func (f *failing) Citing(ctx context.Context, source content.Key) ([]content.Ref, error) {
	refs, err := f.Store.Citing(ctx, source)
	return refs, errors.Join(f.fail(), err)
}

func (f *failing) Head(ctx context.Context) (content.Revision, error) {
	head, err := f.Store.Head(ctx)
	return head, errors.Join(f.fail(), err)
}

// eachRead runs something with each of its reads of a record failing in turn, until all succeed.
func eachRead(t *testing.T, st *store.Store, name string, run func(*failing) error) {
	t.Helper()
	for n := 1; ; n++ {
		from := &failing{Store: st, left: n}
		err := run(from)
		if from.ran < n {
			if n == 1 {
				t.Errorf("%s reads nothing", name)
			}
			return
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("read %d fails, and %s ends with %v", n, name, err)
		}
	}
}

// TestFailedReadsOfExports has a read of the record fail at each place of each export: the export ends with that error.
func TestFailedReadsOfExports(t *testing.T) {
	st := lake(t)
	forms := map[string]func(bundle.Contents) error{
		"a bundle": func(from bundle.Contents) error {
			dir := t.TempDir()
			_, err := bundle.WriteDir(t.Context(), dir, from, 0, false, nil)
			if files := snapshot(t, dir); err != nil && len(files) > 0 {
				t.Errorf("an export that fails leaves %d files", len(files))
			}
			return err
		},
		"a sheet": func(from bundle.Contents) error {
			return bundle.WriteSheet(t.Context(), io.Discard, from, 0, content.TypeNamed("Event"), nil)
		},
		"lines": func(from bundle.Contents) error { return bundle.WriteLines(t.Context(), io.Discard, from, 0, nil) },
	}
	for name, write := range forms {
		eachRead(t, st, name, func(from *failing) error { return write(from) })
		eachRead(t, st, name+" of what is published", func(from *failing) error {
			public, err := bundle.NewPublished(t.Context(), from, 0)
			if err != nil {
				return err
			}
			return write(public)
		})
	}
}

// TestFailedReadsOfImports has a read of the record fail at each place of an import that hides a source, publishes an event and
// brings back a deleted one: nothing is written, and a dry run does not say that all is well.
func TestFailedReadsOfImports(t *testing.T) {
	for _, o := range []intake.Options{{DryRun: true, Now: time.Now()}, {DryRun: true, Prune: true, Now: time.Now()}, {}, {Prune: true}} {
		st := lake(t)
		put(t, st, []content.Item{{Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", "leaflet"), Slug: "leaflet", Values: map[string]any{"title": "Leaflet"}}})
		exported := undated{st}
		dir := t.TempDir()
		if _, err := bundle.WriteDir(t.Context(), dir, exported, 0, false, nil); err != nil {
			t.Fatal(err)
		}
		gone := content.Change{Op: content.Delete, Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "later")}
		if _, err := st.Apply(t.Context(), content.ChangeSet{Author: "desk", Reason: "UPDATE", Changes: []content.Change{gone}}); err != nil {
			t.Fatal(err)
		}
		write(t, dir+"/events/hope.yaml", "title: Hope\ntalk: lake\ncitations: [{source: herald}]\npubStatus: USABLE\nrevision: 1\n")
		write(t, dir+"/sources/leaflet.yaml", "title: Leaflet\npubStatus: WITHHELD\n")
		o.Author, o.Reason = "test", "IMPORT"
		head, _ := st.Head(t.Context())
		eachRead(t, st, fmt.Sprintf("an import with %+v", o), func(from *failing) error {
			_, err := intake.Take(t.Context(), from, bundle.Read(bundle.Source{Paths: []string{dir}}), o)
			if now, _ := st.Head(t.Context()); errors.Is(err, errBroken) && now != head {
				t.Errorf("revision %d is made by an import that fails", now)
			}
			return err
		})
	}
}

// TestPathsOfOtherKinds holds that what is no file is refused by its name, and that a folder with a file in the place of a folder
// is no place for an export.
func TestPathsOfOtherKinds(t *testing.T) {
	st := lake(t)
	if _, err := takeFiles(t, st, []string{os.DevNull}, intake.Options{}, false); err == nil || !strings.HasSuffix(err.Error(), os.DevNull+" is not a regular file") {
		t.Errorf("a device is imported: %v", err)
	}
	dir := t.TempDir()
	write(t, dir+"/talks", "A file.")
	if _, err := bundle.WriteDir(t.Context(), dir, st, 0, true, nil); err == nil {
		t.Error("talks are exported into a file")
	}
}

package bundle_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/bundle/intake"
	"parley/content"
	"parley/store"
)

// files writes a record in a form, and returns their paths.
func files(t *testing.T, st *store.Store, format string) []string {
	t.Helper()
	dir := t.TempDir()
	if format != "bundle" {
		return writeFiles(t, st, dir, format)
	}
	if _, err := bundle.WriteDir(t.Context(), dir, st, 0, false, nil); err != nil {
		t.Fatal(err)
	}
	return []string{dir}
}

// conflictsOf are the items and fields of the conflicts that an import was refused for.
func conflictsOf(t *testing.T, err error) []string {
	t.Helper()
	list, ok := errors.AsType[intake.Conflicts](err)
	if !ok && err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range list {
		var fields []string
		for _, d := range c.Changes {
			fields = append(fields, d.Field)
		}
		all = append(all, fmt.Sprintf("%s/%s %d<%d %v %s", strings.ToLower(c.Item.Type.Name), c.Item.Slug, c.Known, c.Now, c.Deleted, strings.Join(fields, ",")))
	}
	return all
}

// TestOldExports imports files of a record that moved on, in every form: what would undo a change is a conflict, and nothing is
// written; --overwrite undoes it.
func TestOldExports(t *testing.T) {
	for _, format := range []string{"bundle", "csv", "jsonl"} {
		st := lake(t)
		paths := files(t, st, format)
		for name, text := range map[string]string{
			"talks.csv":     "slug,title\nlake,Corrected\n",                                     // another value
			"parties.csv":   "slug,description\nshore,A shore.\nferryland,A state on a lake.\n", // an actor that gets a second capacity
			"mediators.csv": "slug,aliases\nferryland,Ferries; Ferry\n",
		} {
			if _, err := takeText(t, st, name, text, intake.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		gone := content.Change{Op: content.Delete, Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "later")}
		if _, err := st.Apply(t.Context(), content.ChangeSet{Author: "desk", Reason: "UPDATE", Changes: []content.Change{gone}}); err != nil {
			t.Fatal(err)
		}
		head, _ := st.Head(t.Context())
		before := contents(t, st)
		_, err := takeFiles(t, st, paths, intake.Options{}, false)
		got := conflictsOf(t, err)
		for i := range got { // the order in which the three came
			got[i] = strings.NewReplacer("<2", "<n", "<3", "<n", "<4", "<n").Replace(got[i])
		}
		want := []string{"event/later 1<5 true ", "mediator/ferryland 1<n false aliases,description", "party/shore 1<n false description", "talk/lake 1<n false title"}
		if format == "jsonl" { // that a party has no description is said by a column or by a whole item
			want = slices.Delete(want, 2, 3)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the conflicts are\n%s\nwant\n%s", format, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if now, _ := st.Head(t.Context()); now != head || len(changesOf(before, contents(t, st))) > 0 {
			t.Errorf("%s: something was written: %v", format, changesOf(before, contents(t, st)))
		}
		report, err := takeFiles(t, st, paths, intake.Options{Overwrite: true}, false)
		if err != nil || report.Created != 1 || report.Revision != head+1 {
			t.Errorf("%s: overwritten: %+v, %v", format, report, err)
		}
	}
}

// TestNoConflict holds what is none: the same values, files without revisions, and an item that no revision changed since.
func TestNoConflict(t *testing.T) {
	st := lake(t)
	old := files(t, st, "bundle")
	for _, title := range []string{"Corrected", "Lake talks"} {
		if _, err := takeText(t, st, "talks.csv", "slug,title\nlake,"+title+"\n", intake.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := takeText(t, st, "talks.csv", "slug,translations\nlake,\"[{\"\"locale\"\": \"\"fr\"\", \"\"text\"\": [{\"\"field\"\": \"\"title\"\", \"\"value\"\": \"\"Le  lac\"\"}]}]\"\n", intake.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{"slug,revision,title\nlake,1,Lake talks\n", ""},
		{"slug,revision,title\nlake,1,Other\n", "[talk/lake 1<4 false title,translations]"},
		{"slug,revision,title\nlake,4,Other\n", ""},
		{"slug,revision,title\nlake,,Others\n", ""},
		{"slug,revision,title\nlake,99,Another\n", ""},
	} {
		marked := 0
		if _, err := takeText(t, st, "talks.csv", c.text, intake.Options{DryRun: true, Differs: func(d intake.Difference) {
			if d.Conflict {
				marked++
			}
		}}); marked != strings.Count(c.want, "<") || (err != nil) != (c.want != "") {
			t.Errorf("%q: a dry run marks %d conflicts, %v", c.text, marked, err)
		}
		_, err := takeText(t, st, "talks.csv", c.text, intake.Options{})
		if got := fmt.Sprint(conflictsOf(t, err)); strings.Trim(got, "[]") != strings.Trim(c.want, "[]") {
			t.Errorf("%q: the conflicts are %s, want %s", c.text, got, c.want)
		}
	}
	if _, err := takeText(t, st, "talks.csv", "slug,revision,title\nlake,0,Other\n", intake.Options{}); err == nil || !strings.Contains(err.Error(), "row 2, column B (revision): revision is the number of a revision") {
		t.Errorf("revision 0: %v", err)
	}
	other := open(t) // another record, to which the revisions mean nothing
	if report, err := takeFiles(t, other, old, intake.Options{}, false); err != nil || report.Created != 7 {
		t.Errorf("an export of another record: %+v, %v", report, err)
	}
	set, err := bundle.Load(builtin.FS())
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(set.Items, func(item content.Item) bool { return item.Revision != 0 }); i >= 0 {
		t.Errorf("the built-in %s says a revision", set.Items[i].Slug)
	}
}

// between is a store into which something else is written while it applies a stream, after its first item.
type between struct {
	*store.Store
	write func()
}

func (b between) Apply(ctx context.Context, set content.ChangeSet) (content.ApplyResult, error) {
	stream := set.Stream
	set.Stream = func(yield func(content.Item, error) bool) {
		first := true
		stream(func(item content.Item, err error) bool {
			if first {
				first = false
				b.write()
			}
			return yield(item, err)
		})
	}
	return b.Store.Apply(ctx, set)
}

// TestNothingComesBetween holds that no other write comes between the comparison of an import's items and its own write,
// with deletions and without.
func TestNothingComesBetween(t *testing.T) {
	for _, prune := range []bool{false, true} {
		st := lake(t)
		dir := files(t, st, "bundle")[0]
		set, err := bundle.LoadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		items := func(yield func(content.Item, error) bool) {
			for _, item := range set.Items {
				if item.Type.Name == "Talk" {
					item.Values["summary"] = "Other words."
				}
				if !yield(item, nil) {
					return
				}
			}
		}
		var late error
		record := between{st, func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, late = st.Write(ctx, content.ChangeSet{Author: "desk", Reason: "UPDATE", Items: set.Items[:1]})
		}}
		if _, err := intake.Take(t.Context(), record, items, intake.Options{Author: "test", Reason: "IMPORT", Prune: prune}); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(late, context.DeadlineExceeded) {
			t.Errorf("prune %t: a write came between: %v", prune, late)
		}
	}
}

// TestWithheld holds that an import which publishes nothing makes new items withheld, and leaves the others as they are.
func TestWithheld(t *testing.T) {
	st := lake(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "events.csv"), "slug,title,citations,pubStatus\nnew,New,herald,USABLE\nhope,Changed,herald,USABLE\nlater,Changed,herald,CANCELED\n")
	write(t, filepath.Join(dir, "talks.jsonl"), `{"type": "Talk", "slug": "river", "title": "River", "pubStatus": "CANCELED"}`+"\n"+`{"type": "Talk", "slug": "lake", "title": "Changed"}`)
	write(t, filepath.Join(dir, "parties.csv"), "slug,name\nferryland,Ferryland\n")
	write(t, filepath.Join(dir, "b/issues/i.yaml"), "- {slug: trust, title: Trust}\n- {slug: water, title: Changed, pubStatus: USABLE}\n")
	paths := []string{filepath.Join(dir, "events.csv"), filepath.Join(dir, "talks.jsonl"), filepath.Join(dir, "parties.csv"), filepath.Join(dir, "b")}
	if _, err := takeFiles(t, st, paths, intake.Options{Withheld: true}, false); err != nil {
		t.Fatal(err)
	}
	got := map[string]content.PubStatus{}
	for _, item := range contents(t, st) {
		got[strings.ToLower(item.Type.Name)+"/"+string(item.Slug)] = item.Publication.Status
	}
	for name, want := range map[string]content.PubStatus{
		"event/new": "WITHHELD", "issue/trust": "WITHHELD", "talk/river": "CANCELED",
		"event/hope": "WITHHELD", "event/later": "CANCELED", "talk/lake": "USABLE", "issue/water": "USABLE",
		"mediator/ferryland": "USABLE", "party/ferryland": "USABLE",
	} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
}

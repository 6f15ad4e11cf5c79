package command_test

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestImportsOfUnsourcedItems imports what readers would see without a source: an item whose only source is withheld, a draft
// without a citation of which a sheet says the status alone, and a source that is the last one of a public item. The dry run and
// the check say so as the import does.
func TestImportsOfUnsourcedItems(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n- {slug: leak, title: Leak, pubStatus: WITHHELD}\n")
	parleytest.Write(t, filepath.Join(dir, "base", "events", "e.yaml"), "- {slug: seen, title: Seen, citations: [{source: wire}]}\n- {slug: draft, title: Draft, pubStatus: WITHHELD}\n")
	parleytest.Write(t, filepath.Join(dir, "hidden.jsonl"), `{"type": "Event", "slug": "new", "title": "New", "citations": [{"source": "leak"}]}`+"\n")
	parleytest.Write(t, filepath.Join(dir, "drafts", "events.csv"), "slug,pubStatus\ndraft,USABLE\n")
	parleytest.Write(t, filepath.Join(dir, "last", "sources.csv"), "slug,pubStatus\nwire,WITHHELD\n")
	parleytest.Write(t, filepath.Join(dir, "both", "sources.csv"), "slug,pubStatus\nwire,WITHHELD\n")
	parleytest.Write(t, filepath.Join(dir, "both", "events.csv"), "slug,pubStatus\nseen,WITHHELD\n")
	parleytest.Write(t, filepath.Join(dir, "folder", "sources", "s.yaml"), "- {slug: leak, title: Leak, pubStatus: WITHHELD}\n")
	parleytest.Write(t, filepath.Join(dir, "folder", "events", "e.yaml"), "- {slug: new, title: New, citations: [{source: leak}]}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	const unsourced = `readers would see event "new" without its sources: source "leak" (WITHHELD); publish these first, or with it by includeSources: true`
	for path, want := range map[string]string{
		"hidden.jsonl": unsourced,
		"drafts":       "event/draft: a published event needs at least one citation: give its source",
		"last":         `readers would see no source of event "seen" without source "wire": cite another one, or withdraw these too, by includeCiting: true of withdrawContent`,
	} {
		for _, args := range [][]string{{"import", path}, {"import", "--dry-run", path}} {
			if _, said, code := parleytest.Run(t, dir, args...); code != 1 || said != "parley: nothing was written, problems: 1\n"+want+"\n" {
				t.Errorf("%s: exit %d, %s", strings.Join(args, " "), code, said)
			}
		}
	}
	for _, args := range [][]string{{"import", "--dry-run", "both"}, {"import", "both"}} { // the source goes with what cites it
		if _, said, code := parleytest.Run(t, dir, args...); code != 0 {
			t.Errorf("%s: exit %d, %s", strings.Join(args, " "), code, said)
		}
	}
	if _, said, code := parleytest.Run(t, dir, "check", "folder"); code != 1 || !strings.Contains(said, unsourced) {
		t.Errorf("check: exit %d, %s", code, said)
	}
	for _, args := range [][]string{{"check", "base"}, {"import", "--db", "other.db", "--dry-run", "folder"}, {"import", "--db", "other.db", "folder"}} { // the first revision is exempt
		if _, said, code := parleytest.Run(t, dir, args...); code != 0 {
			t.Errorf("%s: exit %d, %s", strings.Join(args, " "), code, said)
		}
	}
}

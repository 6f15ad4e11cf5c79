package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestExportsArePublic exports what the public sees, in every form, with nothing of what is not published: its items, what leads
// to them, quotations of its sources, and what it was in the past. What is exported can be imported. --unpublished exports all.
func TestExportsArePublic(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"sources":   "- {slug: wire, title: Wire}\n- {slug: zembla-leak, title: Zembla, pubStatus: WITHHELD}\n",
		"mediators": "- {slug: oslo, name: Oslo}\n- {slug: zembla-envoy, name: Zembla, pubStatus: CANCELED}\n",
		"issues":    "- {slug: water, title: Water, mediators: [oslo, zembla-envoy], blockedBy: [{issue: zembla-gold}]}\n- {slug: zembla-gold, title: Zembla, pubStatus: WITHHELD}\n",
		"talks": "- {slug: lake, title: Lake, issues: [water, zembla-gold], participations: [{actor: mediator/oslo, role: HOST}, {actor: mediator/zembla-envoy, role: HOST, note: Zembla}]}\n" +
			"- {slug: zembla-talk, title: Zembla, embargoedUntil: 2999-01-01T00:00:00Z}\n",
		"events": "- {slug: met, title: They met, talk: zembla-talk, mediators: [zembla-envoy], participants: [{actor: mediator/zembla-envoy, attribution: the mediators}, {actor: mediator/zembla-envoy}], " +
			"citations: [{source: wire, quote: We met.}, {source: zembla-leak, quote: Of Zembla.}]}\n" +
			"- {slug: unsourced, title: Of nobody, citations: [{source: zembla-leak}]}\n- {slug: zembla-event, title: Zembla, pubStatus: WITHHELD}\n",
		"positions":  "- {slug: on-water, issue: water, holder: One side, citations: [{source: wire}]}\n- {slug: on-gold, issue: zembla-gold, holder: One side, citations: [{source: wire}]}\n",
		"agreements": "- {slug: pact, title: Pact, citations: [{source: wire}], provisions: [{title: First, issue: zembla-gold, citations: [{source: zembla-leak, quote: Zembla}]}]}\n",
	} {
		parleytest.Write(t, filepath.Join(dir, "base", name, "x.yaml"), text)
	}
	parleytest.Write(t, filepath.Join(dir, "later", "sources.csv"), "slug,title\nzembla-leak,Zembla again\n")
	do := func(args string) (out, said string) {
		t.Helper()
		out, said, code := parleytest.Run(t, dir, strings.Fields(args)...)
		if code != 0 {
			t.Fatalf("%s: %s", args, said)
		}
		return out, said
	}
	do("import --quiet base")
	do("import --quiet later")
	out, said := do("export public")
	if out != "7 items of revision 2 in public: 7 files written, 0 removed\n" || !strings.Contains(said, "2 published items are omitted because their issue or only source is unpublished") {
		t.Errorf("%s%s", out, said)
	}
	do("export --quiet public.jsonl")
	do("export --quiet --format csv sheets")
	do("export --quiet --flat tables")
	do("export --quiet --at-revision 1 past")
	for _, name := range []string{"public", "public.jsonl", "sheets", "tables", "past"} {
		err := filepath.WalkDir(filepath.Join(dir, name), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if lower := strings.ToLower(string(text) + path[len(dir):]); strings.Contains(lower, "zembla") {
				t.Errorf("%s: %s", path, text)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "public.jsonl"))
	if err != nil || !strings.Contains(string(text), `"attribution":"the mediators"`) || !strings.Contains(string(text), `"We met."`) || !strings.Contains(string(text), `"title":"First"`) {
		t.Errorf("%v %s", err, text)
	}
	for _, from := range []string{"public", "public.jsonl", "sheets"} {
		if out, _ := do("import --db " + from + ".db " + from); !strings.HasPrefix(out, "7 items: 7 created") {
			t.Errorf("%s imported: %s", from, out)
		}
	}
	do("export --quiet --unpublished whole")
	if out, _ := do("import --db whole.db whole"); !strings.HasPrefix(out, "14 items: 14 created") {
		t.Errorf("the whole imported: %s", out)
	}
}

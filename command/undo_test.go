package command_test

import (
	"path/filepath"
	"testing"

	"parley/internal/parleytest"
)

// TestUndo undoes an import: a dry run prints the same and writes nothing, and what changed since is listed.
func TestUndo(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n")
	parleytest.Write(t, filepath.Join(dir, "wrong", "sources", "s.yaml"), "- {slug: wire, title: Wrong}\n- {slug: a, title: A}\n- {slug: b, title: B}\n")
	parleytest.Write(t, filepath.Join(dir, "more", "events", "e.yaml"), "- {slug: e, title: E, citations: [{source: a}]}\n")
	for _, path := range []string{"base", "wrong", "more"} {
		if _, said, code := parleytest.Run(t, dir, "import", "--quiet", path); code != 0 {
			t.Fatal(said)
		}
	}
	const items = "- source/b\n~ source/wire\n! source/a kept: it is referenced by event \"e\" by citations\n2 items undone, 1 kept; "
	for _, step := range []struct {
		args      []string
		out, said string
	}{
		{[]string{"undo", "2", "--dry-run"}, items + "nothing was written\n", ""},
		{[]string{"undo", "2", "--note", "Wrong rows."}, items + "revision 4\n", ""},
		{[]string{"undo", "2"}, "! source/a kept: it is referenced by event \"e\" by citations\n! source/b kept: it has changed since, at revision 4\n! source/wire kept: it has changed since, at revision 4\n" +
			"0 items undone, 3 kept; no revision was made\n", ""},
		{[]string{"undo", "4"}, "+ source/b\n~ source/wire\n2 items undone, 0 kept; revision 5\n", ""},
		{[]string{"undo", "9"}, "", "parley: nothing was undone: there is no revision 9: the newest is 5\n"},
		{[]string{"undo", "0"}, "", "parley: 0 is not a revision number: revisions are numbered from 1\n"},
		{[]string{"undo", "1", "--db", "other.db"}, "", "parley: there is no database other.db: start parley once to create it, or name another with --db\n"},
	} {
		if out, said, _ := parleytest.Run(t, dir, step.args...); out != step.out || said != step.said {
			t.Errorf("%q:\ngot  %q, %q\nwant %q, %q", step.args, out, said, step.out, step.said)
		}
	}
}

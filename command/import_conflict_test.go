package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestDryRunWithoutDatabase holds that a dry run needs no database and makes none.
func TestDryRunWithoutDatabase(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n")
	parleytest.Write(t, filepath.Join(dir, "events.csv"), "slug,title,citations\ne,E,wire\n")
	out, said, code := parleytest.Run(t, dir, "import", "--dry-run", "events.csv", "base")
	want := "+ event/e\n+ source/wire\n2 items: 2 created, 0 changed, 0 unchanged, 0 deleted; nothing was written\n"
	if code != 0 || out != want || said != "there is no database parley.db: the files are compared with an empty database\n" {
		t.Errorf("exit %d\n%s%s", code, out, said)
	}
	if _, said, code = parleytest.Run(t, dir, "import", "--dry-run", "events.csv"); code != 1 || !strings.Contains(said, "there is no source/wire in these files or the record") {
		t.Errorf("a reference to nothing: exit %d, %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(dir, "parley.db")); !os.IsNotExist(err) {
		t.Errorf("a dry run made a database: %v", err)
	}
}

// TestImportTellsWhatIsLost holds that a dry run lists all values that would be cleared, and that an old export is refused with
// the values that it would undo.
func TestImportTellsWhatIsLost(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "talks", "t.yaml"),
		"- {slug: lake, title: Lake, summary: Water., talkStatus: ONGOING, translations: [{locale: fr, text: [{field: title, value: Lac}]}, {locale: ar, text: [{field: title, value: بحيرة}]}]}\n")
	parleytest.Write(t, filepath.Join(dir, "bare", "talks", "t.yaml"), "- {slug: lake, title: Lake, translations: [{locale: fr, text: [{field: title, value: Lac}]}]}\n")
	parleytest.Write(t, filepath.Join(dir, "talks.csv"), "slug,title,summary\nlake,Corrected,\n")
	const lost = `    talk/lake summary: "Water."
`
	for _, step := range []struct {
		args, out, said string
		code            int
	}{
		{args: "import --quiet base"},
		{args: "export --quiet old.jsonl"},
		{
			args: "import --dry-run bare", out: "~ talk/lake\n" +
				"    summary: \"Water.\" -> nothing\n    talkStatus: \"ONGOING\" -> \"UNKNOWN\"\n" +
				"    translations: ar -> \n" +
				"cleared values: 3\n" + lost + "    talk/lake talkStatus: \"ONGOING\"\n" +
				"    talk/lake translations: ar\n1 items: 0 created, 1 changed, 0 unchanged, 0 deleted, 3 values cleared; nothing was written\n",
		},
		{
			args: "import talks.csv", out: "1 items: 0 created, 1 changed, 0 unchanged, 0 deleted, 1 values cleared; revision 2\n",
		},
		{
			args: "import old.jsonl", code: 1, said: "parley: nothing was written: 1 items changed in the database after their files were exported\n" +
				"CONFLICT: talk/lake: revision 2 changed it, the file has it as of revision 1; they differ in title, summary\n" +
				"    title: \"Corrected\" in the database, \"Lake\" in the file\n    summary: nothing in the database, \"Water.\" in the file\n" +
				"export these items again and repeat the edits, or import with --overwrite to have the files win\n",
		},
		{args: "import --overwrite old.jsonl", out: "1 items: 0 created, 1 changed, 0 unchanged, 0 deleted; revision 3\n"},
		{args: "export --no-revision - --format jsonl", out: "no revision"},
	} {
		out, said, code := parleytest.Run(t, dir, strings.Fields(step.args)...)
		if step.out == "no revision" {
			if strings.Contains(out, `"revision"`) || !strings.Contains(out, `"slug":"lake"`) {
				t.Errorf("%s: %s", step.args, out)
			}
			continue
		}
		if code != step.code || shortened(out) != step.out || said != step.said {
			t.Errorf("%s: exit %d\n%s%s\nwant\n%s%s", step.args, code, shortened(out), said, step.out, step.said)
		}
	}
}

// shortened writes the translations of a difference as their languages.
func shortened(out string) string {
	var lines []string
	for line := range strings.SplitSeq(out, "\n") {
		if before, rest, ok := strings.Cut(line, "translations: "); ok {
			sides := strings.Split(rest, " -> ")
			for i, side := range sides {
				sides[i] = languagesIn(side)
			}
			line = before + "translations: " + strings.Join(sides, " -> ")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// languagesIn names the languages that a list of translations has.
func languagesIn(list string) string {
	var found []string
	for _, locale := range []string{"fr", "ar"} {
		if strings.Contains(list, `"locale":"`+locale+`"`) {
			found = append(found, locale)
		}
	}
	return strings.Join(found, "+")
}

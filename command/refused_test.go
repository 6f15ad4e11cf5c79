package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestSkipInvalid imports the valid rows of files, and has the others in files that can be mended and imported.
func TestSkipInvalid(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n")
	parleytest.Write(t, filepath.Join(dir, "in", "talks.csv"), "slug;title;startedOn;parent\n"+
		"lake;Lake;2021-13;\nround;Round;;lake\nriver;River;2021;\nsub;Sub;;round\nRiver two;River;;\nwide;Wide;;;more\nold;Old;2021-13;\n")
	parleytest.Write(t, filepath.Join(dir, "in", "events.csv"), "slug,title,citations,talk\nhope,Hope,wire,river\ngloom,=Gloom,wire,round\nbad,,wire,\n")
	parleytest.Write(t, filepath.Join(dir, "in", "more.jsonl"), `{"type": "Issue", "slug": "water", "title": "Water", "process": "lake"}`+"\n"+`{"type": "Issue", "slug": "trust"`+"\n"+`{"type": "Issue", "slug": "land", "title": "Land"}`+"\n"+
		`{"type": "Issue", "slug": "fish", "title": "Fish", "process": "old", "blockedBy": [{"issue": "water"}]}`+"\n") // the record has old
	parleytest.Write(t, filepath.Join(dir, "base", "talks", "t.yaml"), "- {slug: old, title: Old}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	out, said, code := parleytest.Run(t, dir, "import", "--dry-run", "--skip-invalid", "in")
	if code != 0 || strings.Count(out, "refused: ") != 11 || !strings.Contains(out, "refused: row 3 of in/talks.csv: it depends on talk/lake, which is refused (in/talks.csv, row 2)\n") {
		t.Errorf("a dry run: exit %d\n%s%s", code, out, said)
	}
	out, said, code = parleytest.Run(t, dir, "import", "--skip-invalid", "in")
	want := "refused: 2 rows, 1 of them only because of what they depend on, with the reasons in events.refused.csv\n" +
		"refused: 3 rows, 2 of them only because of what they depend on, with the reasons in more.refused.jsonl\n" +
		"refused: 6 rows, 2 of them only because of what they depend on, with the reasons in talks.refused.csv\n" +
		"3 items: 3 created, 0 changed, 0 unchanged, 0 deleted; revision 2\n"
	if code != 0 || out != want {
		t.Errorf("exit %d\n%s%s\nwant\n%s", code, out, said, want)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	for name, want := range map[string]string{
		"talks.refused.csv": "slug,title,startedOn,parent,problems\n" +
			`lake,Lake,2021-13,,"column C (startedOn): ""2021-13"" has no such month or season: write 01 to 12, XX, or 21 to 24 (spring to winter) without a day"` + "\n" +
			"round,Round,,lake,\"it depends on talk/lake, which is refused (in/talks.csv, row 2)\"\n" +
			"sub,Sub,,round,\"it depends on talk/round, which is refused (in/talks.csv, row 3)\"\n",
		"events.refused.csv": "slug,title,citations,talk,problems\n" + "gloom,=Gloom,wire,round,\"it depends on talk/round, which is refused (in/talks.csv, row 3)\"\n" +
			`bad,,wire,,"column`,
		"more.refused.jsonl": `{"type": "Issue", "slug": "water", "title": "Water", "process": "lake","problems":["it depends on talk/lake, which is refused (in/talks.csv, row 2)"]}` + "\n" +
			`{"line":"{\"type\": \"Issue\", \"slug\": \"trust\"","problems":["this is no JSON: it ends too soon"]}` + "\n" +
			`{"type": "Issue", "slug": "fish", "title": "Fish", "process": "old", "blockedBy": [{"issue": "water"}],"problems":["it depends on issue/water, which is refused (in/more.jsonl, line 1)"]}` + "\n",
	} {
		if got := read(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
	if _, said, code := parleytest.Run(t, dir, "import", "--skip-invalid", "in"); code != 1 || !strings.Contains(said, "events.refused.csv exists and may have been edited") {
		t.Errorf("the second time: exit %d, %s", code, said)
	}
	mended := strings.NewReplacer("2021-13", "2021-12", "River two", "river-two").Replace(read("talks.refused.csv"))
	parleytest.Write(t, filepath.Join(dir, "mended", "talks.csv"), strings.Join(strings.Split(mended, "\n")[:5], "\n")+"\n")
	parleytest.Write(t, filepath.Join(dir, "mended", "more.jsonl"), strings.SplitAfter(read("more.refused.jsonl"), "\n")[0])
	if out, said, code = parleytest.Run(t, dir, "import", "mended"); code != 0 || !strings.HasPrefix(out, "5 items: 5 created") {
		t.Errorf("the mended rows: exit %d, %s%s", code, out, said)
	}
}

// TestSkipInvalidRefuses holds what --skip-invalid does not skip, and that it leaves no file where nothing is imported.
func TestSkipInvalidRefuses(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "a", "talks.csv"), "slug,titel\na,A\n")
	parleytest.Write(t, filepath.Join(dir, "b", "talks", "t.yaml"), "- {slug: a}\n")
	parleytest.Write(t, filepath.Join(dir, "c", "talks.csv"), "slug,title\na,A\nB b,B\nc,\"C\n")
	parleytest.Write(t, filepath.Join(dir, "d", "talks.csv"), "slug,title,revision,externalIds\nlake,Other,1,s:1\nB b,B,,\n")
	parleytest.Write(t, filepath.Join(dir, "talks.csv"), "slug,title\nlake,Lake\n")
	for _, args := range []string{"talks.csv", "--clear-absent --overwrite talks.csv"} {
		if _, said, code := parleytest.Run(t, dir, append([]string{"import", "--quiet"}, strings.Fields(args)...)...); code != 0 {
			t.Fatal(said)
		}
	}
	parleytest.Write(t, filepath.Join(dir, "talks.csv"), "slug,title\nlake,Corrected\n")
	if _, said, code := parleytest.Run(t, dir, "import", "talks.csv"); code != 0 {
		t.Fatal(said)
	}
	for args, want := range map[string]string{
		"a":         "talks have no field \"titel\"",
		"b":         "the field \"title\" is missing",
		"c":         "a quote is not closed",
		"d":         "CONFLICT: talk/lake: revision 2 changed it",
		"--prune d": "--skip-invalid and --prune cannot be combined",
	} {
		_, said, code := parleytest.Run(t, dir, append([]string{"import", "--skip-invalid"}, strings.Fields(args)...)...)
		if code != 1 || !strings.Contains(said, want) {
			t.Errorf("%s: exit %d, %s; want %s", args, code, said, want)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*.refused.*")); len(left) > 0 {
			t.Errorf("%s: %v is left", args, left)
		}
	}
}

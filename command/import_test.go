package command_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/internal/parleytest"
)

// TestContentInAndOut takes the built-in content through every command that moves content.
func TestContentInAndOut(t *testing.T) {
	dir := t.TempDir()
	builtin, err := filepath.Abs("../bundle/builtin")
	if err != nil {
		t.Fatal(err)
	}
	edit := func(name, from, to string) {
		t.Helper()
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), from) {
			t.Fatalf("%s has no %q (%v)", name, from, err)
		}
		parleytest.Write(t, path, strings.Replace(string(text), from, to, 1))
	}
	remove := func(name string) {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	stale := regexp.MustCompile(`(?m)^    translations: .*"stale":true.*\n`) // the title changes, and they do not
	for _, step := range []struct {
		before func()
		args   string
		want   string
	}{
		{nil, "import --note First " + builtin, "49 items: 49 created, 0 changed, 0 unchanged, 0 deleted; revision 1\n"},
		{nil, "import " + builtin, "49 items: 0 created, 0 changed, 49 unchanged, 0 deleted; no revision was made\n"},
		{nil, "export out", "49 items of revision 1 in out: 49 files written, 0 removed\n"},
		{nil, "export out", "49 items of revision 1 in out: 0 files written, 0 removed\n"},
		{nil, "check out", "out: 49 items, no problems\n"},
		{nil, "import out", "49 items: 0 created, 0 changed, 49 unchanged, 0 deleted; no revision was made\n"},
		{nil, "export --format csv sheets", ""},
		{nil, "import sheets/events.csv sheets/talks.csv", "20 items: 0 created, 0 changed, 20 unchanged, 0 deleted; no revision was made\n"},
		{nil, "import sheets", "49 items: 0 created, 0 changed, 49 unchanged, 0 deleted; no revision was made\n"},
		{nil, "check sheets", "sheets: 49 items, no problems\n"},
		{nil, "import --db new.db sheets", "49 items: 49 created, 0 changed, 0 unchanged, 0 deleted; revision 1\n"},
		{nil, "export --flat --quiet flat", ""},
		{nil, "export --flat --quiet flat/talks.csv", ""},
		{nil, "export --quiet all.jsonl", ""},
		{nil, "import all.jsonl", "49 items: 0 created, 0 changed, 49 unchanged, 0 deleted; no revision was made\n"},
		{
			func() {
				edit("sheets/articles.csv", "What has gone wrong with the ceasefire talks", "What; went wrong")
			}, "import --dry-run sheets/articles.csv",
			"~ article/what-has-gone-wrong\n    title: \"What has gone wrong with the ceasefire talks\" -> \"What; went wrong\"\n    translations: stale\n3 items: 0 created, 1 changed, 2 unchanged, 0 deleted; nothing was written\n",
		},
		{nil, "import sheets/articles.csv", "3 items: 0 created, 1 changed, 2 unchanged, 0 deleted; revision 2\n"},
		{nil, "export out", "49 items of revision 2 in out: 1 files written, 0 removed\n"},
		{nil, "export --at-revision 1 past", "49 items of revision 1 in past: 49 files written, 0 removed\n"},
		{
			nil, "import --dry-run --overwrite past",
			"~ article/what-has-gone-wrong\n    title: \"What; went wrong\" -> \"What has gone wrong with the ceasefire talks\"\n49 items: 0 created, 1 changed, 48 unchanged, 0 deleted; nothing was written\n",
		},
		{
			func() { remove("out/articles/this-was-predictable.md") }, "import --dry-run --prune out",
			"- article/this-was-predictable\n48 items: 0 created, 0 changed, 48 unchanged, 1 deleted; nothing was written\n",
		},
		{nil, "import --prune --quiet out", ""},
		{nil, "import --prune out", "48 items: 0 created, 0 changed, 48 unchanged, 0 deleted; no revision was made\n"},
		{
			func() { parleytest.Write(t, filepath.Join(dir, "little", "sources", "s.yaml"), "- {title: Alone}\n") }, "import --prune little",
			"1 items: 1 created, 0 changed, 0 unchanged, 48 deleted; revision 4\n",
		},
		{nil, "import --prune --overwrite past", "49 items: 49 created, 0 changed, 0 unchanged, 1 deleted; revision 5\n"},
		{nil, "import --prune --overwrite out", "48 items: 0 created, 1 changed, 47 unchanged, 1 deleted; revision 6\n"},
		{nil, "backup copy.db", "wrote copy.db: revision 6 of parley.db, verified\n"},
		{nil, "restore copy.db --db again.db", "restored again.db: revision 6\n"},
		{nil, "import --db again.db out", "48 items: 0 created, 0 changed, 48 unchanged, 0 deleted; no revision was made\n"},
	} {
		if step.before != nil {
			step.before()
		}
		out, said, code := parleytest.Run(t, dir, strings.Fields(step.args)...)
		out = stale.ReplaceAllString(out, "    translations: stale\n")
		if code != 0 || out != step.want {
			t.Errorf("%s: exit %d\n%s%s\nwant\n%s", step.args, code, out, said, step.want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "flat", "talks_participations.csv")); err != nil || !strings.HasPrefix(string(text), "\ufefftalk,talk_name,position,actor,actor_name,role,since,since_earliest") {
		t.Errorf("the flat sheet is %.100q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "copy.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup is %v, %v", info, err)
	}
}

// TestImportStops interrupts an import in the middle: it says so, and the database is as it was.
func TestImportStops(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	var rows strings.Builder
	rows.WriteString("slug,title,summary,citations\n")
	for i := range 60_000 {
		fmt.Fprintf(&rows, "event-%d,Event %d,%s,wire\n", i, i, strings.Repeat("The delegations met again. ", 10))
	}
	parleytest.Write(t, filepath.Join(dir, "events.csv"), rows.String())
	cmd := parleytest.Command(t, dir, "import", "events.csv")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); time.Since(begin) < time.Minute; { // until pages of the revision are written
		if log, err := os.Stat(filepath.Join(dir, "parley.db-wal")); err == nil && log.Size() > 1<<20 {
			break
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.HasSuffix(said.String(), "parley: stopped: nothing was written\n") {
		t.Errorf("exit %d, %q", code, said.String())
	}
	if rev, events, intact := look(t, filepath.Join(dir, "parley.db")); rev != 1 || events != 0 || intact != "ok" {
		t.Errorf("revision %d, %d events, integrity %s", rev, events, intact)
	}
	out, _, code := parleytest.Run(t, dir, "import", "--dry-run", "base")
	if code != 0 || out != "1 items: 0 created, 0 changed, 1 unchanged, 0 deleted; nothing was written\n" {
		t.Errorf("afterwards: exit %d, %q", code, out)
	}
}

// TestImportRefuses holds that what is wrong is said, and nothing is written.
func TestImportRefuses(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	parleytest.Write(t, filepath.Join(dir, "events.csv"), "slug,title,citations\ngood,Good,wire\nbad,Bad,wires\n")
	parleytest.Write(t, filepath.Join(dir, "secret.yaml"), "- {slug: secret, title: Secret}\n")
	parleytest.Write(t, filepath.Join(dir, "linked", "sources", "s.yaml"), "- {slug: other, title: Other}\n")
	if err := os.Symlink(filepath.Join(dir, "secret.yaml"), filepath.Join(dir, "linked", "sources", "out.yaml")); err != nil {
		t.Fatal(err)
	}
	parleytest.Write(t, filepath.Join(dir, "bomb", "sources", "s.yaml"), "- {slug: a, title: A, externalIds: &a [{scheme: s, value: v}]}\n"+strings.Repeat("- *a\n", 10))
	parleytest.Write(t, filepath.Join(dir, "agreements.csv"), "paid\n1\n")
	for args, want := range map[string]string{
		"events.csv":                  "nothing was written, problems: 1\nevents.csv: row 3, column C (citations): there is no source/wires in these files or the record; did you mean source/wire?",
		"nowhere":                     "no such file or directory",
		"--prune base --reason WHIM":  "--reason cannot be \"WHIM\"",
		"--type talk-show events.csv": "there is no type \"talk-show\"",
		"linked":                      "this symbolic link leads out of the bundle",
		"bomb":                        "this is not a mapping of fields to values",
		"--from ucdp-peace-agreements events.csv":   "it is another file, or another version: it has no column paid",
		"--from eth-prio-ceasefires agreements.csv": "it has no column cc",
		"--from pa-x events.csv":                    "--from must be one of",
	} {
		out, said, code := parleytest.Run(t, dir, append([]string{"import"}, strings.Fields(args)...)...)
		if code == 0 || !strings.Contains(said, want) {
			t.Errorf("import %s: exit %d, %q and %q, want %q", args, code, out, said, want)
		}
	}
	if rev, events, intact := look(t, filepath.Join(dir, "parley.db")); rev != 1 || events != 0 || intact != "ok" {
		t.Errorf("revision %d, %d events, integrity %s", rev, events, intact)
	}
}

// TestClashesOfIdentifiers holds that two items of one identifier are told before anything is written, by check and by a dry
// run too, with the file and the row, and that no text of the database engine is.
func TestClashesOfIdentifiers(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "base", "sources", "s.yaml"), "- {slug: wire, title: Wire, externalIds: [{scheme: isbn, value: 7}]}\n")
	if _, said, code := parleytest.Run(t, dir, "import", "--quiet", "base"); code != 0 {
		t.Fatal(said)
	}
	parleytest.Write(t, filepath.Join(dir, "two", "sources", "s.yaml"), "- {slug: a, title: A, externalIds: [{scheme: isbn, value: 1}]}\n- {slug: b, title: B, externalIds: [{scheme: isbn, value: 1}]}\n")
	parleytest.Write(t, filepath.Join(dir, "sources.csv"), "slug,title,externalIds\na,A,isbn:1\nb,B,isbn:1\n")
	parleytest.Write(t, filepath.Join(dir, "known.csv"), "slug,title,externalIds\nc,C,isbn:7\n")
	parleytest.Write(t, filepath.Join(dir, "slugs", "sources", "s.yaml"), "- {slug: a, title: A}\n- {slug: a, id: "+string(content.NewID("Source", content.NamedKey("Source", "b")))+", title: B}\n")
	own := string(content.NewID("Event", content.NamedKey("Event", "other")))
	parleytest.Write(t, filepath.Join(dir, "events-1.csv"), "slug,title,citations,id\nx,X,wire,\nx,Y,wire,"+own+"\n")
	parleytest.Write(t, filepath.Join(dir, "events-2.csv"), "slug,title,citations,id\nx,X,wire,"+own+"\nx,Y,wire,\n")
	for args, want := range map[string]string{
		"import --dry-run events-1.csv":             "events-1.csv: row 3, column A (slug): event/x is also at row 2, with another id",
		"import events-2.csv":                       "events-2.csv: row 3, column A (slug): event/x and event/x have the same slug but different ids, the other in events-2.csv at row 2",
		"check two":                                 "two/sources/s.yaml:2:36: source/b and source/a have the same identifier, \"1\" of isbn, the other in two/sources/s.yaml at line 1",
		"import --dry-run two":                      "two/sources/s.yaml:2:36: source/b and source/a have the same identifier",
		"import two":                                "two/sources/s.yaml:2:36: source/b and source/a have the same identifier",
		"import --dry-run sources.csv":              "sources.csv: row 3, column C (externalIds): source/b and source/a have the same identifier, \"1\" of isbn, the other in sources.csv at row 2",
		"import sources.csv":                        "sources.csv: row 3, column C (externalIds): source/b and source/a have the same identifier",
		"import --dry-run --type sources known.csv": "known.csv: row 2, column C (externalIds): source/c and, in the database, source/wire have the same identifier, \"7\" of isbn",
		"import --type sources known.csv":           "known.csv: row 2, column C (externalIds): source/c and, in the database, source/wire have the same identifier",
		"import slugs":                              "slugs/sources/s.yaml:2:10: source/a and source/a have the same slug but different ids, the other in slugs/sources/s.yaml at line 1",
		"import --dry-run slugs":                    "slugs/sources/s.yaml:2:10: source/a and source/a have the same slug but different ids, the other in slugs/sources/s.yaml at line 1",
		"check slugs":                               "slugs/sources/s.yaml:2:10: source/a and source/a have the same slug but different ids, the other in slugs/sources/s.yaml at line 1",
	} {
		out, said, code := parleytest.Run(t, dir, strings.Fields(args)...)
		if code == 0 || !strings.Contains(said, want) || strings.Contains(said, "constraint") {
			t.Errorf("%s: exit %d, %q and %q, want %q", args, code, out, said, want)
		}
	}
	if _, said, code := parleytest.Run(t, dir, "import", "--type", "sources", "--prune", "known.csv"); code != 0 {
		t.Errorf("the item that has the identifier goes: %s", said)
	}
}

package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/bundle"
)

// TestFoldersOfSheets checks which folders are read as sheets and JSON, and the errors for folders that cannot be read.
func TestFoldersOfSheets(t *testing.T) {
	const talks = "slug,title\nlake,Lake\n"
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"sheets":           {files: []string{"talks.csv", "README.md", ".hidden"}},
		"a bundle":         {files: []string{"talks/lake.yaml"}},
		"both":             {files: []string{"talks/lake.yaml", "talks.csv"}, want: "holds a bundle, such as its folder talks, and files beside it, such as talks.csv"},
		"another file":     {files: []string{"talks.csv", "notes.txt"}, want: "notes.txt is not content: a folder of sheets holds files that end in .csv"},
		"a folder":         {files: []string{"talks.csv", "old/talks.csv"}, want: "old is not content"},
		"another name":     {files: []string{"rounds.csv"}, want: "the name of"},
		"a link elsewhere": {files: []string{"talks.csv", "events.csv ->"}, want: "events.csv: this symbolic link leads out of the folder"},
		"the same twice":   {files: []string{"talks.csv", "talks-2.csv"}, want: "talk/lake is also in"},
	} {
		dir := t.TempDir()
		for _, file := range c.files {
			name, link := strings.CutSuffix(file, " ->")
			text := map[bool]string{true: talks, false: "title: Lake\n"}[filepath.Ext(name) == ".csv"]
			write(t, filepath.Join(dir, "in", name), text)
			if link {
				write(t, filepath.Join(dir, "out.csv"), text)
				_ = os.Remove(filepath.Join(dir, "in", name))
				if err := os.Symlink(filepath.Join(dir, "out.csv"), filepath.Join(dir, "in", name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		set, err := bundle.LoadDir(filepath.Join(dir, "in"))
		if c.want == "" && (err != nil || len(set.Items) != 1) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %d items, %v; want %q", name, len(set.Items), err, c.want)
		}
	}
}

package bundle_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"parley/bundle"
	"parley/content"
)

// TestReadme loads the examples of README.md as one bundle, and holds that it names every field.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, m := range regexp.MustCompile("(?s)```(?:yaml|markdown)\n# (\\S+)\n(.*?)```").FindAllSubmatch(text, -1) {
		files[string(m[1])] = &fstest.MapFile{Data: m[2]}
	}
	set, err := bundle.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, item := range set.Items {
		there[item.Type.Name] = true
	}
	var named func(where string, fields []content.Field)
	named = func(where string, fields []content.Field) {
		for _, f := range fields {
			if !strings.Contains(string(text), f.Name+":") && !strings.Contains(string(text), "`"+f.Name) && !strings.Contains(string(text), ", "+f.Name) {
				t.Errorf("README.md does not name %s.%s", where, f.Name)
			}
			named(where+"."+f.Name, f.Fields)
		}
	}
	for _, typ := range content.Types() {
		if !there[typ.Name] {
			t.Errorf("README.md has no example of %s", typ.Name)
		}
		named(typ.Name, typ.Fields)
	}
}

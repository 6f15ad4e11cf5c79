package docs_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// recipe is a step of recipes.md: a file, where in it, and what stands there then. Of a command there is the text alone.
type recipe struct{ file, where, anchor, text string }

var keep = flag.String("keep", "", "make the copy of the repository in this folder, and leave it there")

var recipePattern = regexp.MustCompile("(?s)(?:\n(In|The file) `([^`]+)`(?:, (at the end of|after) `([^`]+)`:)?[^`]*|\n)" +
	"```(\\w+)\n(.*?)```")

// recipes returns the steps of the page in their order.
func recipes(t *testing.T) []recipe {
	t.Helper()
	page, err := os.ReadFile("recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []recipe
	for _, m := range recipePattern.FindAllStringSubmatch(string(page), -1) {
		list = append(list, recipe{file: m[2], where: m[3], anchor: m[4], text: m[6]})
	}
	return list
}

// follow does one step in a copy of the repository.
func (r recipe) follow(t *testing.T, dir string) {
	t.Helper()
	if r.file == "" {
		inCopy(t, dir, "sh", "-c", r.text)
		return
	}
	path := filepath.Join(dir, r.file)
	if r.where == "" {
		path = strings.Replace(path, "NNNN", nextMigration(t, dir), 1)
		if err := os.WriteFile(path, []byte(r.text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	found, done := false, false
	for line := range strings.Lines(string(old)) {
		trimmed := strings.TrimSpace(line)
		if found && !done && trimmed == "}" {
			out.WriteString(r.text)
			done = true
		}
		out.WriteString(line)
		if !found && strings.HasPrefix(trimmed, r.anchor) {
			found = true
			if r.where == "after" {
				out.WriteString(r.text)
				done = true
			}
		}
	}
	if !done {
		t.Fatalf("recipes.md: %s has no place %s %q", r.file, r.where, r.anchor)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// nextMigration is the number after the highest one, as the page says.
func nextMigration(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "store/migrations/*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	digits := []byte(filepath.Base(names[len(names)-1])[:4])
	for i := 3; ; i-- {
		if digits[i]++; digits[i] <= '9' {
			return string(digits)
		}
		digits[i] = '0'
	}
}

// inCopy runs a command in a copy of the repository.
func inCopy(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), 5*time.Minute)
	defer end()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-trimpath") // what was built in another folder is not built again
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// TestRecipes follows recipes.md in a copy of the repository, and runs testdata/recipes_test.go there, which uses what the recipes add.
// Instead of go generate it writes the parsed schema alone, which is all that the service reads of graph/gen.
func TestRecipes(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a copy of the repository, which takes a minute")
	}
	dir := *keep
	if dir == "" {
		dir = t.TempDir()
	}
	copyRepository(t, dir)
	steps := recipes(t)
	if len(steps) < 14 {
		t.Fatalf("recipes.md has %d steps", len(steps))
	}
	for _, step := range steps {
		step.follow(t, dir)
	}
	inCopy(t, dir, "go", "run", "./graph/generate", "-schema")
	const tests = "Traits|Migrations|SchemaHas|TestRecipes"
	inCopy(t, dir, "go", "test", "-count=1", "-timeout", "3m", "./content", "./store", "./graph", "./recipes", "-run", tests)
}

// copyRepository copies what a build needs, and the tests that compare declarations.
func copyRepository(t *testing.T, dir string) {
	t.Helper()
	kept := regexp.MustCompile(`^(content/traits_test|store/released_test|graph/schema_content_test|graph/schema_test)\.go$`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && rel != "." && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".")):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, rel), 0o750)
		case strings.HasSuffix(name, "_test.go") && !kept.MatchString(filepath.ToSlash(rel)):
			return nil
		case strings.HasPrefix(filepath.ToSlash(rel), "graph/gen/") && name != "schema.go":
			return nil
		case strings.Contains(name, ".db") || !d.Type().IsRegular(): // links, as of node_modules
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"testdata/recipes_test.go":       "recipes/recipes_test.go",
		"../store/testdata/released.txt": "store/testdata/released.txt",
	} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(to)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

package bundle_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"parley/bundle"
)

// TestFormat holds what formatting changes and what it leaves.
func TestFormat(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"talks/talks.yaml": "\ufeff# All talks.\r\n-   slug: a   # the first\r\n    title:   'A b'\r\n\r\n    # Its places.\r\n    place:   {name: X}\r\n-   slug: b\r\n    title: B\r\n",
		"talks/c.md":       "---\ntitle:    C   # no more\n---\n\nText   with  spaces.\n\n\n",
		"talks/good.yaml":  "title: Good\n",
		"talks/open.yaml":  "- {slug: a\n",
		"talks/open.md":    "---\ntitle: [A\n---\n\nText that must not be lost.\n",
		"README.md":        "not   content",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := snapshot(t, dir)
	want["/talks/talks.yaml"] = "# All talks.\n- slug: a # the first\n  title: 'A b'\n\n  # Its places.\n  place: {name: X}\n- slug: b\n  title: B\n"
	want["/talks/c.md"] = "---\ntitle: C # no more\n---\n\nText   with  spaces.\n"
	for _, check := range []bool{true, false} {
		names, err := bundle.Format(dir, check)
		if err == nil || !strings.Contains(err.Error(), filepath.Join("talks", "open.yaml")+": this is not valid YAML") || strings.Contains(err.Error(), "\nfiles") {
			t.Errorf("the broken file: %v", err)
		}
		if err == nil || !strings.Contains(err.Error(), filepath.Join("talks", "open.md")+": ") {
			t.Errorf("the broken fields above a text: %v", err)
		}
		if d := cmp.Diff([]string{filepath.Join(dir, "talks/c.md"), filepath.Join(dir, "talks/talks.yaml")}, names); d != "" {
			t.Error(d)
		}
		if check && snapshot(t, dir)["/talks/c.md"] != files["talks/c.md"] {
			t.Error("a check changed a file")
		}
	}
	if d := cmp.Diff(want, snapshot(t, dir)); d != "" {
		t.Error(d)
	}
	if names, _ := bundle.Format(dir, false); len(names) != 0 {
		t.Errorf("the second time %v were formatted", names)
	}
}

// TestFormatChangesNothingElse holds that formatting the built-in content changes no value, and the exported no byte.
func TestFormatChangesNothingElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("builtin")); err != nil {
		t.Fatal(err)
	}
	before, err := bundle.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Format(dir, false); err != nil {
		t.Fatal(err)
	}
	after, err := bundle.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, before.Items, after.Items)
	st, out := open(t), t.TempDir()
	put(t, st, newRandom(t, 7).all())
	if _, err := bundle.WriteDir(t.Context(), out, st, 0, false, nil); err != nil {
		t.Fatal(err)
	}
	if names, err := bundle.Format(out, true); err != nil || len(names) > 0 {
		t.Errorf("exported files are not formatted: %v, %v", names, err)
	}
}

// TestSchema holds that the JSON Schema accepts the content that ships with parley, and refuses what bundles refuse.
func TestSchema(t *testing.T) {
	text, err := bundle.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	defs, _ := schema["$defs"].(map[string]any)
	files, err := filepath.Glob("builtin/*/*.*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		front := string(raw)
		if rest, ok := strings.CutPrefix(front, "---\n"); ok {
			front, _, _ = strings.Cut(rest, "\n---\n")
		}
		var v any
		if err := yaml.Unmarshal([]byte(front), &v); err != nil {
			t.Fatal(err)
		}
		plural := filepath.Base(filepath.Dir(name))
		if why := invalid(defs, defs[plural], plainJSON(t, v)); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
	for item, want := range map[string]string{
		`{"slug": "a", "title": "A"}`:                            "",
		`{"slug": "a", "titel": "A", "title": "A"}`:              "titel",
		`{"slug": "a"}`:                                          "title is missing",
		`{"title": "A", "talkStatus": "stalled"}`:                "talkStatus",
		`{"title": "A", "parent": "No Slug"}`:                    "parent",
		`{"title": "A", "participations": [{"actor": "qatar"}]}`: "participations",
		`{"title": "A", "participations": [{"actor": "party/qatar", "role": "HOST", "since": {"edtf": "2023", "verbatim": "x"}}]}`: "",
	} {
		var v any
		if err := json.Unmarshal([]byte(item), &v); err != nil {
			t.Fatal(err)
		}
		if why := invalid(defs, defs["talk"], v); (why == "") != (want == "") || !strings.Contains(why, want) {
			t.Errorf("%s: %q, want %q", item, why, want)
		}
	}
}

// plainJSON turns a value of YAML into one of JSON.
func plainJSON(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// invalid tells why a value does not follow a JSON Schema, of which it knows the keywords that Schema uses.
func invalid(defs map[string]any, schema, v any) string {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return invalid(defs, defs[strings.TrimPrefix(ref, "#/$defs/")], v)
	}
	for _, choice := range []string{"anyOf", "oneOf"} {
		options, ok := s[choice].([]any)
		if !ok {
			continue
		}
		var why []string
		for _, o := range options {
			w := invalid(defs, o, v)
			if w == "" {
				return ""
			}
			why = append(why, w)
		}
		return strings.Join(why, "; ")
	}
	if types := s["type"]; types != nil && !slices.ContainsFunc(oneOrMore(types), func(x string) bool { return is(x, v) }) {
		return "not a value of type " + strings.Join(oneOrMore(types), " or ")
	}
	switch v := v.(type) {
	case string:
		if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, any(v)) {
			return v + " is not among the values"
		}
		if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(v) {
			return v + " does not match " + pattern
		}
	case []any:
		for _, e := range v {
			if why := invalid(defs, s["items"], e); why != "" {
				return why
			}
		}
	case map[string]any:
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				return name.(string) + " is missing"
			}
		}
		properties, _ := s["properties"].(map[string]any)
		for name, value := range v {
			if properties[name] == nil {
				return "there is no " + name
			}
			if why := invalid(defs, properties[name], value); why != "" {
				return name + ": " + why
			}
		}
	}
	return ""
}

func oneOrMore(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	var all []string
	for _, x := range list {
		all = append(all, x.(string))
	}
	return all
}

func is(kind string, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case []any:
		return kind == "array"
	default:
		return kind == "object"
	}
}

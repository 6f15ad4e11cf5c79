package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/bundle"
	"parley/content"
)

// TestClaims: two items of one EXACT identifier are told with the place of both, in bundles and in every kind of file, and
// so is one that the record has.
func TestClaims(t *testing.T) {
	held := known()
	held.Identifiers = func(t *content.Type) (map[content.ExternalID]content.Key, error) {
		switch t.Name {
		case "Mediator":
			return map[content.ExternalID]content.Key{{Scheme: "wikidata", Value: "Q8"}: content.NamedKey("Mediator", "ferryland")}, nil
		case "Talk":
		default:
			return map[content.ExternalID]content.Key{}, nil
		}
		return map[content.ExternalID]content.Key{{Scheme: "pa-x", Value: "7"}: content.NamedKey("Talk", "lake-talks")}, nil
	}
	const kinds = ": only one item of a type can match it EXACT; give the others the matchKind PART_OF, BROADER or RELATED"
	for _, test := range []struct{ name, text, want string }{
		{
			"talks.csv", "slug,title,externalIds\na,A,pa-x:1\nb,B,pa-x:1;wikidata:Q1\n",
			`talks.csv: row 3, column C (externalIds): talk/b and talk/a have the same identifier, "1" of pa-x, the other in talks.csv at row 2` + kinds,
		},
		{
			"items.jsonl", `{"type":"Talk","slug":"a","title":"A","externalIds":[{"scheme":"pa-x","value":"1"}]}` + "\n" +
				`{"type":"Talk","slug":"b","title":"B","externalIds":[{"scheme":"pa-x","value":"1","matchKind":"EXACT"}]}`,
			`items.jsonl:2:53: talk/b and talk/a have the same identifier, "1" of pa-x, the other in items.jsonl at line 1` + kinds,
		},
		{
			"events.csv", "slug,title,citations,externalIds\na,A,herald,pa-x:1\nb,B,herald,pa-x:1\n",
			`events.csv: row 3, column D (externalIds): event/b and event/a have the same identifier, "1" of pa-x, the other in events.csv at row 2` + kinds,
		},
		{
			"mediators.csv", "slug,name,externalIds\na,A,wikidata:Q1\nb,B,wikidata:Q1\n",
			`mediators.csv: row 3, column C (externalIds): mediator/b and mediator/a have the same identifier, "Q1" of wikidata, the other in mediators.csv at row 2` + kinds,
		},
		{
			"talks.csv", "slug,title,externalIds\na,A,pa-x:7\n",
			`talks.csv: row 2, column C (externalIds): talk/a and, in the database, talk/lake-talks have the same identifier, "7" of pa-x` + kinds,
		},
		{
			"parties.csv", "slug,name,externalIds\na,A,wikidata:Q8\n",
			`parties.csv: row 2, column C (externalIds): party/a and, in the database, mediator/ferryland have the same identifier, "Q8" of wikidata` + kinds,
		},
		{"talks.csv", "slug,title,externalIds\na,A,pa-x:7\nlake-talks,Lake,pa-x:8\n", ""},
		{"talks.csv", "slug,title,externalIds\na,A,pa-x:1 (PART_OF)\nb,B,pa-x:1\nc,C,pa-x:1 (BROADER)\nlake-talks,Lake,pa-x:7\n", ""},
		{"talks.csv", "slug,title,externalIds\na,A,wikidata:1\n", ""},
	} {
		_, err := readFile(t, test.name, test.text, held)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.text, got, test.want)
		}
	}
	dir := t.TempDir()
	for file, text := range map[string]string{
		"mediators/m.yaml": "- {slug: egypt, name: Egypt, externalIds: [{scheme: wikidata, value: Q79}]}\n",
		"parties/p.yaml":   "- {slug: egypt, name: Egypt}\n- {slug: cairo, name: Cairo, externalIds: [{scheme: wikidata, value: Q79}]}\n",
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := bundle.LoadDir(dir)
	if want := `parties/p.yaml:2:43: party/cairo and mediator/egypt have the same identifier, "Q79" of wikidata, the other in `; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// TestSheetsOfIdentifiers writes identifiers of every kind as cells, and reads the same from them.
func TestSheetsOfIdentifiers(t *testing.T) {
	for cell, want := range map[string]map[string]any{
		"pa-x:1":                  {"scheme": "pa-x", "value": "1", "matchKind": "EXACT"},
		"pa-x:1 (RELATED)":        {"scheme": "pa-x", "value": "1", "matchKind": "RELATED"},
		"pa-x:1 (EXACT)":          {"scheme": "pa-x", "value": "1", "matchKind": "EXACT"},
		"pa-x:a:b (of something)": {"scheme": "pa-x", "value": "a:b (of something)", "matchKind": "EXACT"},
		`[{"scheme":"s","value":"a (b","matchKind":"BROADER"}]`: {"scheme": "s", "value": "a (b", "matchKind": "BROADER"},
	} {
		items, err := readFile(t, "talks.csv", "slug,title,externalIds\na,A,\""+strings.ReplaceAll(cell, `"`, `""`)+"\"\n", known())
		if err != nil {
			t.Errorf("%s: %v", cell, err)
			continue
		}
		got := items[0].Values["externalIds"].([]map[string]any)
		if len(got) != 1 || len(got[0]) != 3 || got[0]["scheme"] != want["scheme"] || got[0]["value"] != want["value"] || got[0]["matchKind"] != want["matchKind"] {
			t.Errorf("%s: read %v; want %v", cell, got, want)
		}
	}
}

package bundle_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
)

// flatRows reads what a flat sheet holds, by column, and holds that it begins with one byte order mark and has no formulas.
func flatRows(t *testing.T, write func(io.Writer) error) []map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked || strings.Contains(text, "\ufeff") {
		t.Errorf("%.40q begins with other than one byte order mark", b.String())
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, cell := range row {
			cells[rows[0][i]] = cell
			number := strings.HasSuffix(rows[0][i], "tude") || rows[0][i] == "sequence" || rows[0][i] == "phase"
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !number {
				t.Errorf("%s is %q, a formula", rows[0][i], cell)
			}
		}
		list = append(list, cells)
	}
	return list
}

// TestFlat holds what the flat sheets of a talk and its lists have in their columns.
func TestFlat(t *testing.T) {
	st := lake(t)
	_, err := takeText(t, st, "talks.csv", "slug,title,endedOn,place\nlake,=Lake,../2022,\"{\"\"name\"\": \"\"@Quay\"\", \"\"latitude\"\": -1.5, \"\"longitude\"\": 2}\"\n", intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	flat, err := bundle.NewFlat(t.Context(), st, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	talks := content.TypeNamed("Talk")
	rows := flatRows(t, func(w io.Writer) error { return flat.Items(w, talks) })
	for name, want := range map[string]string{
		"slug": "lake", "id": string(content.NewID("Talk", content.NamedKey("Talk", "lake"))), "revision": "2", "pubStatus": "USABLE", "title": "'=Lake",
		"startedOn": "2021-05", "startedOn_earliest": "2021-05-01", "startedOn_latest": "2021-05-31", "startedOn_verbatim": "in spring",
		"endedOn": "../2022", "endedOn_earliest": "", "endedOn_latest": "2022-12-31",
		"place": "'@Quay", "place_country": "", "place_latitude": "-1.5", "place_longitude": "2", "parent": "", "parent_name": "",
		"participations": "mediator/ferryland; party/shore", "participations_name": "Ferryland; Shore", "participations_count": "2",
		"issues": "water", "issues_name": "Water", "translations": "fr; ar", "translations_count": "2", "externalIds": "s:1", "citations_name": "Herald",
	} {
		if got, ok := rows[0][name]; got != want || !ok {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	rows = flatRows(t, func(w io.Writer) error { return flat.List(w, talks, talks.Field("participations")) })
	if got := fmt.Sprint(rows[1]["talk"], rows[1]["talk_name"], rows[1]["position"], rows[1]["actor"], rows[1]["actor_name"], rows[1]["role"]); len(rows) != 2 || got != "lake'=Lake2party/shoreShoreNEGOTIATOR" {
		t.Errorf("the participations are %v, %s", rows, got)
	}
	path := filepath.Join(t.TempDir(), "talks.csv")
	write(t, path, "\ufeffslug,title,startedOn,startedOn_earliest\nlake,x,,\n")
	if _, err := takeFiles(t, st, []string{path}, intake.Options{}, false); err == nil || !strings.Contains(err.Error(), "this is a flat sheet") {
		t.Errorf("its import: %v", err)
	}
}

// TestFlatOfAll writes flat sheets of random content: every item and every element of a list has a row.
func TestFlatOfAll(t *testing.T) {
	for seed := range uint64(4) {
		st := open(t)
		items := newRandom(t, 500+seed).all()
		put(t, st, items)
		flat, err := bundle.NewFlat(t.Context(), st, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range content.Types() {
			rows := flatRows(t, func(w io.Writer) error { return flat.Items(w, typ) })
			of := slices.DeleteFunc(slices.Clone(items), func(item content.Item) bool { return item.Type != typ })
			if len(rows) != len(of) {
				t.Errorf("%d rows of %d %s", len(rows), len(of), typ.Plural)
			}
			for _, list := range bundle.Lists(typ) {
				want := 0
				for _, item := range of {
					elements, _ := item.Values[list.Name].([]map[string]any)
					want += len(elements)
				}
				if rows := flatRows(t, func(w io.Writer) error { return flat.List(w, typ, list) }); len(rows) != want {
					t.Errorf("%d rows of %d %s of %s", len(rows), want, list.Name, typ.Plural)
				}
			}
		}
	}
}

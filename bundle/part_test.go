package bundle_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
	"parley/store"
)

// takeFiles imports files into a store.
func takeFiles(t *testing.T, st *store.Store, paths []string, o intake.Options, whole bool) (intake.Report, error) {
	t.Helper()
	from := bundle.Source{Paths: paths, ClearAbsent: whole}
	from.Record.Slugs = func(typ *content.Type) (map[content.Slug]content.Key, error) { return st.Slugs(t.Context(), 0, typ) }
	from.Record.Name = func(ref content.Ref) (string, error) {
		found, err := st.Find(t.Context(), content.TypeNamed(ref.Type), []content.Key{ref.Key})
		name, _ := found[ref.Key].Values["name"].(string)
		return name, err
	}
	from.Record.Identifiers = func(typ *content.Type) (map[content.ExternalID]content.Key, error) {
		return st.Identifiers(t.Context(), typ)
	}
	o.Author, o.Reason = "test", "IMPORT"
	return intake.Take(t.Context(), st, bundle.Read(from), o)
}

// TestPartialFilesRoundTrip takes columns and keys out of the files of random content, and empties others. What is absent
// stays, what is empty goes, and nothing else changes.
func TestPartialFilesRoundTrip(t *testing.T) {
	for seed := range uint64(8) {
		for _, format := range []string{"csv", "jsonl"} {
			t.Run(fmt.Sprint(format, seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 3))
				st := open(t)
				items := newRandom(t, 300+seed).all()
				for i := range items {
					if items[i].Type.Name == "Source" { // what readers see cites sources that they see
						items[i].Publication = nil
					}
				}
				put(t, st, items)
				dir := t.TempDir()
				paths := writeFiles(t, st, dir, format)
				want := contents(t, st)
				cut := cutter{Rand: r, want: want}
				for _, path := range paths {
					if format == "csv" {
						cut.sheet(t, path)
					} else {
						cut.lines(t, path)
					}
				}
				if _, err := takeFiles(t, st, paths, intake.Options{}, false); err != nil {
					t.Fatal(err, snapshot(t, dir))
				}
				equal(t, want, unstale(contents(t, st), want))
			})
		}
	}
}

// unstale takes the marks off the translations that fell behind because their original was cleared.
func unstale(got, want []content.Item) []content.Item {
	for i := range got {
		for _, item := range []content.Item{got[i], want[min(i, len(want)-1)]} {
			list, _ := item.Values["translations"].([]map[string]any)
			for _, t := range list {
				delete(t, "stale")
			}
		}
	}
	return got
}

// cutter takes values out of files, and out of the items that are expected to come of them.
type cutter struct {
	*rand.Rand
	want []content.Item
}

// clears reports whether a field can be emptied, and takes it out of the item that is expected.
func (c cutter) clears(typ *content.Type, slug, field string) bool {
	f := typ.Field(field)
	if f == nil || f.Required || slices.Contains([]string{"citations", "issue", "translations", "locale"}, field) || typ.Base == "Actor" || c.IntN(4) > 0 {
		return false
	}
	for _, item := range c.want {
		if item.Type == typ && string(item.Slug) == slug {
			delete(item.Values, field)
		}
	}
	return true
}

func typeOfFile(t *testing.T, path string) *content.Type {
	t.Helper()
	typ, err := bundle.TypeOfSheet(path)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// sheet drops columns of a sheet and empties cells.
func (c cutter) sheet(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	typ := typeOfFile(t, path)
	var kept []int
	for i, name := range rows[0] {
		if name == "slug" || name == "id" || c.IntN(3) > 0 {
			kept = append(kept, i)
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, row := range rows {
		var cells []string
		for _, at := range kept {
			if i > 0 && c.clears(typ, row[slices.Index(rows[0], "slug")], rows[0][at]) {
				cells = append(cells, "")
				continue
			}
			cells = append(cells, row[at])
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lines drops keys of lines and makes values null.
func (c cutter) lines(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	in := bufio.NewScanner(bytes.NewReader(text))
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var item map[string]json.RawMessage
		if err := json.Unmarshal(in.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		typ := content.TypeNamed(strings.Trim(string(item["type"]), `"`))
		slug := strings.Trim(string(item["slug"]), `"`)
		for _, key := range slices.Sorted(maps.Keys(item)) {
			switch {
			case slices.Contains([]string{"type", "slug", "id"}, key):
			case c.IntN(3) == 0:
				delete(item, key)
			case c.clears(typ, slug, key):
				item[key] = json.RawMessage("null")
			}
		}
		line, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// talk is a talk with a value in every kind of field.
const talk = `
- slug: lake
  title: Lake talks
  summary: About water.
  body: How they *came about*.
  talkStatus: ONGOING
  startedOn: {edtf: 2021-05, verbatim: in spring}
  place: {name: Bridge Town, country: Ferryland}
  participations: [{actor: mediator/ferryland, role: HOST}, {actor: party/shore, role: NEGOTIATOR}]
  issues: [water]
  citations: [{source: herald}]
  externalIds: [{scheme: s, value: "1"}]
  translations:
    - {locale: fr, translationKind: OFFICIAL, text: [{field: title, value: Le lac}, {field: summary, value: De l'eau.}]}
    - {locale: ar, translationKind: EDITORIAL, text: [{field: title, value: البحيرة}]}
`

// lake makes a record of a talk and what it refers to.
func lake(t *testing.T) *store.Store {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"talks/t.yaml":     talk,
		"mediators/m.yaml": "- {slug: ferryland, name: Ferryland, aliases: [Ferries], description: A state.}\n",
		"parties/p.yaml":   "- {slug: shore, name: Shore}\n",
		"issues/i.yaml":    "- {slug: water, title: Water}\n",
		"sources/s.yaml":   "- {slug: herald, title: Herald}\n",
		"events/e.yaml":    "- {slug: hope, title: Hope, talk: lake, citations: [{source: herald}], pubStatus: WITHHELD}\n- {slug: later, title: Later, citations: [{source: herald}], embargoedUntil: \"2100-01-01T00:00:00Z\"}\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	st := open(t)
	if _, err := takeFiles(t, st, []string{dir}, intake.Options{}, false); err != nil {
		t.Fatal(err)
	}
	return st
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// takeText imports a file of a text.
func takeText(t *testing.T, st *store.Store, name, text string, o intake.Options) (intake.Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, text)
	return takeFiles(t, st, []string{path}, o, false)
}

// TestPartsOfItems holds what becomes of the fields that a sheet or a line does not say, by the items that it leaves
// different: each as "type/slug field".
func TestPartsOfItems(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string // of what differs, and how it is now
		wrong      string
	}{
		"a title alone":         {file: "talks.csv", text: "slug,title\nlake,New\n", want: []string{"talk/lake title New", "talk/lake translations stale"}},
		"no title":              {file: "talks.csv", text: "slug,summary\nlake,New\n", want: []string{"talk/lake summary New", "talk/lake translations stale"}},
		"an empty cell":         {file: "talks.csv", text: "slug,summary,participations,startedOn,place\nlake,,,,\n", want: []string{"talk/lake summary ", "talk/lake startedOn ", "talk/lake place ", "talk/lake participations ", "talk/lake translations stale"}},
		"an enumeration":        {file: "talks.csv", text: "slug,talkStatus\nlake,\n", want: []string{"talk/lake talkStatus UNKNOWN"}},
		"a row cut short":       {file: "talks.csv", text: "slug,body\nlake,\n", want: []string{"talk/lake body "}},
		"an empty title":        {file: "talks.csv", text: "slug,title\nlake,\n", wrong: `the field "title" is missing`},
		"a new item":            {file: "talks.csv", text: "slug,summary\nriver,New\n", wrong: `the field "title" is missing: talk/river is missing, and a new item must have it`},
		"a party's position":    {file: "positions.csv", text: "slug,issue,party,citations\np,water,shore,herald\n", want: []string{"position/p"}},
		"a position by issue":   {file: "positions.csv", text: "issue,party,citations\nwater,shore,herald\n", want: []string{"position/shore-on-water"}},
		"no citations":          {file: "events.csv", text: "slug,summary\nhope,New\n", want: []string{"event/hope summary New"}},
		"emptied citations":     {file: "events.csv", text: "slug,citations\nhope,\n", wrong: "the citations are missing"},
		"one translation":       {file: "talks.csv", text: "slug,translations\nlake,\"[{\"\"locale\"\": \"\"fr\"\", \"\"text\"\": [{\"\"field\"\": \"\"title\"\", \"\"value\"\": \"\"Lac\"\"}]}]\"\n", want: []string{"talk/lake translations fr OFFICIAL title=Lac summary=De l'eau.; ar EDITORIAL title=البحيرة"}},
		"a translation goes":    {file: "a.jsonl", text: `{"type": "Talk", "slug": "lake", "translations": [{"locale": "fr", "text": null}]}`, want: []string{"talk/lake translations ar EDITORIAL title=البحيرة"}},
		"a text goes":           {file: "a.jsonl", text: `{"type": "Talk", "slug": "lake", "translations": [{"locale": "fr", "text": [{"field": "title", "value": null}]}]}`, want: []string{"talk/lake translations fr OFFICIAL summary=De l'eau.; ar EDITORIAL title=البحيرة"}},
		"a new language":        {file: "a.jsonl", text: `{"type": "Talk", "slug": "lake", "translations": [{"locale": "he", "text": [{"field": "title", "value": "אגם"}]}]}`, want: []string{"talk/lake translations fr OFFICIAL title=Le lac summary=De l'eau.; ar EDITORIAL title=البحيرة; he EDITORIAL title=אגם"}},
		"all translations go":   {file: "a.jsonl", text: `{"type": "Talk", "slug": "lake", "translations": null}`, want: []string{"talk/lake translations "}},
		"ends too early":        {file: "talks.csv", text: "slug,endedOn\nlake,2020\n", wrong: "talk/lake: endedOn (2020) comes before startedOn (2021-05)"},
		"its own language":      {file: "talks.csv", text: "slug,locale\nlake,fr\n", wrong: "talk/lake: the texts of the item itself are in fr"},
		"a line":                {file: "a.jsonl", text: `{"type": "Talk", "slug": "lake", "body": null, "issues": []}`, want: []string{"talk/lake body ", "talk/lake issues "}},
		"a document":            {file: "a.json", text: "[\n{\"type\": \"Talk\", \"slug\": \"lake\", \"body\": null}]", want: []string{"talk/lake body "}},
		"one item":              {file: "a.json", text: `{"type": "Talk", "slug": "lake", "body": "New"}`, want: []string{"talk/lake body New"}},
		"a second capacity":     {file: "parties.csv", text: "slug,name\nferryland,Ferryland\n", want: []string{"party/ferryland"}},
		"a capacity by slug":    {file: "parties.csv", text: "slug\nferryland\n", want: []string{"party/ferryland"}},
		"published":             {file: "events.csv", text: "slug,pubStatus\nlater,USABLE\n"},
		"published at once":     {file: "events.csv", text: "slug,pubStatus,embargoedUntil\nlater,USABLE,\n", want: []string{"event/later embargoedUntil"}},
		"nothing on visibility": {file: "events.csv", text: "slug,pubStatus,embargoedUntil\nlater,,\nhope,,\n"},
		"an embargo alone":      {file: "events.csv", text: "slug,embargoedUntil\nhope,2100-01-01T00:00:00Z\n", want: []string{"event/hope embargoedUntil"}},
		"a withdrawal":          {file: "events.csv", text: "slug,pubStatus\nlater,WITHHELD\n", want: []string{"event/later pubStatus"}},
	} {
		t.Run(name, func(t *testing.T) {
			st := lake(t)
			before := contents(t, st)
			_, err := takeText(t, st, c.file, c.text, intake.Options{})
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%v, want %q", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := changesOf(before, contents(t, st)); !slices.Equal(got, c.want) {
				t.Errorf("it changed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// changesOf says what differs between two records, and how it is now.
func changesOf(before, after []content.Item) []string {
	was := map[content.Ref]content.Item{}
	for _, item := range before {
		was[content.Ref{Type: item.Type.Name, Key: item.Key}] = item
	}
	var list []string
	for _, item := range after {
		name := strings.ToLower(item.Type.Name) + "/" + string(item.Slug)
		former, ok := was[content.Ref{Type: item.Type.Name, Key: item.Key}]
		if !ok {
			former = was[content.Ref{Type: "Mediator", Key: item.Key}]
			former.Type = item.Type
			list = append(list, name)
			if former.Key == 0 {
				continue
			}
		}
		for _, d := range content.Differences(former, item) {
			list = append(list, name+" "+d.Field+shownAs(item, d))
		}
	}
	return list
}

func shownAs(item content.Item, d content.FieldChange) string {
	if item.Type.Field(d.Field) == nil {
		return ""
	}
	if d.After == nil {
		return " "
	}
	list, ok := d.After.([]map[string]any)
	if !ok {
		return fmt.Sprint(" ", d.After)
	}
	var words []string
	for _, e := range list {
		if e["stale"] == true {
			return " stale"
		}
		parts := []string{fmt.Sprint(e["locale"]), fmt.Sprint(e["translationKind"])}
		inner, _ := e["text"].([]map[string]any)
		for _, text := range inner {
			parts = append(parts, fmt.Sprintf("%v=%v", text["field"], text["value"]))
		}
		words = append(words, strings.Join(parts, " "))
	}
	return " " + strings.Join(words, "; ")
}

// TestClearAbsent holds that sheets and lines say all of their items where that is asked for, and that YAML always does.
func TestClearAbsent(t *testing.T) {
	for file, text := range map[string]string{
		"talks.csv":    "slug,title\nlake,Lake talks\n",
		"a.jsonl":      `{"type": "Talk", "slug": "lake", "title": "Lake talks"}`,
		"b/talks/t.md": "---\nslug: lake\ntitle: Lake talks\n---\n",
	} {
		st := lake(t)
		dir := t.TempDir()
		write(t, filepath.Join(dir, file), text)
		path, _, _ := strings.Cut(file, "/")
		var cleared []string
		note := func(d intake.Difference) {
			for _, c := range d.Cleared {
				cleared = append(cleared, c.Field)
			}
		}
		report, err := takeFiles(t, st, []string{filepath.Join(dir, path)}, intake.Options{Differs: note}, path != "b")
		want := []string{"summary", "body", "talkStatus", "startedOn", "place", "participations", "issues", "translations", "citations", "externalIds"}
		if err != nil || report.Changed != 1 || report.Cleared != len(want) || !slices.Equal(cleared, want) {
			t.Errorf("%s: %+v, %v: cleared %v, want %v", file, report, err, cleared, want)
		}
	}
}

// TestAbsentIdentifiersStay holds that an item whose identifiers a file leaves alone keeps them: no other item can have them.
func TestAbsentIdentifiersStay(t *testing.T) {
	st := lake(t)
	const line = `{"type": "Talk", "slug": "river", "title": "River", "externalIds": [{"scheme": "s", "value": "1"}]}` + "\n"
	for file, text := range map[string]string{"stays": `{"type": "Talk", "slug": "lake", "title": "Lake"}`, "goes": `{"type": "Talk", "slug": "lake", "externalIds": null}`} {
		_, err := takeText(t, st, "a.jsonl", line+text, intake.Options{DryRun: true})
		if taken := err != nil && strings.Contains(err.Error(), "have the same identifier"); taken != (file == "stays") {
			t.Errorf("it %s: %v", file, err)
		}
	}
}

// TestChainsOfTheRecord holds that a file makes no chain of talks or positions with those of the record that leads to itself, and
// none of talks that is too long.
func TestChainsOfTheRecord(t *testing.T) {
	st := lake(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "talks.csv"), "slug,title,parent\na,A,lake\nb,B,a\nc,C,b\n")
	write(t, filepath.Join(dir, "positions.csv"), "slug,issue,holder,citations,supersedes\np,water,One,herald,\nq,water,One,herald,p\n")
	if _, err := takeFiles(t, st, []string{dir}, intake.Options{}, false); err != nil {
		t.Fatal(err)
	}
	before := contents(t, st)
	for _, c := range []struct{ file, text, want string }{
		{"talks.csv", "slug,parent\na,c\n", "talk/a: it is its own ancestor"},
		{"talks.csv", "slug,parent\na,a\n", "talk/a is its own ancestor"},
		{"talks.csv", "slug,title,parent\nd,D,c\n", "talk/d: it is its own ancestor, or nested more than 4 levels deep"},
		{"talks.csv", "slug,title,parent\nz,Z,\nlake,Lake,z\n", "talk/c: it is its own ancestor, or nested more than 4 levels deep"},
		{"positions.csv", "slug,supersedes\np,q\n", "position/p: it supersedes itself, directly or through others"},
	} {
		if _, err := takeText(t, st, c.file, c.text, intake.Options{}); err == nil || !strings.Contains(err.Error(), c.want) && !strings.Contains(fmt.Sprint(errors.Unwrap(err)), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
		if got := changesOf(before, contents(t, st)); len(got) > 0 {
			t.Errorf("%q changed %v", c.text, got)
		}
	}
	if _, err := takeText(t, st, "talks.csv", "slug,parent\nb,\na,b\n", intake.Options{}); err != nil {
		t.Errorf("a chain turned over: %v", err)
	}
}

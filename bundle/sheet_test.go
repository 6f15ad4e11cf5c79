package bundle_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"parley/bundle"
	"parley/content"
)

// known is a record that has a talk, a source and a mediator, and an event whose slug was another once.
func known() bundle.Record {
	return bundle.Record{Slugs: func(t *content.Type) (map[content.Slug]content.Key, error) {
		slugs := map[content.Slug]content.Key{}
		switch t.Name {
		case "Talk":
			slugs["lake-talks"] = content.NamedKey("Talk", "lake-talks")
		case "Source":
			slugs["herald"] = content.NamedKey("Source", "herald")
		case "Mediator":
			slugs["ferryland"] = content.NamedKey("Mediator", "ferryland")
		case "Event":
			slugs["renamed"] = content.NamedKey("Event", "once")
		}
		return slugs, nil
	}}
}

// readFile reads one file, and returns its items or what is wrong with it.
func readFile(t *testing.T, name, text string, r bundle.Record) ([]content.Item, error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var items []content.Item
	for item, err := range bundle.Read(bundle.Source{Paths: []string{path}, Record: r}) {
		if err != nil {
			return nil, errors.New(strings.ReplaceAll(err.Error(), dir+"/", ""))
		}
		items = append(items, item)
	}
	return items, nil
}

// TestSheetForms reads the same event from sheets of every form.
func TestSheetForms(t *testing.T) {
	const row = `hope,"Hope, at ""last""","Two
lines.",STATEMENT,2021-05~ (in the spring),Doha,lake-talks,ferryland,herald,TRUE,wikidata:Q1`
	const header = "slug,title,summary,eventKind,occurredOn,place,talk,mediators,citations,recurring,externalIds"
	semicolons := strings.NewReplacer(",", ";").Replace(header) + "\n" + `hope;"Hope, at ""last""";"Two
lines.";STATEMENT;2021-05~ (in the spring);Doha;lake-talks;ferryland;herald;true;wikidata:Q1` + "\n"
	tabs := strings.ReplaceAll(header, ",", "\t") + "\r\n" + strings.ReplaceAll(semicolons[strings.Index(semicolons, "\n")+1:], ";", "\t")
	var first content.Item
	for name, text := range map[string]string{
		"events.csv":       header + "\n" + row + "\n",
		"events-2021.csv":  "\ufeff" + header + "\r\n" + strings.ReplaceAll(row, "\n", "\r\n"),
		"events-semi.csv":  semicolons,
		"events.tsv":       tabs,
		"events-cr.csv":    strings.ReplaceAll(header+"\n"+row, "\n", "\r"),
		"events-sep.csv":   "\ufeffsep=;\r\n" + semicolons,
		"events-pipe.csv":  "\"SEP=|\"\n" + strings.ReplaceAll(semicolons, ";", "|"),
		"events-cut.csv":   header + ",body,outlook,sequence\n" + row + "\n",
		"events-names.csv": strings.NewReplacer("title", "Headline", "summary", "Abstract", "eventKind", "Kind", "occurredOn", "Occurred on", "place", "LOCATION", "citations", "sources", "externalIds", "external_ids").Replace(header) + "\n" + row + "\n",
		"events-blank.csv": header + ",\n" + row + ",\n,,,,,,,,,,,\n",
		"events.jsonl": `{"type": "Event", "slug": "hope", "title": "Hope, at \"last\"", "summary": "Two\nlines.", "eventKind": "STATEMENT", "occurredOn": {"edtf": "2021-05~", "verbatim": "in the spring"}, ` +
			`"place": {"name": "Doha"}, "talk": "lake-talks", "mediators": ["ferryland"], "citations": [{"source": "herald"}], "recurring": true, "externalIds": [{"scheme": "wikidata", "value": "Q1"}]}` + "\n\n",
	} {
		items, err := readFile(t, name, text, known())
		if err != nil || len(items) != 1 {
			t.Fatalf("%s: %d items, %v", name, len(items), err)
		}
		if first.Type == nil {
			first = items[0]
		}
		if d := content.Differences(first, items[0]); len(d) > 0 {
			t.Errorf("%s differs: %v", name, d)
		}
	}
	if first.Values["title"] != `Hope, at "last"` || first.Values["summary"] != "Two\nlines." || first.Values["recurring"] != true {
		t.Errorf("the event is %v", first.Values)
	}
}

// TestColumnsOfOtherPrograms holds which fields are meant by the names that columns have in other programs.
func TestColumnsOfOtherPrograms(t *testing.T) {
	for _, c := range []struct{ sheet, header, value, field string }{
		{"talks", "Heading", "A", "title"},
		{"talks", "Standfirst", "A", "summary"},
		{"talks", "full_text", "A", "body"},
		{"talks", "Status", "ONGOING", "talkStatus"},
		{"talks", "From", "2020", "startedOn"},
		{"talks", "Finished", "2021", "endedOn"},
		{"talks", "Venue", "Doha", "place"},
		{"talks", "Language", "fr", "locale"},
		{"talks", "Lang", "fr", "locale"},
		{"talks", "References", "herald", "citations"},
		{"sources", "Language", "fr", "language"},
		{"sources", "Lang", "fr", "language"},
		{"sources", "Website", "https://example.org/", "url"},
		{"sources", "Archived", "https://example.org/a", "archivedUrl"},
		{"sources", "Rights", "CC0", "licence"},
		{"sources", "Publication date", "2020", "publishedOn"},
		{"sources", "Date", "2020", "publishedOn"},
		{"agreements", "Signing date", "2020", "signedOn"},
		{"agreements", "Day", "2020", "signedOn"},
		{"events", "When", "2020", "occurredOn"},
		{"events", "Type", "STATEMENT", "eventKind"},
		{"events", "Mediated by", "ferryland", "mediators"},
		{"mediators", "Label", "A", "name"},
		{"mediators", "AKA", "A; B", "aliases"},
		{"mediators", "Abstract", "A", "description"},
	} {
		header, row := "slug,"+c.header, "a,"+c.value
		for field, value := range map[string]string{"title": "A", "name": "A", "citations": "herald"} {
			of := field == "name" && c.sheet == "mediators" || field == "title" && c.sheet != "mediators" || field == "citations" && (c.sheet == "events" || c.sheet == "agreements")
			if of && field != c.field {
				header, row = header+","+field, row+","+value
			}
		}
		items, err := readFile(t, c.sheet+".csv", header+"\n"+row+"\n", known())
		if err != nil || len(items) != 1 || items[0].Values[c.field] == nil {
			t.Errorf("%s of %s is not %s: %v, %v", c.header, c.sheet, c.field, items, err)
		}
	}
}

func TestBadFiles(t *testing.T) {
	const header = "slug,title,talk,citations,occurredOn\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"values": {
			"events.csv", header + "a,A,lake-talk,herald,2021-13\nA b,B,lake-talks,herald,\na,C,lake-talks,,\n,D,lake-talks,herald,\n",
			"events.csv: row 2, column C (talk): there is no talk/lake-talk in these files or the record; did you mean talk/lake-talks?\n" +
				`events.csv: row 2, column E (occurredOn): "2021-13" has no such month or season: write 01 to 12, XX, or 21 to 24 (spring to winter) without a day` + "\n" +
				`events.csv: row 3, column A (slug): "A b" is not a slug: use lower-case letters and digits joined by single hyphens, at most 100 characters, such as a-b` + "\n" +
				"events.csv: row 4, column A (slug): the citations are missing: an event says where it is from, as in \"citations: [{source: a-slug}]\"\n" +
				"events.csv: row 4, column A (slug): event/a is also at row 2\n" +
				"events.csv: row 5, column A (slug): the slug is missing",
		},
		"columns":            {"events.csv", "slug,titel,title,title\na,A,A,A\n", "events.csv: row 1, column B: events have no field \"titel\"; did you mean title?\nevents.csv: row 1, column D: the column title occurs twice"},
		"no title":           {"events.csv", "slug,citations\na,herald\n", "events.csv: row 2, column A (slug): the field \"title\" is missing: event/a is missing, and a new item must have it"},
		"cells":              {"events.csv", header + "a,A\nb,B,lake-talks,herald,2021,more\n", "events.csv: row 2, column A (slug): the citations are missing: an event says where it is from, as in \"citations: [{source: a-slug}]\"\nevents.csv: row 3, column F: the row has 6 cells, the first row has 5"},
		"cut off":            {"events.csv", header + "a,A,lake-talks,herald,2021\nb,\"B and no end,lake-talks\n", "events.csv: row 3, column A (slug): a quote is not closed, or not doubled inside a cell (line 3 of the file)"},
		"bare quote":         {"events.csv", header + "a,A \"x\",lake-talks,herald,2021\n", "events.csv: row 2, column A (slug): this is not valid CSV: put a cell that contains quotes between quotes, and double the quotes in it (line 2 of the file)"},
		"latin 1":            {"events.csv", header + "a,Gen\xe8ve,lake-talks,herald,2021\n", "events.csv: row 2, column B (title): this is not UTF-8: save the file as CSV in UTF-8"},
		"utf-16":             {"events.csv", "\xff\xfes\x00l\x00u\x00g\x00", "events.csv:1:1: this is UTF-16: save the file as CSV in UTF-8"},
		"empty":              {"events.csv", "", "events.csv:1:1: the sheet is empty: its first row names the fields"},
		"json in a cell":     {"events.csv", header + "a,A,lake-talks,\"[{\"\"source\"\": herald}]\",2021\n", "events.csv: row 2, column D (citations): this is no JSON: invalid character 'h' at start of value"},
		"a former slug":      {"events.csv", header + "once,Once,lake-talks,herald,2021\n", "events.csv: row 2, column A (slug): event/once was the slug of event/renamed, which still has the id derived from it: use another slug, or write the id to rename that item"},
		"another name":       {"gatherings.csv", header, "the name of gatherings.csv does not give the type of its rows: rename it, such as to agreements.csv"},
		"another kind":       {"events.xlsx", header, "events.xlsx is not content: give bundle folders, or files that end in .csv, .tsv, .jsonl or .json"},
		"no json":            {"all.jsonl", "{\"type\": \"Talk\", \"slug\": \"a\", \"title\": \"A\"}\n{\"type\": \"Talk\",\n", "all.jsonl:2:17: this is no JSON: it ends too soon"},
		"a list of items":    {"all.json", "[{\"type\": \"Talk\", \"slug\": \"a\", \"title\": \"A\"},\n {\"type\": \"Talk\", \"slug\": \"b\", \"titel\": \"B\"}, 1]", "all.json:2:2: the field \"title\" is missing: talk/b is missing, and a new item must have it\nall.json:2:32: unknown field \"titel\"; did you mean title?\nall.json:2:47: a JSON file holds an item, {\"type\": \"Talk\", \"slug\": ...}, or a list of items"},
		"a broken document":  {"all.json", "[{\"type\": \"Talk\",\n \"slug\": a}]", "all.json:2:10: this is no JSON: invalid character 'a' at start of value"},
		"no type":            {"all.jsonl", "{\"slug\": \"a\"}\n{\"type\": \"Tlak\"}\n[]\n", "all.jsonl:1:1: the type is missing: {\"type\": \"Talk\", ...}\nall.jsonl:2:10: there is no type \"Tlak\"; did you mean Talk?: it is one of Talk, Mediator, Party, Issue, Position, Event, Agreement, Article, Source\nall.jsonl:3:1: a line holds an item: {\"type\": \"Talk\", \"slug\": ...}"},
		"unknown field":      {"all.jsonl", `{"type": "Talk", "slug": "a", "title": "é", "summery": "x", "talkStatus": "OPEN"}`, "all.jsonl:1:45: unknown field \"summery\"; did you mean summary?\nall.jsonl:1:75: talkStatus cannot be \"OPEN\": it is one of PLANNED, ONGOING, PAUSED, STALLED, SUSPENDED, COLLAPSED, CONCLUDED_WITH_AGREEMENT, CONCLUDED_WITHOUT_AGREEMENT, UNKNOWN"},
		"a cycle":            {"talks.csv", "slug,title,parent\na,A,b\nb,B,a\n", "talks.csv: row 2, column C (parent): talk/a is its own ancestor: a talk's parents must lead to a process without a parent\ntalks.csv: row 3, column C (parent): talk/b is its own ancestor: a talk's parents must lead to a process without a parent"},
		"deep json":          {"all.jsonl", strings.Repeat("[", 200), "nested too deep"},
		"a row without end":  {"events.csv", header + "a,\"" + strings.Repeat("x", 11<<20), "events.csv: row 2, column A (slug): the row is longer than 10 MiB: perhaps a quote is not closed"},
		"a line without end": {"all.jsonl", `{"type": "Talk", "title": "` + strings.Repeat("x", 11<<20), "all.jsonl: a line is longer than 10 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			items, err := readFile(t, c.file, c.text, known())
			if err == nil || !strings.HasPrefix(err.Error(), c.want) && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d items, and\n%s", len(items), cmp.Diff(strings.Split(c.want, "\n"), strings.Split(strings.TrimSpace(errorText(err)), "\n")))
			}
			if d := time.Since(begin); d > 10*time.Second {
				t.Errorf("it took %s", d)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestHugeLine holds that a line of 100 MB is refused without being kept.
func TestHugeLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("slug,title\na,\"")
	err = errors.Join(err, f.Truncate(100<<20), f.Close())
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, err = range bundle.Read(bundle.Source{Paths: []string{path}, Progress: func(n int) { read += n }}) {
		break
	}
	if err == nil || !strings.Contains(err.Error(), "longer than 10 MiB") || read > 12<<20 {
		t.Errorf("%d bytes were read: %v", read, err)
	}
}

// TestIDs holds that an item keeps its id though its slug is another, and that ids cannot be taken.
func TestIDs(t *testing.T) {
	items, err := readFile(t, "events.csv", "slug,title,citations\nrenamed,R,herald\n", known())
	if err != nil || items[0].Key != content.NamedKey("Event", "once") {
		t.Errorf("%v, %v", items, err)
	}
	own := string(content.NewID("Event", content.NamedKey("Event", "x")))
	for id, want := range map[string]string{
		own:                              "event/renamed has the id " + string(content.NewID("Event", content.NamedKey("Event", "once"))) + " in the database",
		"talk_x":                         `"talk_x" is no id`,
		string(content.NewID("Talk", 1)): "is the id of a talk, not of an event",
	} {
		_, err := readFile(t, "events.csv", "slug,id,title,citations\nrenamed,"+id+",R,herald\n", known())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", id, err, want)
		}
	}
}

// TestSlugOfTitle reads a source without a slug from each kind of file: its title gives the slug, composed or decomposed. One that
// the record has under a slug that was derived otherwise once keeps that.
func TestSlugOfTitle(t *testing.T) {
	former := bundle.Record{Slugs: func(t *content.Type) (map[content.Slug]content.Key, error) {
		if t.Name != "Source" {
			return map[content.Slug]content.Key{}, nil
		}
		return map[content.Slug]content.Key{"la-r-union-gen-ve": content.NamedKey("Source", "la-r-union-gen-ve")}, nil
	}}
	for _, title := range []string{"La réunion à Genève", norm.NFD.String("La réunion à Genève")} {
		for name, text := range map[string]string{
			"sources.csv":   "title\n" + title + "\n",
			"sources.jsonl": `{"type": "Source", "title": "` + title + `"}`,
		} {
			items, err := readFile(t, name, text, known())
			if err != nil || len(items) != 1 || items[0].Slug != "la-reunion-a-geneve" || items[0].Key != content.NamedKey("Source", "la-reunion-a-geneve") {
				t.Errorf("%s %q: %+v, %v", name, title, items, err)
			}
		}
	}
	items, err := readFile(t, "sources.csv", "title\nLa réunion à Genève\n", former)
	if err != nil || len(items) != 1 || items[0].Slug != "la-r-union-gen-ve" {
		t.Errorf("a source that is there already: %+v, %v", items, err)
	}
}

// TestLanguagesAndLetters reads language tags and decomposed letters: they are kept in canonical form, and an alias or a
// translation that is the same by that is there twice.
func TestLanguagesAndLetters(t *testing.T) {
	items, err := readFile(t, "sources.csv", "title,locale,language,translations\nRe\u0301union,FR,pt_br,"+
		`"[{""locale"": ""iw"", ""translationKind"": ""EDITORIAL"", ""text"": [{""field"": ""title"", ""value"": ""e\u0301""}]}]"`+"\n", known())
	if err != nil || len(items) != 1 {
		t.Fatalf("%v, %v", items, err)
	}
	want := map[string]any{
		"title": "Réunion", "locale": "fr", "language": "pt-BR",
		"translations": []map[string]any{{"locale": "he", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": "é"}}}},
	}
	if d := cmp.Diff(want, items[0].Values); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for text, want := range map[string]string{
		`{"type": "Source", "slug": "s", "title": "t", "translations": [{"locale": "AR", "text": [{"field": "title", "value": "x"}]}, {"locale": "ar", "text": [{"field": "title", "value": "y"}]}]}`: "this element of translations is also at line 1",
		`{"type": "Source", "slug": "s", "title": "t", "locale": "en", "translations": [{"locale": "EN", "text": [{"field": "title", "value": "x"}]}]}`:                                               "the texts of the item itself are in en",
		`{"type": "Mediator", "slug": "s", "name": "n", "aliases": ["\u00e9", "e\u0301"]}`:                                                                                                            "is also in aliases at line 1",
		`{"type": "Source", "slug": "s", "title": "t", "language": "Hebrew"}`:                                                                                                                         `language: "Hebrew" is not a language tag`,
	} {
		if _, err := readFile(t, "all.jsonl", text+"\n", known()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
}

// TestDatesOfSheets reads dates with the day first where that is said, and answers them with the form to write where not.
func TestDatesOfSheets(t *testing.T) {
	read := func(order content.DateOrder, date string) (string, error) {
		path := filepath.Join(t.TempDir(), "sources.csv")
		if err := os.WriteFile(path, []byte("title,date\nA,"+date+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for item, err := range bundle.Read(bundle.Source{Paths: []string{path}, DateOrder: order}) {
			if err != nil {
				return "", err
			}
			d, _ := item.Values["publishedOn"].(content.FuzzyDate)
			return d.EDTF() + " " + d.Verbatim(), nil
		}
		return "", errors.New("no item")
	}
	for _, c := range []struct {
		order content.DateOrder
		date  string
		want  string
		says  string
	}{
		{"dmy", "3/4/2023", "2023-04-03 ", ""},
		{"dmy", "3.4.2023 (third of April)", "2023-04-03 third of April", ""},
		{"mdy", "3/4/2023", "2023-03-04 ", ""},
		{"dmy", "2023-04~", "2023-04~ ", ""},
		{"", "24/11/2023", "", "; did you mean 2023-11-24? (--date-order dmy reads the day first, in all dates of the sheets)"},
		{"", "3/4/2023", "", "; did you mean 2023-04-03 or 2023-03-04? (--date-order dmy"},
		{"", "c. 1994", "", "; did you mean 1994~?"},
		{"dmy", "March-April 1993", "", "; did you mean 1993-03/1993-04?"},
		{"dmy", "11/24/2023", "", "has more than one /"},
	} {
		got, err := read(c.order, c.date)
		if got != c.want || err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s %q is %q, %v", c.order, c.date, got, err)
		}
	}
}

// TestProblemsOfAKindAreCounted holds that a sheet with the same fault in each row is answered by 20 of them and a count, that
// the values of an enumeration are listed once, and that an unknown key of many lines is told once.
func TestProblemsOfAKindAreCounted(t *testing.T) {
	var sheet, lines strings.Builder
	sheet.WriteString("title,status,date\n")
	for i := range 100 {
		fmt.Fprintf(&sheet, "A%d,USABLEE,%d\n", i, 19940830+i)
		fmt.Fprintf(&lines, `{"type": "Source", "slug": "s%d", "title": "t", "colour": "red"}`+"\n", i)
	}
	_, err := readFile(t, "sources.csv", strings.Replace(sheet.String(), "status", "pubStatus", 1), known())
	var problems bundle.Problems
	if err == nil || errors.As(err, &problems) {
		t.Fatal(err)
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != 42 || strings.Count(err.Error(), "USABLE, WITHHELD, CANCELED") != 1 ||
		!strings.HasPrefix(got[40], "and 80 more of this kind, the last of them: sources.csv: row 101, column ") || !strings.HasPrefix(got[41], "and 80 more") {
		t.Errorf("%d lines:\n%s", len(got), err)
	}
	_, err = readFile(t, "all.jsonl", lines.String(), known())
	want := "all.jsonl:1:48: unknown field \"colour\"\nand 99 more of this kind, the last of them: all.jsonl:100:49: unknown field \"colour\""
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

// TestPlainTexts reads texts that are not Markdown: what is kept renders as they are, in translations and in lists too, and names
// stay as they are.
func TestPlainTexts(t *testing.T) {
	const line = `{"type": "Article", "slug": "a", "title": "1. *The* talks", "plain": true, "summary": "1. one\n2. *two*", "questions": [{"question": "*Who*?", "answer": "a_b\n\nc"}],` +
		` "translations": [{"locale": "fr", "translationKind": "EDITORIAL", "text": [{"field": "title", "value": "*T*"}, {"field": "summary", "value": "- un"}]}]}`
	const row = "slug,plain,title,summary,questions,translations\na,TRUE,1. *The* talks,\"1. one\n2. *two*\"," +
		`"[{""question"": ""*Who*?"", ""answer"": ""a_b\n\nc""}]","[{""locale"": ""fr"", ""translationKind"": ""EDITORIAL"", ""text"": [{""field"": ""title"", ""value"": ""*T*""}, {""field"": ""summary"", ""value"": ""- un""}]}]"`
	for name, text := range map[string]string{"all.jsonl": line, "articles.csv": row} {
		items, err := readFile(t, name, text+"\n", bundle.Record{})
		if err != nil || len(items) != 1 {
			t.Fatalf("%s: %v, %v", name, items, err)
		}
		values := items[0].Values
		questions, _ := values["questions"].([]map[string]any)
		translations, _ := values["translations"].([]map[string]any)
		got := []any{values["title"], values["summary"], questions[0]["question"], questions[0]["answer"], content.TextsOf(translations[0])["title"], content.TextsOf(translations[0])["summary"], values["plain"]}
		want := []any{"1. *The* talks", "1\\. one\\\n2\\. \\*two\\*", "*Who*?", "a\\_b\\\n\\\nc", "*T*", "\\- un", nil}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}

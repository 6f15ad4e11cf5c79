package dataset_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"parley/bundle/dataset"
	"parley/bundle/intake"
	"parley/content"
	"parley/store"
)

const ucdpHeader = "paid,conflict_id,conflict_name,dyad_id,actor_id,actor_name,incompatibility,pa_name,pa_date,pa_comment,pa_sign,c_sign,pa_3rd,c_3rd,ended,duration,c_duration,cease,ddr,ref ,linktofulltextagreement,pa_type,procID,version,\n"

// ucdpRows are invented: a process of two agreements, names with commas in them, a type that the narrative contradicts.
const ucdpRows = ucdpHeader +
	`11,900,Lakeland: North,1,"1, 2","Government of Lakeland, Northern Front",1,Shore Accord,1992-04-24,"Partial peace agreement

It has two paragraphs.",signed,,"UN and Norway, Ferryland",The UN mediated.,True,1993-05-12,"Fighting went on.",1,0,1,https://example.org/shore.pdf,2,7,1.0,
12,900,Lakeland: North,1,"1, 2, 3","Government of Lakeland, Northern Front, Front for Peace, Bread and Water",2,Second Accord,1994-06-01,Full peace agreement,,,"The accord was brokered by Ferryland.",,,,,0,1,0,,2,7,1.0,
12,900,Lakeland: North,1,"1, 2","Government of Lakeland, Northern Front",2,Twice,1994-06-01,,,,,,,,,0,0,0,,1,7,1.0,
,900,Lakeland: North,1,"1, 2","Government of Lakeland, Northern Front",2,No id,1994-06-01,,,,,,,,,0,0,0,,1,7,1.0,
13,901,Hills,2,"4, 2","Hill Front, Northern Front",1,Backwards,1995-01-02,Peace process agreement,,,Ferryland,,,1994-01-01,,0,0,0,,3,8,1.0,
`

const ethHeader = "cc,cf_id,uniq_id,location,ucdp_actor_id,actor_name,pax_id,cf_dec_yr,cf_dec_month,cf_dec_day,cf_effect_yr,cf_effect_month,cf_effect_day,side,p_humanitarian,p_holiday,ceasefire_class,timing,mediator_nego,mediator_send,implement,ended,end_yr,end_month,end_day,cf_pp,link_id1,link_id2,id\n"

// ethRows are invented: dates of every precision, rows that differ, a day that no calendar has, an actor without an id,
// and an id that UCDP has given to another.
const ethRows = "\ufeff" + ethHeader +
	`9,1,9001,Lakeland,1,Government of Lakeland,5,1994,1,12,1994,1,-1,2,1,0,1,2,1,"USA, tribal elders",1,3,1995,-1,-1,On the lake.,2,9,1
9,1,9001,Lakeland,-1,Lake Militia,5,1994,1,12,1994,1,-1,2,1,0,1,2,1,"US, tribal elders",1,4,1995,-1,-1,On the lake.,2,9,2
9,2,9002,Lakeland,7001,Fishers,-1,1994,2,31,-1,-1,-1,1,0,1,3,0,0,0,0,-1,-1,-1,-1,0,0,0,3
9,3,9003,Lakeland,2,Northern Front,5,1996,0,0,1996,5,1,1,0,0,1,1,-1,-1,-1,1,1996,4,30,,0,0,4
,,,,,,,,,,,,,,,,,,,,,,,,,,,,
`

func open(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// take reads a data set and takes it into a store.
func take(t *testing.T, st *store.Store, name, text string) (dataset.Result, intake.Report) {
	t.Helper()
	set, err := dataset.Read(t.Context(), name, strings.NewReader(text), st)
	if err != nil {
		t.Fatal(err)
	}
	items := func(yield func(content.Item, error) bool) {
		for _, item := range set.Items {
			if !yield(item, nil) {
				return
			}
		}
	}
	report, err := intake.Take(t.Context(), st, items, intake.Options{Author: "test", Reason: "IMPORT", Note: set.Title})
	if err != nil {
		t.Fatal(err)
	}
	return set, report
}

// record is what a store says, as "type/slug.field" to JSON-like text.
type record map[string]content.Item

func read(t *testing.T, st *store.Store) record {
	t.Helper()
	all := record{}
	for _, typ := range content.Types() {
		err := st.Items(context.WithoutCancel(t.Context()), 0, typ, func(item content.Item) error {
			all[strings.ToLower(typ.Name)+"/"+string(item.Slug)] = item
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (r record) date(t *testing.T, item, field string) string {
	t.Helper()
	if _, ok := r[item]; !ok {
		t.Errorf("there is no %s", item)
	}
	d, _ := r[item].Values[field].(content.FuzzyDate)
	return d.EDTF()
}

// names are the names of the actors that a list leads to.
func (r record) names(item, field string) []string {
	var names []string
	list, _ := r[item].Values[field].([]content.Ref)
	for _, ref := range list {
		for _, other := range r {
			if other.Type.Name == ref.Type && other.Key == ref.Key {
				name, _ := other.Values["name"].(string)
				names = append(names, name)
			}
		}
	}
	return names
}

func TestUCDP(t *testing.T) {
	st := open(t)
	// An editor's actor, with a name of a third party.
	ferry := content.Item{Type: content.TypeNamed("Mediator"), Key: content.NamedKey("Mediator", "ferryland"), Slug: "ferryland", Values: map[string]any{"name": "Ferryland", "description": "A state.", "locale": "en"}}
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "editor", Reason: "UPDATE", Items: []content.Item{ferry}}); err != nil {
		t.Fatal(err)
	}
	set, report := take(t, st, "ucdp-peace-agreements", ucdpRows)
	if set.Rows != 5 || report.Revision != 2 {
		t.Errorf("%d rows, %+v", set.Rows, report)
	}
	if want := []string{"row 4: paid 12 stands above it already", "row 5: it has no paid or no procID"}; !slices.Equal(set.Skipped, want) {
		t.Errorf("skipped %q", set.Skipped)
	}
	if d := cmp.Diff([]string{
		`paid 12: pa_type 2 is PARTIAL, and the narrative says "Full peace agreement"`,
		"paid 13: it ended on 1994-01-01, before it was signed on 1995-01-02",
	}, set.Disputed); d != "" {
		t.Error(d)
	}
	r := read(t, st)
	first := r["agreement/ucdp-11"].Values
	for field, want := range map[string]any{
		"title": "Shore Accord", "agreementScope": "PARTIAL", "verification": "UNKNOWN", "agreementStatus": "UNKNOWN", "endReason": "Fighting went on.",
		"body": "Partial peace agreement\n\nIt has two paragraphs.", "talk": content.Ref{Type: "Talk", Key: content.NamedKey("Talk", "ucdp-process-7")},
	} {
		if first[field] != want {
			t.Errorf("%s is %v, want %v", field, first[field], want)
		}
	}
	if got := r.date(t, "agreement/ucdp-11", "signedOn") + " " + r.date(t, "agreement/ucdp-11", "endedOn"); got != "1992-04-24 1993-05-12" {
		t.Errorf("the dates are %s", got)
	}
	var topics []any
	provisions, _ := first["provisions"].([]map[string]any)
	for _, p := range provisions {
		topics = append(topics, p["provisionTopic"])
	}
	if !cmp.Equal(topics, []any{"CEASEFIRE", "REFERENDUM"}) {
		t.Errorf("provisions on %v", topics)
	}
	if got := r.names("agreement/ucdp-11", "mediators"); !slices.Equal(got, []string{"United Nations", "Norway", "Ferryland"}) {
		t.Errorf("the mediators are %q", got)
	}
	if got := r.names("agreement/ucdp-12", "parties"); !slices.Equal(got, []string{"Government of Lakeland", "Northern Front", "Front for Peace, Bread and Water"}) {
		t.Errorf("the parties are %q", got)
	}
	if r["agreement/ucdp-12"].Values["verification"] != "DISPUTED" || r.names("agreement/ucdp-12", "mediators") != nil {
		t.Errorf("the second accord is %v", r["agreement/ucdp-12"].Values)
	}
	if m := r["mediator/ferryland"].Values; m["description"] != "A state." || r.names("agreement/ucdp-13", "mediators")[0] != "Ferryland" {
		t.Errorf("the editor's actor is %v", m)
	}
	if s := r["source/ucdp-peace-agreements"].Values; s["licence"] != "CC BY 4.0" || !strings.Contains(s["publisher"].(string), "Uppsala University") {
		t.Errorf("the source is %v", s)
	}
	if un := r["party/united-nations"].Values; un["actorKind"] != "IGO" || !cmp.Equal(un["aliases"], []string{"UN", "ÚN", "UNO"}) {
		if m := r["mediator/united-nations"].Values; m["actorKind"] != "IGO" {
			t.Errorf("the United Nations are %v %v", un, m)
		}
	}
	if cites, _ := first["citations"].([]map[string]any); len(cites) != 2 || cites[0]["locator"] != "paid 11" {
		t.Errorf("it cites %v", cites)
	}
}

// TestAgainAndNewer holds that the same file changes nothing, and a newer one only what changed, in one revision, and
// nothing that editors added.
func TestAgainAndNewer(t *testing.T) {
	st := open(t)
	take(t, st, "ucdp-peace-agreements", ucdpRows)
	if set, report := take(t, st, "ucdp-peace-agreements", ucdpRows); report.Revision != 0 || report.Unchanged != len(set.Items) || report.Items() != len(set.Items) {
		t.Errorf("the same again: %+v", report)
	}
	edited := read(t, st)["agreement/ucdp-11"]
	edited.Values["summary"] = "An editor's."
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "editor", Reason: "UPDATE", Items: []content.Item{edited}}); err != nil {
		t.Fatal(err)
	}
	newer := strings.NewReplacer(",1.0,", ",1.1,", "1992-04-24", "1992-04-25", "1993-05-12", "").Replace(ucdpRows)
	_, report := take(t, st, "ucdp-peace-agreements", newer)
	if report.Revision != 3 || report.Created != 0 || report.Changed != 2 {
		t.Errorf("a newer file: %+v; want the source and one agreement changed", report)
	}
	r := read(t, st)
	if got := r.date(t, "agreement/ucdp-11", "signedOn"); got != "1992-04-25" || r.date(t, "agreement/ucdp-11", "endedOn") != "" {
		t.Errorf("signed on %s, ended on %s", got, r.date(t, "agreement/ucdp-11", "endedOn"))
	}
	if r["agreement/ucdp-11"].Values["summary"] != "An editor's." {
		t.Error("the editor's summary is gone")
	}
}

// pax lists the ids of PA-X that agreements have, with how they match, in the order of the agreements.
func pax(t *testing.T, st *store.Store) []string {
	t.Helper()
	var list []string
	err := st.Items(t.Context(), 0, content.TypeNamed("Agreement"), func(item content.Item) error {
		ids, _ := item.Values["externalIds"].([]map[string]any)
		for _, id := range ids {
			if id["scheme"] == "pa-x" {
				list = append(list, fmt.Sprint(item.Slug, " ", id["value"], " ", id["matchKind"]))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestIdentifiersOfPAX: a ceasefire is PA-X's own agreement only where nothing speaks against it.
func TestIdentifiersOfPAX(t *testing.T) {
	row := func(ceasefire, pax, id string) string {
		return "9,1," + ceasefire + ",Lakeland,1,Government of Lakeland," + pax + ",1994,1,12,1994,1,-1,2,1,0,1,2,1,,1,3,1995,-1,-1,,,," + id + "\n"
	}
	rows := ethHeader + row("1", "50", "1") + row("2", "60", "2") + row("3", "60", "3") + row("4", "70", "4") + row("4", "80", "5") + row("5", "90", "6")
	st := open(t)
	known := content.Item{
		Type: content.TypeNamed("Agreement"), Slug: "peace", Key: content.NamedKey("Agreement", "peace"),
		Values: map[string]any{"title": "Peace", "externalIds": []map[string]any{{"scheme": "pa-x", "value": "90"}}},
	}
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "a", Items: []content.Item{known}}); err != nil {
		t.Fatal(err)
	}
	set, _ := take(t, st, "eth-prio-ceasefires", rows)
	want := []string{
		"eth-prio-1 50 EXACT", "eth-prio-2 60 PART_OF", "eth-prio-3 60 PART_OF", "eth-prio-4 70 BROADER", "eth-prio-4 80 BROADER", "eth-prio-5 90 RELATED",
		"peace 90 <nil>",
	}
	if d := cmp.Diff(want, pax(t, st)); d != "" {
		t.Error(d)
	}
	if !slices.ContainsFunc(set.Ambiguous, func(line string) bool { return strings.HasPrefix(line, "uniq_id 5: agreement_") }) {
		t.Errorf("an identifier that the record has is not listed: %q", set.Ambiguous)
	}
	if _, again := take(t, st, "eth-prio-ceasefires", rows); again.Created+again.Changed != 0 {
		t.Errorf("taken in again: %+v", again)
	}
	known.Slug, known.Key = "other", content.NamedKey("Agreement", "other")
	known.Values["externalIds"] = []map[string]any{{"scheme": "eth-prio-ceasefire", "value": "6"}}
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "a", Items: []content.Item{known}}); err != nil {
		t.Fatal(err)
	}
	_, err := dataset.Read(t.Context(), "eth-prio-ceasefires", strings.NewReader(rows+row("6", "-1", "7")), st)
	if err == nil || !strings.Contains(err.Error(), `has the identifier "6" of eth-prio-ceasefire, which belongs to agreement "eth-prio-6" here`) {
		t.Errorf("a ceasefire that another item of the record is: %v", err)
	}
}

func TestETHPRIO(t *testing.T) {
	st := open(t)
	take(t, st, "ucdp-peace-agreements", ucdpRows)
	set, report := take(t, st, "eth-prio-ceasefires", ethRows)
	if set.Rows != 5 || report.Created == 0 {
		t.Errorf("%d rows, %+v", set.Rows, report)
	}
	for _, list := range []struct{ got, want []string }{
		{set.Skipped, []string{"row 6: it has no uniq_id"}},
		{set.Disputed, []string{
			"uniq_id 9001: its rows differ in ended: 3 | 4; the first holds",
			"uniq_id 9001: its rows differ in mediator_send: USA, tribal elders | US, tribal elders; the first holds",
			"uniq_id 9002: cf_dec: there is no day 1994-02-31: the date is kept as 1994-02",
			"uniq_id 9003: it ended on 1996-04-30, before it was in effect on 1996-05-01: the end is left out",
		}},
		{set.LeftOut, []string{"uniq_id 9001: it links to 9009, which does not exist"}},
		{pax(t, st), []string{"eth-prio-9001 5 PART_OF", "eth-prio-9003 5 PART_OF"}},
	} {
		if d := cmp.Diff(list.want, list.got); d != "" {
			t.Error(d)
		}
	}
	r := read(t, st)
	dates := map[string]string{}
	for item := range r {
		if event, ok := strings.CutPrefix(item, "event/eth-prio-"); ok {
			dates[event] = r.date(t, item, "occurredOn")
		}
	}
	want := map[string]string{
		"9001-declared": "1994-01-12", "9001-in-effect": "1994-01", "9001-ended": "1995", "9002-declared": "1994-02",
		"9003-declared": "1996", "9003-in-effect": "1996-05-01",
	}
	if d := cmp.Diff(want, dates); d != "" {
		t.Errorf("events (-want +got)\n%s", d)
	}
	first := r["agreement/eth-prio-9001"].Values
	if first["agreementSide"] != "BILATERAL" || first["agreementKind"] != "CEASEFIRE" || first["hasMonitoring"] != true || !cmp.Equal(first["purposes"], []string{"HUMANITARIAN"}) {
		t.Errorf("the first ceasefire is %v", first)
	}
	if note, _ := first["note"].(string); !strings.Contains(note, "tribal elders") || !strings.Contains(note, "timing 2") {
		t.Errorf("its note is %q", note)
	}
	if got := r.names("agreement/eth-prio-9001", "mediators"); !slices.Equal(got, []string{"United States"}) {
		t.Errorf("its mediators are %q", got)
	}
	if got := r.names("agreement/eth-prio-9001", "parties"); !slices.Equal(got, []string{"Government of Lakeland", "Lake Militia"}) {
		t.Errorf("its parties are %q", got)
	}
	if _, own := r["party/eth-prio-actor-7001"]; !own {
		t.Error("the actor 7001 is not one of its own")
	}
	if third := r["agreement/eth-prio-9003"].Values; third["hasMonitoring"] != nil || third["endedOn"] != nil || third["verification"] != "DISPUTED" {
		t.Errorf("the third ceasefire is %v", third)
	}
	if _, report := take(t, st, "eth-prio-ceasefires", ethRows); report.Revision != 0 {
		t.Errorf("the same again: %+v", report)
	}
}

// TestKnownActors holds that an actor of the record that has the name of one of a data set becomes it, keeps what editors call it, and
// that one that a data set made is called as the data set calls it now.
func TestKnownActors(t *testing.T) {
	st := open(t)
	front := content.Item{Type: content.TypeNamed("Party"), Key: content.NamedKey("Party", "front"), Slug: "front", Values: map[string]any{"name": "Northern Front", "locale": "en"}}
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "editor", Reason: "UPDATE", Items: []content.Item{front}}); err != nil {
		t.Fatal(err)
	}
	take(t, st, "ucdp-peace-agreements", ucdpRows)
	r := read(t, st)
	if ids := r["party/front"].ExactIDs(); len(ids) != 1 || ids[0] != (content.ExternalID{Scheme: "ucdp-actor", Value: "2"}) {
		t.Errorf("the editor's actor has the ids %v", ids)
	}
	if _, twice := r["party/ucdp-actor-2"]; twice {
		t.Error("the editor's actor is there twice")
	}
	take(t, st, "ucdp-peace-agreements", strings.NewReplacer("Northern Front", "Front of the North", "Bread and Water", "Bread and Fish").Replace(ucdpRows))
	r = read(t, st)
	if got := r.names("agreement/ucdp-12", "parties"); !slices.Equal(got, []string{"Government of Lakeland", "Northern Front", "Front for Peace, Bread and Fish"}) {
		t.Errorf("after they were renamed in the file the parties are %q", got)
	}
}

// TestLinkedCeasefires holds that a ceasefire references the ceasefires that its rows link to, at most 20, and that the others are listed.
func TestLinkedCeasefires(t *testing.T) {
	var header strings.Builder
	header.WriteString(strings.TrimSuffix(ethHeader, ",link_id1,link_id2,id\n"))
	row := "9,1,9001,Lakeland,1,Government of Lakeland,,1994,1,12,1994,1,-1,2,1,0,1,2,1,,1,3,1995,-1,-1,"
	var rows strings.Builder
	for i := range 22 {
		fmt.Fprintf(&rows, "%s\n", strings.Replace(row, "9001", strconv.Itoa(9001+i), 1)+strings.Repeat(",", 22)+strconv.Itoa(i+1))
	}
	var links strings.Builder
	for i := range 21 {
		fmt.Fprintf(&header, ",link_id%d", i+1)
		fmt.Fprintf(&links, ",%d", i+2)
	}
	text := header.String() + ",id\n" + strings.Replace(rows.String(), strings.Repeat(",", 23), ","+links.String()+",", 1)
	st := open(t)
	set, _ := take(t, st, "eth-prio-ceasefires", text)
	related, _ := read(t, st)["agreement/eth-prio-9001"].Values["related"].([]map[string]any)
	if len(related) != 20 || related[0]["relationKind"] != "LINKED" || related[19]["agreement"] != (content.Ref{Type: "Agreement", Key: content.NamedKey("Agreement", "eth-prio-9021")}) {
		t.Errorf("the first ceasefire leads to %v", related)
	}
	if want := []string{"uniq_id 9001: it links to more than 20 ceasefires: 9022 are left out"}; !slices.Equal(set.LeftOut, want) {
		t.Errorf("left out: %q", set.LeftOut)
	}
}

// TestAmbiguous holds that an actor that could be several is listed and not guessed.
func TestAmbiguous(t *testing.T) {
	st := open(t)
	var items []content.Item
	for _, slug := range []content.Slug{"norway", "norway-2"} {
		items = append(items, content.Item{Type: content.TypeNamed("Mediator"), Key: content.NamedKey("Mediator", slug), Slug: slug, Values: map[string]any{"name": "Norway", "locale": "en"}})
	}
	if _, err := st.Write(t.Context(), content.ChangeSet{Author: "editor", Reason: "UPDATE", Items: items}); err != nil {
		t.Fatal(err)
	}
	set, _ := take(t, st, "ucdp-peace-agreements", ucdpRows)
	if !slices.Contains(set.Ambiguous, `row paid 11: "Norway" could be norway or norway-2: it is left out`) {
		t.Errorf("ambiguous: %q", set.Ambiguous)
	}
	if got := read(t, st).names("agreement/ucdp-11", "mediators"); slices.Contains(got, "Norway") {
		t.Errorf("the mediators are %q", got)
	}
}

func TestOtherFiles(t *testing.T) {
	st := open(t)
	for name, c := range map[string]struct{ set, text, want string }{
		"no such set":    {"pa-x", ucdpRows, "there is no data set"},
		"another set":    {"eth-prio-ceasefires", ucdpRows, "it is another file, or another version: it has no column cc"},
		"cut off":        {"ucdp-peace-agreements", ucdpRows[:len(ucdpHeader)+120], "damaged or cut off"},
		"another coding": {"ucdp-peace-agreements", strings.Replace(ucdpRows, "Shore", "Sh\xf6re", 1), "row 2, column pa_name: this is not UTF-8"},
		"empty":          {"ucdp-peace-agreements", "", "there are no rows"},
		"header alone":   {"ucdp-peace-agreements", ucdpHeader, "there are no rows"},
	} {
		if _, err := dataset.Read(t.Context(), c.set, strings.NewReader(c.text), st); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestFormsOfSpreadsheets reads a data set as spreadsheets save it: with other delimiters, a line that names them, and other line
// ends. Its items are the same.
func TestFormsOfSpreadsheets(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(ucdpRows)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var semicolons strings.Builder
	w := csv.NewWriter(&semicolons)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	want, err := dataset.Read(t.Context(), "ucdp-peace-agreements", strings.NewReader(ucdpRows), open(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"CR":         strings.ReplaceAll(ucdpRows, "\n", "\r"),
		"CR LF":      strings.ReplaceAll(ucdpRows, "\n", "\r\n"),
		"semicolons": "\ufeff" + semicolons.String(),
		"sep":        "sep=;\r\n" + strings.ReplaceAll(semicolons.String(), "\n", "\r\n"),
		"decomposed": norm.NFD.String(ucdpRows),
	} {
		got, err := dataset.Read(t.Context(), "ucdp-peace-agreements", strings.NewReader(text), open(t))
		if err != nil || len(got.Items) != len(want.Items) {
			t.Errorf("%s: %d items, %v; want %d", name, len(got.Items), err, len(want.Items))
			continue
		}
		for i, item := range got.Items {
			if d := content.Differences(want.Items[i], item); len(d) > 0 || item.Key != want.Items[i].Key {
				t.Errorf("%s: %s differs: %v", name, item.Slug, d)
			}
		}
	}
}

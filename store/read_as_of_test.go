package store

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/content"
	"parley/store/sqlgen"
)

// revisions is how many change sets the property tests make.
var revisions = flag.Int("revisions", 5, "change sets that the tests of the past make of each kind")

// TestAtRevisionEqualsWhatWasRead makes a history of random change sets, reads all there is after each of them, and then
// holds that a view of each revision reads the same: every type, field and relation, in several orders and with several
// filters, by page in both directions.
func TestAtRevisionEqualsWhatWasRead(t *testing.T) {
	for name, view := range map[string]content.View{
		"public": {}, "staff": {Audience: content.Staff}, "translated": {Locales: []content.Locale{"ar", "fr"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			h := newHistory(11)
			h.withhold = view.Audience == content.Staff
			dumps := map[content.Revision][]string{}
			h.remove = content.Types()
			if view.Audience == content.Public {
				h.remove = nil
			}
			for range *revisions {
				_, rev := h.write(t, s)
				dumps[rev] = dump(t, s, view, 0)
			}
			for _, rev := range slices.Sorted(maps.Keys(dumps)) {
				if diff := cmp.Diff(dumps[rev], dump(t, s, view, rev)); diff != "" {
					t.Fatalf("revision %d of %d (-then +now):\n%.4000s", rev, len(dumps), diff)
				}
			}
		})
	}
}

// TestThePublicSeesOfThePastWhatItMaySeeNow holds a view of each revision against another record: one that has the same
// history up to that revision, and in which all that is out of sight now has been withheld then.
func TestThePublicSeesOfThePastWhatItMaySeeNow(t *testing.T) {
	s := open(t)
	h := newHistory(12)
	h.withhold = true
	h.remove = slices.DeleteFunc(slices.Clone(content.Types()), func(t *content.Type) bool { return t.Base == "Actor" })
	var sets []content.ChangeSet
	for range *revisions {
		set, _ := h.write(t, s)
		sets = append(sets, set)
	}
	for n := 1; n < len(sets); n++ {
		then := open(t)
		for _, set := range sets[:n] {
			if _, err := then.Write(t.Context(), set); err != nil {
				t.Fatal(err)
			}
		}
		hide := content.ChangeSet{Author: "a", Reason: "PUBLICATION"}
		for _, typ := range content.Types() {
			err := then.Items(t.Context(), 0, typ, func(item content.Item) error {
				var visible bool
				row := s.readers.QueryRow("SELECT EXISTS (SELECT 1 FROM "+sqlgen.Snake(typ.Base)+" WHERE id = $1 AND visible = 1)", int64(item.Key))
				if err := row.Scan(&visible); err != nil {
					return err
				}
				if !visible {
					item.Publication = &content.Publication{Status: content.PubWithheld}
					hide.Items = append(hide.Items, item)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := then.Write(t.Context(), hide); err != nil {
			t.Fatal(err)
		}
		want, got := dump(t, then, content.View{}, 0), dump(t, s, content.View{}, content.Revision(n))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("revision %d of %d (-all that is hidden now was never there +view):\n%.4000s", n, len(sets), diff)
		}
	}
}

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.queue.now = func() time.Time { return time.UnixMilli(1_700_000_000_000) } // revisions are a millisecond apart
	return s
}

// history makes random change sets: the first has all items, each later one changes some of them.
type history struct {
	rng      *rand.Rand
	withhold bool            // whether items come and go from public sight
	remove   []*content.Type // the types of items that are deleted
	begun    bool
	number   int
	parents  map[int]int // of talks, by their places
}

func newHistory(seed uint64) *history {
	return &history{rng: rand.New(rand.NewPCG(seed, 1)), parents: map[int]int{}}
}

// each is how many items there are of a type.
func each(name string) int {
	if name == "Event" {
		return 12
	}
	return 5
}

// write makes the next revision: change sets that are refused, since others refer to what would go, make none.
func (h *history) write(t *testing.T, s *Store) (content.ChangeSet, content.Revision) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		set := h.next()
		if rev, err := s.Write(t.Context(), set); err == nil && rev > head {
			return set, rev
		} else if head == 0 {
			t.Fatal(err)
		}
	}
	t.Fatal("every change set is refused")
	return content.ChangeSet{}, 0
}

func (h *history) next() content.ChangeSet {
	h.number++
	set := content.ChangeSet{Author: "a", Reason: "UPDATE", Note: fmt.Sprint("change ", h.number)}
	if !h.begun {
		for _, t := range content.Types() {
			for i := range each(t.Name) {
				set.Items = append(set.Items, h.item(t, i))
			}
		}
		h.begun = true
		return set
	}
	if len(h.remove) > 0 && h.rng.IntN(3) == 0 {
		t := h.remove[h.rng.IntN(len(h.remove))]
		set.Changes = []content.Change{{Op: content.Delete, Type: t, Key: h.ref(t.Name, h.rng.IntN(each(t.Name))).Key, Cascade: h.rng.IntN(2) == 0}}
		if h.rng.IntN(2) == 0 {
			return set
		}
	}
	for range 1 + h.rng.IntN(4) {
		t := content.Types()[h.rng.IntN(len(content.Types()))]
		if h.rng.IntN(3) == 0 {
			t = content.TypeNamed("Event")
		}
		set.Items = append(set.Items, h.item(t, h.rng.IntN(each(t.Name))))
	}
	return set
}

// item is what the i-th item of a type says from now on.
func (h *history) item(t *content.Type, i int) content.Item {
	slug := content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(t.Base), i))
	item := content.Item{Type: t, Key: content.NamedKey(t.Name, slug), Slug: slug, Values: map[string]any{}}
	if h.rng.IntN(4) == 0 {
		item.Slug += content.Slug(fmt.Sprintf("-%d", h.rng.IntN(3)))
	}
	for j := range t.Fields {
		f := &t.Fields[j]
		if v := h.value(f); v != nil && (f.Required || h.rng.IntN(4) > 0) {
			item.Values[f.Name] = v
		}
	}
	item.Values["locale"] = "en"
	if t.Name == "Talk" {
		delete(item.Values, "parent")
		if i > 0 && h.rng.IntN(3) > 0 {
			item.Values["parent"] = h.ref("Talk", h.rng.IntN(i))
		}
	}
	if item.Values["externalIds"] != nil {
		item.Values["externalIds"] = []map[string]any{{"scheme": "s", "value": fmt.Sprint(t.Name, i, h.rng.IntN(2))}}
	}
	if h.withhold && h.rng.IntN(4) == 0 {
		status := content.PubStatus([]string{"USABLE", "WITHHELD"}[h.rng.IntN(2)])
		item.Publication = &content.Publication{Status: status}
	}
	return item
}

func (h *history) ref(name string, i int) content.Ref {
	t := content.TypeNamed(name)
	return content.Ref{Type: name, Key: content.NamedKey(name, content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(t.Base), i)))}
}

func (h *history) words(n int) string {
	words := strings.Fields("truce corridor envoy Doha border aid hostages text phase 7 Über zeal")
	var list []string
	for range 1 + h.rng.IntN(n) {
		list = append(list, words[h.rng.IntN(len(words))])
	}
	return strings.Join(list, " ")
}

// value is any value of a field.
func (h *history) value(f *content.Field) any {
	some := func() content.Ref {
		name := f.To[h.rng.IntN(len(f.To))]
		return h.ref(name, h.rng.IntN(each(name)))
	}
	switch f.Kind {
	case content.Text, content.RichText:
		return h.words(4)
	case content.Enum:
		if f.Name == "eventKind" && h.rng.IntN(2) == 0 {
			return []string{"STATEMENT", "AGREEMENT_SIGNED", "REJECTION"}[h.rng.IntN(3)]
		}
		if f.Name == "outlook" && h.rng.IntN(2) == 0 {
			return "OPTIMISTIC"
		}
		return f.Enum[h.rng.IntN(len(f.Enum))]
	case content.Date:
		text := fmt.Sprintf("%d-%02d", 2020+h.rng.IntN(3), 1+h.rng.IntN(12))
		if h.rng.IntN(2) == 0 {
			text += fmt.Sprintf("-%02d", 1+h.rng.IntN(28))
		}
		d, err := content.ParseEDTF(text)
		if err != nil {
			panic(err)
		}
		return d.WithVerbatimIn([]string{"", h.words(1)}[h.rng.IntN(2)], []content.Locale{"", "he"}[h.rng.IntN(2)])
	case content.Bool:
		return h.rng.IntN(2) == 0
	case content.Int:
		return int64(h.rng.IntN(5))
	case content.Place:
		return map[string]any{"name": h.words(2), "translations": h.translations("name", "country")}
	case content.SingleRef:
		return some()
	case content.StringList:
		if f.Enum != nil {
			return []string{f.Enum[h.rng.IntN(len(f.Enum))]}
		}
		return []string{h.words(2), h.words(1)}
	case content.RefList:
		var list []content.Ref
		for range h.rng.IntN(4) {
			if ref := some(); !slices.Contains(list, ref) {
				list = append(list, ref)
			}
		}
		return list
	case content.JSONList, content.ChildRows:
		var list []map[string]any
		for range 1 + h.rng.IntN(3) {
			element := map[string]any{}
			for i := range f.Fields {
				element[f.Fields[i].Name] = h.value(&f.Fields[i])
			}
			switch {
			case f.Name == "translations":
				element["locale"] = []string{"ar", "fr", "he"}[h.rng.IntN(3)]
				element["text"] = []map[string]any{{"field": "title", "value": h.words(3)}, {"field": "name", "value": h.words(3)}}
			case f.HasTranslations():
				element["translations"] = h.translations("question", "answer", "title", "text", "note", "attribution")
			}
			list = append(list, element)
		}
		return list
	}
	return nil
}

// translations are the texts of an element in one language.
func (h *history) translations(fields ...string) []map[string]any {
	var texts []map[string]any
	for _, name := range fields {
		texts = append(texts, map[string]any{"field": name, "value": h.words(2)})
	}
	return []map[string]any{{"locale": []string{"ar", "fr", "he"}[h.rng.IntN(3)], "translationKind": "EDITORIAL", "text": texts}}
}

// dump reads everything at a revision, a line for each list of rows.
func dump(t *testing.T, s *Store, view content.View, at content.Revision) []string {
	t.Helper()
	var lines []string
	for _, typ := range content.Types() {
		for name, sel := range readings(typ) {
			sel.At = at
			lines = append(lines, tell(t, s, view, name, sel))
		}
	}
	for _, words := range []string{"truce", "aid -border", "corr*", `"doha text"`} {
		sel := &content.Selection{Type: content.SearchHit(), Search: &content.Search{Query: words}, Page: content.Page{Size: 100}, Rows: true, Facets: []content.Facet{content.FacetType, content.FacetYear}, At: at}
		results, _, err := s.Read(t.Context(), view, []*content.Selection{sel})
		if err != nil {
			t.Fatalf("search %s at %d: %v", words, at, err)
		}
		var found []string
		for _, row := range results[0].Lists[0].Rows {
			found = append(found, fmt.Sprint(row.Values[0], row.Values[1]))
		}
		slices.Sort(found)
		lines = append(lines, fmt.Sprint("search ", words, results[0].Lists[0].Total, results[0].Lists[0].Facets, found))
	}
	slices.Sort(lines)
	return lines
}

// tell reads a selection and writes down all that was read.
func tell(t *testing.T, s *Store, view content.View, name string, sel *content.Selection) string {
	t.Helper()
	results, _, err := s.Read(t.Context(), view, []*content.Selection{sel})
	if err != nil {
		t.Fatalf("%s at %d: %v", name, sel.At, err)
	}
	b, err := json.Marshal(results)
	if err != nil {
		t.Fatal(err)
	}
	return name + ": " + string(b)
}

// readings are the selections of a type that are compared, by name.
func readings(typ *content.Type) map[string]*content.Selection {
	full := func() *content.Selection {
		sel := &content.Selection{Type: typ, Rows: true, Total: true, Cursors: true, Page: content.Page{Size: 100}, Facets: []content.Facet{content.FacetKind, content.FacetYear}}
		for _, f := range typ.Fields {
			if f.Kind != content.RefList && f.Kind != content.ChildRows {
				sel.Add(f.Name)
			}
		}
		sel.Add("slug", "label", "revision", "createdAt", "updatedAt", "pubStatus", "embargoedUntil", "locale", "ownLocale", "untranslated")
		sel.Children = childrenOf(typ, sel)
		return sel
	}
	list := map[string]*content.Selection{typ.Name: full()}
	for i := range 2 {
		list[fmt.Sprint(typ.Name, " by slug ", i)] = func() *content.Selection {
			sel := full()
			sel.Facets, sel.Total, sel.Cursors, sel.Page = nil, false, false, content.Page{}
			sel.Slug = content.Slug(strings.ToLower(typ.Base) + "-1" + strings.Repeat("-1", i))
			return sel
		}()
	}
	short := func(change func(*content.Selection)) *content.Selection {
		sel := &content.Selection{Type: typ, Rows: true, Cursors: true, Before: true, Page: content.Page{Size: 3}, Fields: []string{"slug"}}
		change(sel)
		return sel
	}
	for _, by := range []string{"", "title", "name", "createdAt", "updatedAt", "latestEventOn", "startedOn", "occurredOn"} {
		if by == "latestEventOn" && typ.Name != "Talk" || strings.HasSuffix(by, "On") && by != "latestEventOn" && typ.Field(by) == nil || (by == "title" || by == "name") && typ.Field(by) == nil {
			continue
		}
		for _, down := range []bool{false, true} {
			for _, back := range []bool{false, true} {
				list[fmt.Sprint(typ.Name, " by ", by, down, back)] = short(func(sel *content.Selection) {
					sel.Sort, sel.Page.Backward, sel.Total = content.Sort{Field: by, Descending: down}, back, back
				})
			}
		}
	}
	for name, f := range filtersOf(typ) {
		list[typ.Name+" where "+name] = short(func(sel *content.Selection) { sel.Filter, sel.Total = f, true })
		list[typ.Name+" backwards where "+name] = short(func(sel *content.Selection) {
			sel.Filter, sel.Page.Backward, sel.Facets = f, true, []content.Facet{content.FacetStatus, content.FacetKind}
		})
	}
	return list
}

// childrenOf are the relations of a type, each as a page and some in other orders.
func childrenOf(typ *content.Type, sel *content.Selection) []*content.Selection {
	types := map[string]*content.Type{
		"children": content.TypeNamed("Talk"), "participations": content.RowType("Participation"), "provisions": content.RowType("Provision"),
	}
	for _, t := range content.Types() {
		types[t.Plural] = t
	}
	var list []*content.Selection
	for _, name := range slices.Sorted(maps.Keys(sqlgen.Relations())) {
		field, ok := strings.CutPrefix(name, typ.Name+".")
		if !ok {
			continue
		}
		of := types[field]
		fields := []string{"slug", "label", "revision"}
		if of == content.RowType("Participation") {
			fields = []string{"role", "actor", "talk", "since", "note", "locale", "ownLocale", "untranslated", "translations"}
		} else if of == content.RowType("Provision") {
			fields = []string{"title", "number", "issue", "agreement", "locale", "untranslated"}
		}
		child := func(size int, down, back, self bool) {
			list = append(list, &content.Selection{
				Key: fmt.Sprint(field, size, down, back, self), Relation: field, Type: of, Rows: true, Fields: fields, Self: self,
				Total: !back, Cursors: down, Before: back, Page: content.Page{Size: size, Backward: back}, Sort: content.Sort{Descending: down},
			})
		}
		child(2, false, false, false)
		child(2, true, true, false)
		child(0, false, false, true)
	}
	for _, f := range typ.Fields {
		for _, to := range f.To {
			if f.Kind == content.SingleRef {
				list = append(list, &content.Selection{Key: f.Name + to, Relation: f.Name, Type: content.TypeNamed(to), Rows: true, Fields: []string{"slug", "label"}})
			}
		}
	}
	switch typ.Name {
	case "Talk":
		sel.Add("process")
		list = append(list, &content.Selection{Key: "lastChange", Relation: "lastChange", Type: content.RowType("LastChange"), Rows: true})
		list = append(list, &content.Selection{Key: "trackRecord", Relation: "trackRecord", Type: content.RowType("TrackRecord"), Rows: true})
	case "Event":
		list = append(list, &content.Selection{Key: "followedBy", Relation: "followedBy", Type: content.RowType("FollowUp"), Rows: true, Fields: []string{"event"}})
	case "Source":
		for _, size := range []int{2, 100} {
			list = append(list, &content.Selection{Key: fmt.Sprint("citedBy", size), Relation: "citedBy", Type: content.RowType("Citing"), Rows: true, Total: true, Fields: []string{"node"}, Page: content.Page{Size: size}})
		}
	case "Position":
		sel.Add("supersededBy")
	case "Mediator":
		sel.Add("asParty")
	case "Party":
		sel.Add("asMediator")
	}
	return list
}

// filtersOf are some filters on a type, by name.
func filtersOf(typ *content.Type) map[string]*content.Filter {
	list := map[string]*content.Filter{
		"slug":  {Op: content.StartsWith, Field: "slug", Values: []any{strings.ToLower(typ.Base) + "-1"}},
		"older": {Op: content.AtMost, Field: "updatedAt", Values: []any{time.UnixMilli(1 << 41)}},
	}
	add := func(name string, f *content.Filter) {
		if of, _, _ := strings.Cut(f.Field, "."); typ.Field(of) != nil {
			list[name] = f
		}
	}
	add("title", &content.Filter{Op: content.Contains, Field: "title", Values: []any{"tru"}})
	add("name", &content.Filter{Op: content.Contains, Field: "name", Values: []any{"DOH"}})
	add("alias", &content.Filter{Op: content.Contains, Field: "aliases", Values: []any{"uber"}})
	add("summary", &content.Filter{Op: content.Matches, Field: "summary", Values: []any{"truce"}})
	add("body", &content.Filter{Op: content.Matches, Field: "body", Values: []any{"aid -text"}})
	add("no talk", &content.Filter{Op: content.IsNull, Field: "talk", Type: content.TypeNamed("Talk")})
	add("occurred", &content.Filter{Op: content.During, Field: "occurredOn", Span: content.Span{From: 1588291200, Until: 1604188800}})
	add("kind", &content.Filter{Op: content.In, Field: "eventKind", Values: []any{"STATEMENT", "REJECTION"}})
	add("verification", &content.Filter{Op: content.Not, Field: "verification", Of: []*content.Filter{{Op: content.In, Field: "verification", Values: []any{"CONFIRMED"}}}})
	add("mediator", &content.Filter{Op: content.Some, Field: "mediators", Type: content.TypeNamed("Mediator"), Of: []*content.Filter{{Op: content.Contains, Field: "name", Values: []any{"doh"}}}})
	add("external id", &content.Filter{Op: content.Some, Field: "externalIds", Type: content.RowType("ExternalId"), Of: []*content.Filter{{Op: content.In, Field: "value", Values: []any{typ.Name + "10", typ.Name + "21"}}}})
	if typ.Name == "Talk" {
		list["events"] = &content.Filter{Op: content.Some, Field: "events", Type: content.TypeNamed("Event"), Of: []*content.Filter{{Op: content.In, Field: "eventKind", Values: []any{"STATEMENT"}}}}
		list["mediators"] = &content.Filter{Op: content.Some, Field: "mediators", Type: content.TypeNamed("Mediator"), Of: []*content.Filter{{Op: content.StartsWith, Field: "slug", Values: []any{"actor-2"}}}}
	}
	return list
}

// TestFormerSlugsOfThePast gives a slug to one item after another and holds that it leads, at each revision, to whom it led
// then: to the one that has it, or else to the one that had it last and is still there.
func TestFormerSlugsOfThePast(t *testing.T) {
	s := openTest(t)
	sourceOf := func(slug content.Slug) content.Ref {
		c := create("Source", "x", map[string]any{"title": "A report"})
		c.Slug, c.Publication = slug, &content.Publication{Status: content.PubUsable}
		return apply(t, s, c).Refs[0]
	}
	names := map[content.Key]string{}
	led := func(view content.View, at content.Revision) string {
		t.Helper()
		sel := &content.Selection{Type: content.TypeNamed("Source"), Slug: "report", Rows: true, At: at}
		res, _, err := s.Read(t.Context(), view, []*content.Selection{sel})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range res[0].Lists {
			for _, row := range l.Rows {
				return names[row.Key]
			}
		}
		return "nothing"
	}
	first := sourceOf("report")
	names[first.Key] = "first"
	renamed := of(content.Update, first, nil)
	renamed.Slug = "old-report"
	views := map[string]content.View{"public": {}, "staff": {Audience: content.Staff}}
	then := map[string][]string{}
	for _, do := range []func(){
		func() {},
		func() { apply(t, s, renamed) },
		func() { names[sourceOf("report").Key] = "second" },
		func() {
			for key, name := range names {
				if name == "second" {
					apply(t, s, of(content.Delete, content.Ref{Type: "Source", Key: key}, nil))
				}
			}
		},
		func() { sourceOf("another") },
	} {
		do()
		for name, view := range views {
			then[name] = append(then[name], led(view, 0))
		}
	}
	if diff := cmp.Diff([]string{"first", "first", "second", "first", "first"}, then["staff"]); diff != "" {
		t.Errorf("staff, as the revisions came (-want +got):\n%s", diff)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begin := head - content.Revision(len(then["staff"])) + 1
	for i := range then["staff"] {
		if got := led(views["staff"], begin+content.Revision(i)); got != then["staff"][i] {
			t.Errorf("staff, at revision %d: %s, then %s", begin+content.Revision(i), got, then["staff"][i])
		}
		want := then["public"][i]
		if want == "second" {
			want = "first" // the other is deleted now, as if it had never been
		}
		if got := led(views["public"], begin+content.Revision(i)); got != want {
			t.Errorf("public, at revision %d: %s, want %s", begin+content.Revision(i), got, want)
		}
	}
}

// TestHiddenEventsLeaveThePast hides an event in each of the ways there are and shows it again, and holds that the public sees
// its former place only while it sees the event, and that the list of hidden events says so.
func TestHiddenEventsLeaveThePast(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	event := refs["event"]
	first := apply(t, s, of(content.Update, refs["issue"], map[string]any{"title": "Crossings"})).Revision
	apply(t, s, of(content.Update, event, map[string]any{"occurredOn": edtf(t, "2016-05-04")}))
	item, err := itemNow(t, s, content.TypeNamed("Event"), event.Key)
	if err != nil {
		t.Fatal(err)
	}
	put := func(set content.ChangeSet) {
		t.Helper()
		set.Author, set.Reason = "a", "UPDATE"
		if _, err := s.Write(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	soon := time.Now().Add(time.Hour)
	embargo := of(content.Update, event, nil)
	embargo.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: soon}
	remove := of(content.Delete, event, nil)
	remove.Cascade = true
	for _, step := range []struct {
		what   string
		do     func()
		hidden int
	}{
		{"it moved", func() {}, 0},
		{"withdrawn", func() { apply(t, s, of(content.Withdraw, event, nil)) }, 1},
		{"changed out of sight", func() { apply(t, s, of(content.Update, event, map[string]any{"occurredOn": edtf(t, "2016-05-06")})) }, 1},
		{"published again", func() { apply(t, s, of(content.Publish, event, nil)) }, 0},
		{"under an embargo", func() { apply(t, s, embargo) }, 1},
		{"lifted", func() {
			s.queue.now = func() time.Time { return soon.Add(time.Hour) }
			if _, err := s.LiftEmbargoes(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, 0},
		{"deleted", func() { apply(t, s, remove) }, 1},
		{"made again under its key", func() { put(content.ChangeSet{Items: []content.Item{item}}) }, 0},
		{"deleted once more", func() { apply(t, s, remove) }, 1},
		{"loaded under its key", func() {
			put(content.ChangeSet{Stream: func(yield func(content.Item, error) bool) {
				if yield(item, nil) {
					meetings(2*batchAhead, "Held.", nil)(yield) // so many that they are loaded in bulk
				}
			}})
		}, 0},
	} {
		step.do()
		for range 2 {
			if n := count(t, s, "SELECT COUNT(*) FROM event_hidden"); n != step.hidden {
				t.Errorf("%s: %d events are hidden, want %d", step.what, n, step.hidden)
			}
			for _, total := range []bool{true, false} {
				events := &content.Selection{Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Total: total, Page: content.Page{Size: 10}, Fields: []string{"title"}}
				talk := &content.Selection{Type: content.TypeNamed("Talk"), Keys: []content.Key{refs["process"].Key}, Rows: true, At: first, Children: []*content.Selection{events}}
				res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{talk})
				if err != nil {
					t.Fatal(err)
				}
				list := res[0].Children[0].Lists[refs["process"].Key]
				if n := len(list.Rows); n != 1-step.hidden || total && list.Total != n {
					t.Errorf("%s: the talk had %d events, %d in all; want %d", step.what, n, list.Total, 1-step.hidden)
				}
			}
			if err := s.Rebuild(t.Context()); err != nil { // says the same
				t.Fatal(err)
			}
		}
	}
	checkRecord(t, s)
}

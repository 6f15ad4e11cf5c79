package store

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/bench/data"
	"parley/content"
	"parley/store/sqlgen"
)

// TestCardsHoldColumns packs values and cuts them out again.
func TestCardsHoldColumns(t *testing.T) {
	long := strings.Repeat("Waffenruhe, \u00fcberall. ", 50)
	values := []driver.Value{int64(7), long, nil, "", "MEETING", "[4611686018427387904,12]", "[]", "slug", nil, int64(1) << 62}
	card, err := pack(values)
	if err != nil {
		t.Fatal(err)
	}
	if key := keyAt(card); key != 7 {
		t.Errorf("the key is %d", key)
	}
	rest := card[8:]
	for i, want := range values[1:] {
		part, more, err := cut(rest)
		if err != nil || (part != nil) != (want != nil) {
			t.Fatalf("value %d: %q, %v", i, part, err)
		}
		rest = more
		var got any
		switch sqlgen.CoveringColumns()[i].Form {
		case sqlgen.KeysForm:
			keys := packedKeys(part)
			got = appendKeys(nil, &keys)
			list, _ := want.(string)
			want = slices.Collect(keysIn(list))
		case sqlgen.TalkForm:
			got = int64(keyAt(part))
		default:
			if part != nil {
				got = string(part)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("value %d (-want +got):\n%s", i, diff)
		}
	}
	if part, _, err := cut(rest); part != nil || err != nil {
		t.Errorf("after its end a card has %q, %v", part, err)
	}
	for n := 8; n < len(card); n++ { // a covering row that is cut off is an error or says less: it never says anything else
		rest := card[8:n]
		for range values {
			part, more, err := cut(rest)
			if rest = more; err == nil && !bytes.Contains(card, part) {
				t.Fatalf("%d bytes of a card say %q", n, part)
			}
		}
	}
}

// TestCardsForgetWhatIsBlankedOrHidden redacts an event, whose covering row was written and written over, and withdraws it.
func TestCardsForgetWhatIsBlankedOrHidden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	refs := sample(t, s)
	event := refs["event"]
	cards := func(test string) int {
		return count(t, s, "SELECT COUNT(*) FROM event_list WHERE event_id = $1 AND "+test, int64(event.Key))
	}
	apply(t, s, of(content.Update, event, map[string]any{"title": "What Zebulon said"}))
	if n := cards("INSTR(card, CAST('Zebulon' AS BLOB)) > 0"); n != 2 {
		t.Fatalf("%d cards have the title; want 2", n)
	}
	former := func() int {
		const text = "SELECT (SELECT COUNT(*) FROM event_card_history WHERE INSTR(card, CAST('Zebulon' AS BLOB)) > 0) + (SELECT COUNT(*) FROM event_list_history WHERE INSTR(card, CAST('Zebulon' AS BLOB)) > 0)"
		return count(t, s, text)
	}
	apply(t, s, of(content.Update, event, map[string]any{"occurredOn": edtf(t, "2016-05-04")}))
	if n := former(); n != 3 {
		t.Fatalf("%d cards of a former version and of two former places have the title; want 3", n)
	}
	apply(t, s, of(content.Update, event, map[string]any{"title": "What he and Zebulon said"}))
	c := of(content.Redact, event, nil)
	c.Text = "Zebulon"
	apply(t, s, c, of(content.Update, event, map[string]any{"occurredOn": edtf(t, "2016-05-05")})) // its places end with it
	if n := cards("INSTR(card, CAST('What he and [redacted] said' AS BLOB)) > 0"); n != 2 {
		t.Errorf("%d cards have the blanked title; want 2", n)
	}
	if n := former(); n != 0 {
		t.Errorf("%d former cards still have the title", n)
	}
	apply(t, s, of(content.Withdraw, event, nil))
	if n := cards("TRUE"); n != 0 {
		t.Errorf("a withdrawn event has %d places", n)
	}
	checkRecord(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if inFile(t, path, "Zebulon") {
		t.Error("the file still holds the name")
	}
}

// TestPlacesThatEndedWithATalk reads the past of a talk that another belonged to, whose events are as they were: also where
// the places that ended have no covering row.
func TestPlacesThatEndedWithATalk(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	moved := apply(t, s, of(content.Update, refs["round"], map[string]any{"parent": nil})).Revision
	apply(t, s, of(content.Update, refs["issue"], map[string]any{"title": "Crossings"}))
	if err := s.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM event_list_history WHERE list = 1 AND card IS NULL"); n == 0 {
		t.Fatal("no place ended, or those that did have cards")
	}
	sameWithoutCards(t, s, moved-1)
	events := &content.Selection{Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Page: content.Page{Size: 10}, Fields: []string{"title"}}
	process := &content.Selection{Type: content.TypeNamed("Talk"), Keys: []content.Key{refs["process"].Key}, Rows: true, At: moved - 1, Children: []*content.Selection{events}}
	res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{process})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(res[0].Children[0].Lists[refs["process"].Key].Rows); n != 1 {
		t.Errorf("the process had %d events; want 1", n)
	}
}

// TestBrokenCard holds that a covering row which is no covering row is an error and no panic.
func TestBrokenCard(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Write(t.Context(), data.New(50).ChangeSet()); err != nil {
		t.Fatal(err)
	}
	events := &content.Selection{Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Page: content.Page{Size: 10}, Fields: cardFields()}
	talks := &content.Selection{Type: content.TypeNamed("Talk"), Slug: "talk-0", Rows: true, Children: []*content.Selection{events}}
	for _, spoilt := range []string{"NULL", "x'00'", "x'0000000000000001FF'", "x'0000000000000001206162'", "x'0000000000000001FFFFFFFFFFFFFFFFFFFF0F6162'"} {
		byHand(t, s, "UPDATE event_list SET card = "+spoilt+" WHERE list = 1")
		if _, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{talks}); !errors.Is(err, errBrokenCoveringRow) {
			t.Errorf("%s: %v", spoilt, err)
		}
	}
}

// cardFields are the fields of events that covering rows hold, but for lists.
func cardFields() []string {
	var fields []string
	for _, s := range sqlgen.CoveringColumns() {
		if s.Form != sqlgen.KeysForm && s.Form != sqlgen.VerbatimForm {
			fields = append(fields, s.Field)
		}
	}
	return append(fields, "label")
}

// sameWithoutCards reads the events of all talks, one talk at a time, from covering rows and from their rows, now or at a revision.
func sameWithoutCards(t *testing.T, s *Store, at content.Revision) {
	t.Helper()
	events := &content.Selection{Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Page: content.Page{Size: 100}, Cursors: true, Fields: cardFields()}
	for relation, child := range map[string]string{"mediators": "Mediator", "parties": "Party", "issues": "Issue"} {
		events.Children = append(events.Children, &content.Selection{Key: relation, Relation: relation, Type: content.TypeNamed(child), Rows: true, Fields: []string{"slug"}})
	}
	talks := &content.Selection{Type: content.TypeNamed("Talk"), Rows: true, Page: content.Page{Size: 100}, Fields: []string{"slug"}}
	list, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{talks})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 { // covering rows alone, and beside a total; both ways
		events.Sort = content.Sort{Field: "occurredOn", Descending: i&1 > 0}
		events.Total, events.Page.Backward = i&2 > 0, i&4 > 0
		for _, talk := range list[0].Lists[0].Rows {
			one := &content.Selection{Type: talks.Type, Keys: []content.Key{talk.Key}, Rows: true, Fields: []string{"slug"}, At: at, Children: []*content.Selection{events}}
			said := func(v content.View) (lines []string) {
				res, _, err := s.Read(t.Context(), v, []*content.Selection{one})
				if err != nil {
					t.Fatal(err)
				}
				answer := res[0].Children[0]
				lines = append(lines, strconv.Itoa(answer.Lists[talk.Key].Total))
				for _, row := range answer.Lists[talk.Key].Rows {
					lines = append(lines, fmt.Sprint(row.Key, row.Order, row.Values[:len(events.Fields)]))
					for _, child := range answer.Children {
						for _, of := range child.Lists[row.Key].Rows {
							lines = append(lines, fmt.Sprint(of.Key, of.Values[0]))
						}
					}
				}
				return lines
			}
			if diff := cmp.Diff(said(content.View{Locales: []content.Locale{"xx"}}), said(content.View{})); diff != "" {
				t.Fatalf("events of %v (-by their rows +by cards):\n%s", talk.Values[0], diff)
			}
		}
	}
}

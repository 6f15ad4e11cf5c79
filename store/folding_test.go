package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// searched returns the titles that a search finds, sorted.
func searched(t *testing.T, s *Store, query string) []string {
	t.Helper()
	var list []string
	for _, h := range highlighted(t, s, query, 0) {
		title := h[0]
		for _, mark := range []string{"<mark>", "</mark>"} {
			title = strings.ReplaceAll(title, mark, "")
		}
		list = append(list, strings.ReplaceAll(strings.ReplaceAll(title, "&#34;", `"`), "&#39;", "'"))
	}
	slices.Sort(list)
	return list
}

// highlighted returns the snippets of what a search finds, of now or of a revision, in the order of the results.
func highlighted(t *testing.T, s *Store, query string, at content.Revision) [][]string {
	t.Helper()
	sel := &content.Selection{
		Type: content.SearchHit(), Rows: true, At: at, Page: content.Page{Size: 100},
		Search: &content.Search{Query: query}, Fields: []string{"node", "score", "highlights"},
	}
	res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var list [][]string
	for _, row := range res[0].Lists[0].Rows {
		var snippets []string
		highlights, _ := row.Values[2].([]content.Highlight)
		for _, h := range highlights {
			snippets = append(snippets, h.Snippet)
		}
		list = append(list, snippets)
	}
	return list
}

// filtered returns the titles of the events that a test of their title chooses.
func filtered(t *testing.T, s *Store, op content.FilterOp, text string) []string {
	t.Helper()
	sel := &content.Selection{
		Type: content.TypeNamed("Event"), Rows: true, Fields: []string{"title"}, Page: content.Page{Size: 100},
		Filter: &content.Filter{Op: op, Field: "title", Values: []any{text}},
	}
	res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var list []string
	for _, row := range res[0].Lists[0].Rows {
		list = append(list, fmt.Sprint(row.Values[0]))
	}
	slices.Sort(list)
	return list
}

// eventsTitled makes an event of each title.
func eventsTitled(t *testing.T, titles ...string) *Store {
	t.Helper()
	s := openTest(t)
	list := []content.Change{create("Source", "s", map[string]any{"title": "S"})}
	for i, title := range titles {
		list = append(list, create("Event", strconv.Itoa(i), map[string]any{"title": title, "occurredOn": edtf(t, "2023"), "citations": cite(local("Source", "s"))}))
	}
	var published []content.Change
	for _, ref := range apply(t, s, list...).Refs {
		published = append(published, of(content.Publish, ref, nil))
	}
	apply(t, s, published...)
	return s
}

func TestSearchInTheLanguagesOfTheNegotiations(t *testing.T) {
	titles := []string{
		`דובר צה"ל על ארה"ב`, "צהל ומדינות אחרות", "محادثات الدوحة ٢٠٢٤", "گفت\u200cوگوی صلح ۲۰۲۴ در قاهره", "گفتوگۆی ئاشتی لە هەولێر", "بھارت اور مذاکرات",
		"Talks in Sana'a, 2024", "The Ṣanʿāʾ road", "Israel’s answer", "Le refus de l’accord", "The “final offer” on hostages", "final and offer",
		"双方就停火协议达成一致", "停战谈判", "ガザ停戦の協議", "ข้อตกลงหยุดยิงในฉนวนกาซา",
	}
	s := eventsTitled(t, titles...)
	for query, want := range map[string][]int{
		`צה"ל`:                {0, 1},
		`צה״ל ארה״ב`:          {0},
		`"דובר צה"ל"`:         {0},
		`צהל`:                 {0, 1},
		`-ארה"ב צה"ל`:         {1},
		"2024":                {2, 3, 6},
		"٢٠٢٤":                {2, 3, 6},
		"۲۰۲۴ صلح":            {3},
		"گفتوگوي":             {3, 4},
		"ئاشتى":               {4},
		"ههولیر":              {4},
		"بهارت":               {5},
		"sanaa":               {6},
		"Sana’a":              {6},
		"san'a":               {7},
		"Israel":              {8},
		"accord":              {9},
		"“final offer”":       {10},
		"«final offer»":       {10},
		"„final offer“":       {10},
		"final offer":         {10, 11},
		`the "final offer`:    {10},
		"停火":                  {12},
		"停":                   {12, 13, 14},
		"议":                   {12},
		"火协议达":                {12},
		"停火 一致":               {12},
		"停火谈判":                {},
		"「停戦の」":               {14},
		"ｶﾞｻﾞ":                {14},
		"หยุดยิง":             {15},
		"กาซา ข้อตกลง":        {15},
		"停*":                  {12, 13, 14},
		`quotes"after letter`: {},
	} {
		wanted := []string{}
		for _, i := range want {
			wanted = append(wanted, titles[i])
		}
		slices.Sort(wanted)
		if diff := cmp.Diff(wanted, append([]string{}, searched(t, s, query)...)); diff != "" {
			t.Errorf("%s (-want +found):\n%s", query, diff)
		}
	}
}

func TestHighlightsMarkTheOriginalText(t *testing.T) {
	s := eventsTitled(t, `דובר צה"ל הודיע`, "Straße ½ of Sana'a’s <b>", "双方就停火协议达成一致", "ใน หยุดยิง ใน", "الْمُفَاوَضَاتُ في ٢٠٢٤", "l’accord ﬁnal")
	for query, want := range map[string]string{
		"צהל":            `דובר <mark>צה&#34;ל</mark> הודיע`,
		"strasse":        "<mark>Straße</mark> ½ of Sana&#39;a’s &lt;b&gt;",
		"sanaa":          "Straße ½ of <mark>Sana&#39;a</mark>’s &lt;b&gt;",
		"停火协":            "双方就<mark>停火协</mark>议达成一致",
		"停火 火协议":         "双方就<mark>停火协议</mark>达成一致",
		"议":              "双方就停火协<mark>议</mark>达成一致",
		"致":              "双方就停火协议达成一<mark>致</mark>",
		"停火*":            "双方就<mark>停火</mark>协议达成一致",
		"หยุด":           "ใน <mark>หยุด</mark>ยิง ใน",
		"المفاوضات 2024": "<mark>الْمُفَاوَضَاتُ</mark> في <mark>٢٠٢٤</mark>",
		"accord":         "l’<mark>accord</mark> ﬁnal",
		"FINAL":          "l’accord <mark>ﬁnal</mark>",
		`"accord final"`: "l’<mark>accord ﬁnal</mark>",
	} {
		got := highlighted(t, s, query, 0)
		if len(got) != 1 || len(got[0]) != 1 || got[0][0] != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		if past := highlighted(t, s, query, 2); len(past) != 1 || past[0][0] != want {
			t.Errorf("%s, at revision 2: %q, want %q", query, past, want)
		}
	}
}

func TestFiltersFoldAsSearchesDo(t *testing.T) {
	titles := []string{`צה"ל בצפון`, "کیهان ۱۴۰۲", "Sana'a talks", "“Final” offer", "停火协议", "ข้อตกลงหยุดยิง", "Zürich"}
	s := eventsTitled(t, titles...)
	for _, c := range []struct {
		op   content.FilterOp
		text string
		want int
	}{
		{content.Contains, "צהל", 0},
		{content.StartsWith, "צה״ל", 0},
		{content.StartsWith, `צה"`, 0},
		{content.Contains, "كيهان", 1},
		{content.Contains, "1402", 1},
		{content.StartsWith, "ﻛﻴ", 1},
		{content.StartsWith, "Sanaʿa", 2},
		{content.Contains, "ANAA T", 2},
		{content.StartsWith, "final", 3},
		{content.Contains, `final" off`, 3},
		{content.Contains, "停火", 4},
		{content.Contains, "火", 4},
		{content.Contains, "火协议", 4},
		{content.StartsWith, "停", 4},
		{content.Contains, "ยุ", 5},
		{content.StartsWith, "zur", 6},
	} {
		got := filtered(t, s, c.op, c.text)
		if len(got) != 1 || got[0] != titles[c.want] {
			t.Errorf("%d %s: %q, want %q", c.op, c.text, got, titles[c.want])
		}
	}
	if got := filtered(t, s, content.In, "zürich"); got != nil {
		t.Errorf("eq finds %q by another case", got)
	}
}

// foldedRows are all rows that follow from the folding, with what the indexes find.
func foldedRows(t *testing.T, s *Store) []string {
	t.Helper()
	var list []string
	for _, text := range []string{
		"SELECT type, item_id, locale, title, aliases, sort_key FROM naming ORDER BY id",
		"SELECT type, item_id, locale, title, aliases, sort_key FROM naming_history ORDER BY 1, 2, 3, to_rev",
		"SELECT id, sort_key FROM event ORDER BY id", "SELECT id, sort_key FROM actor ORDER BY id", "SELECT id, sort_key FROM talk ORDER BY id",
		"SELECT rowid FROM search_index WHERE search_index MATCH 'sanaa' ORDER BY 1",
		"SELECT rowid FROM search_former_index WHERE search_former_index MATCH 'sanaa' ORDER BY 1",
		`SELECT rowid FROM naming_gram WHERE naming_gram MATCH '"sanaa"' ORDER BY 1`,
	} {
		list = append(list, rowsOf(t, s, text)...)
	}
	return list
}

// TestDatabasesAreFoldedAnew spoils what follows from the folding, as an older program left it, and has it made anew: by
// the migration, and by Rebuild.
func TestDatabasesAreFoldedAnew(t *testing.T) {
	s := eventsTitled(t, "Sana'a", "Other")
	party := apply(t, s, create("Party", "p", map[string]any{
		"name": "Sana'a council", "aliases": []string{"Ṣanaʿa", "صنعاء"}, "citations": cite(slugged("Source", "s")),
	})).Refs[0]
	event := content.Ref{Type: "Event"}
	if err := s.readers.QueryRow("SELECT id FROM event WHERE title = 'Sana''a'").Scan(&event.Key); err != nil {
		t.Fatal(err)
	}
	apply(t, s, of(content.Update, party, map[string]any{"aliases": []string{"Council of Sana’a"}}))
	apply(t, s, of(content.Update, event, map[string]any{"title": "Sana'a again"}))
	right := foldedRows(t, s)
	spoil := func() {
		byHand(t, s, `UPDATE naming SET title = 'x', aliases = 'y', sort_key = 'z'; INSERT INTO naming_gram (naming_gram) VALUES ('rebuild');
UPDATE naming_history SET title = 'x', aliases = 'y', sort_key = 'z'; UPDATE event SET sort_key = 'z'; UPDATE actor SET sort_key = 'z'; UPDATE talk SET sort_key = 'z';
INSERT INTO search_index (search_index) VALUES ('delete-all'); INSERT INTO search_former_index (search_former_index) VALUES ('delete-all')`)
		if cmp.Equal(right, foldedRows(t, s)) {
			t.Fatal("nothing is spoilt")
		}
	}
	spoil()
	if err := s.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(right, foldedRows(t, s)); diff != "" {
		t.Errorf("rebuilt (-before +after):\n%s", diff)
	}
	spoil()
	text, err := migrations.ReadFile("migrations/0023_folding.sql")
	if err != nil {
		t.Fatal(err)
	}
	byHand(t, s, string(text))
	if diff := cmp.Diff(right, foldedRows(t, s)); diff != "" {
		t.Errorf("migrated (-before +after):\n%s", diff)
	}
}

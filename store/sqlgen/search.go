package sqlgen

import (
	"maps"
	"slices"
	"strconv"

	"parley/content"
)

// Candidates returns the statement that finds what holds the words: first in titles, then anywhere, the newest first.
func (c *Conditions) Candidates(s *content.Search, terms []Term) (Expr, []any, error) {
	types := s.Types
	if len(types) == 0 {
		types = content.Types()
	}
	led := Reach{}
	if s.Talk != 0 {
		led = reachOf(c.arg(int64(s.Talk)), c.View.Audience)
	}
	some, quoting := make([]Expr, 0, len(types)), map[string][]Expr{} // by the expression for the name of the type
	for _, t := range types {
		condition, err := c.predicate(t, s.Filters[t.Name])
		if err != nil {
			return nil, nil, err
		}
		exists := Format("EXISTS (SELECT 1 FROM ? WHERE ?)", Source(t), All(Text("x.id = d.item_id"), Visible(t, c.View), condition))
		test := Expr(Text("d.type = '" + t.Name + "'"))
		switch {
		case c.View.At != 0:
			test = Format("? AND ?", test, exists)
		case s.Filters[t.Name] != nil:
			test = Format("? AND d.item_id IN (SELECT x.id FROM ? WHERE ?)", test, Source(t), All(Visible(t, c.View), condition))
		}
		if s.Talk != 0 {
			test = All(test, led.found(t))
		}
		some = append(some, Format("(?)", test))
		name := "d.type"
		if t.Base != t.Name {
			name = "'" + t.Name + "'"
		}
		quotes := Format("d.type = '"+t.Base+"' AND ?", exists)
		if s.Talk != 0 {
			quotes = All(quotes, led.found(t))
		}
		quoting[name] = append(quoting[name], Format("(?)", quotes))
	}
	kept := All(Format("(?)", List(" OR ", some...)), inLocale(c.View))
	if c.View.At == 0 && c.View.Audience == content.Public {
		kept = All(kept, Text("d.visible = 1"))
	}
	var scans []Expr
	for _, columns := range []string{"title", ""} {
		match := c.arg(expression(terms, columns))
		found := matchingTexts("d.type, d.item_id, d.title, d.summary, d.body, d.other", match, kept, c.View)
		if columns == "" {
			for _, name := range slices.Sorted(maps.Keys(quoting)) {
				found = append(found, quotedTexts(name, match, Format("(?)", List(" OR ", quoting[name]...)), c.View))
			}
		}
		for _, scan := range found {
			scan.Order, scan.Limit = Text("m.rowid DESC"), Text(strconv.Itoa(content.MaxHits))
			scans = append(scans, Format("SELECT * FROM (?)", Hang(scan)))
		}
	}
	return List("\nUNION ALL\n", scans...), c.Args, nil
}

// matchingTexts selects columns of the texts d that a search matches and a condition chooses: those of now, and in a view of the
// past those that were and are no more besides.
func matchingTexts(columns string, match, condition Expr, v content.View) []*Select {
	matching := func(index, table string, then Expr) *Select {
		texts := From(Table{Name: index, Alias: "m"}).with(InnerJoin, Table{Name: table, Alias: "d"}, Text("d.id = m.rowid"))
		return &Select{Cols: []Expr{Text(columns)}, From: texts, Where: All(Format("m."+index+" MATCH ?", match), then, condition)}
	}
	if v.At == 0 {
		return []*Select{matching("search_index", "search_text", nil)}
	}
	return []*Select{
		matching("search_index", "search_text", Format("d.from_rev <= ?", At{})),
		matching("search_former_index", "search_former", Format("d.from_rev <= ? AND d.to_rev > ?", At{}, At{})),
	}
}

// inLocale is the condition that a text d is in the language that is served; all of them are where none is wanted.
func inLocale(v content.View) Expr {
	if len(v.Locales) == 0 {
		return nil
	}
	column, all := "id", Expr(Text("search_text"))
	if v.At != 0 {
		column = "locale" // the texts that are no more have numbers of their own
		all = Format("(SELECT type, item_id, locale, own FROM search_text WHERE from_rev <= ?"+
			" UNION ALL SELECT type, item_id, locale, own FROM search_former WHERE from_rev <= ? AND to_rev > ?)", At{}, At{}, At{})
	}
	parts := make([]Expr, 0, len(v.Locales)+1)
	for _, locale := range append(slices.Clone(v.Locales), "") {
		is := Format("o.locale = ?", literal(string(locale)))
		if locale == "" {
			is = Text("o.own = 1")
		}
		parts = append(parts, Format("(SELECT o."+column+" FROM ? AS o WHERE o.type = d.type AND o.item_id = d.item_id AND ?)", all, is))
	}
	return Format("d."+column+" = COALESCE(?)", List(", ", parts...))
}

// matches is the test that a long text of x holds the words of a search, in the language that is served.
func (c *Conditions) matches(t *content.Type, f *content.Filter) (Expr, error) {
	if !c.rowByRow {
		keys, err := c.matching(t, f)
		return Format("x.id IN (?)", keys), err
	}
	match, kept, err := c.matched(t, f)
	return Format("EXISTS (SELECT 1 FROM search_text AS d CROSS JOIN search_index AS m ON m.rowid = d.id WHERE ?)",
		All(kept, Text("d.item_id = x.id"), Format("m.search_index MATCH ?", match))), err
}

// matching looks up the items with a long text that holds the words of a search.
func (c *Conditions) matching(t *content.Type, f *content.Filter) (Expr, error) {
	match, kept, err := c.matched(t, f)
	if err != nil {
		return nil, err
	}
	var found []Expr
	for _, texts := range matchingTexts("d.item_id", match, kept, c.View) {
		found = append(found, texts)
	}
	return List(" UNION ALL ", found...), nil
}

// matched are what the words of a text are to match, and the condition on the text d that it is the one that is served.
func (c *Conditions) matched(t *content.Type, f *content.Filter) (match, kept Expr, err error) {
	text, _ := f.Values[0].(string)
	terms, err := ParseSearch(text, f.Field+".matches")
	if err != nil {
		return nil, nil, err
	}
	column := f.Field
	if column == "description" {
		column = "summary"
	}
	locale := inLocale(c.View)
	if locale == nil {
		locale = Text("d.own = 1")
	}
	return c.arg(expression(terms, column)), All(Text("d.type = '"+t.Name+"'"), locale), nil
}

// quotedTexts returns the statement that finds quotations d that hold the words of a search, in the columns that a search reads: those of
// items of a type that a condition chooses.
func quotedTexts(typeName string, match, chosen Expr, v content.View) *Select {
	stood := Expr(Text("d.to_rev = " + strconv.FormatInt(Standing, 10)))
	if v.At != 0 {
		stood = All(Format("d.from_rev <= ?", At{}), Format("d.to_rev > ?", At{}))
	}
	var source Expr
	if v.Audience == content.Public {
		source = Format("EXISTS (SELECT 1 FROM ? WHERE s.id = d.source_id AND s.visible = 1)", Table{Name: "source", Alias: "s"})
	}
	return &Select{
		Cols:  Texts(typeName, "d.item_id", "'' AS title", "'' AS summary", "'' AS body", "d.text"),
		From:  From(Table{Name: "quotation_index", Alias: "m"}).with(InnerJoin, Table{Name: "quotation", Alias: "d"}, Text("d.id = m.rowid")),
		Where: All(Format("m.quotation_index MATCH ?", match), stood, source, chosen),
	}
}

package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
)

// search finds the items that hold the words of a search, ranks at most [content.MaxHits] of them by scorer.score, those with the words
// in their titles first, and reads what hangs from the page.
func (r *reader) search(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	terms, err := parseSearch(sel.Search.Query, "query")
	if err != nil {
		return nil, err
	}
	text, args, err := r.candidates(ctx, sel.Search, terms)
	if err != nil {
		return nil, err
	}
	hits, scores := map[content.Ref]hit{}, scorer{terms: terms}
	err = r.query(ctx, text, args, func(row *row) error {
		var ref content.Ref
		var d document
		if err := row.Scan(&ref.Type, &ref.Key, &d[0], &d[1], &d[2], &d[3]); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		have, found := hits[ref]
		if found && have.text == d { // it was found in its title already
			return nil
		}
		if h := (hit{ref, scores.score(d), d}); !found || h.score > have.score {
			hits[ref] = h
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	best := ranked(hits)
	l := pageOf(best, sel, terms)
	if l.Facets, err = r.searchFacets(ctx, best, sel.Facets); err != nil {
		return nil, err
	}
	res := &content.Result{Lists: map[content.Key]*content.List{0: l}}
	return res, r.children(ctx, sel, res)
}

// hit is a candidate with its score.
type hit struct {
	ref   content.Ref
	score float64
	text  document
}

// ranked returns the best hits first, and those of one score by type and key, so that the same search on the same record
// gives the same order.
func ranked(hits map[content.Ref]hit) []hit {
	list := make([]hit, 0, len(hits))
	for _, h := range hits {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.ref.Type, b.ref.Type), cmp.Compare(a.ref.Key, b.ref.Key))
	})
	return list[:min(len(list), content.MaxHits)]
}

// pageOf makes the page with its highlights.
func pageOf(list []hit, sel *content.Selection, terms []term) *content.List {
	from := min(sel.Search.After, len(list))
	until := min(from+sel.Page.Size, len(list))
	l := &content.List{Total: len(list), HasPrevious: from > 0, HasNext: until < len(list)}
	for i, h := range list[from:until] {
		l.Rows = append(l.Rows, content.Row{
			Key: content.Key(from + i + 1), Order: []any{int64(from + i + 1)},
			Values: []any{h.ref, h.score, h.text.highlights(terms)},
		})
	}
	return l
}

// candidates writes the statement that finds what holds the words: first in titles, then anywhere, the newest first.
func (r *reader) candidates(ctx context.Context, s *content.Search, terms []term) (string, []any, error) {
	c := r.conditions(ctx, nil)
	types := s.Types
	if len(types) == 0 {
		types = content.Types()
	}
	led := reach{}
	if s.Talk != 0 {
		led = reachOf(c.arg(int64(s.Talk)), r.view.Audience)
	}
	some, quoting := make([]string, 0, len(types)), map[string][]string{} // by the expression for the name of the type
	for _, t := range types {
		condition, err := c.predicate(t, s.Filters[t.Name])
		if err != nil {
			return "", nil, err
		}
		text := "d.type = '" + t.Name + "'"
		switch {
		case r.view.At != 0:
			text += " AND EXISTS (SELECT 1 FROM " + source(t) + " WHERE " + where("x.id = d.item_id", visible(t, r.view), condition) + ")"
		case s.Filters[t.Name] != nil:
			text += " AND d.item_id IN (SELECT x.id FROM " + source(t) + " WHERE " + where(visible(t, r.view), condition) + ")"
		}
		if s.Talk != 0 {
			text = where(text, led.found(t))
		}
		some = append(some, "("+text+")")
		name := "d.type"
		if t.Base != t.Name {
			name = "'" + t.Name + "'"
		}
		quotes := "d.type = '" + t.Base + "' AND EXISTS (SELECT 1 FROM " + source(t) + " WHERE " + where("x.id = d.item_id", visible(t, r.view), condition) + ")"
		if s.Talk != 0 {
			quotes = where(quotes, led.found(t))
		}
		quoting[name] = append(quoting[name], "("+quotes+")")
	}
	kept := where("("+strings.Join(some, " OR ")+")", inLocale(r.view))
	if r.view.At == 0 && r.view.Audience == content.Public {
		kept = where(kept, "d.visible = 1")
	}
	var walks []string
	for _, columns := range []string{"title", ""} {
		match := c.arg(expression(terms, columns))
		texts := matchingTexts("d.type, d.item_id, d.title, d.summary, d.body, d.other", match, kept, r.view)
		if columns == "" {
			for _, name := range slices.Sorted(maps.Keys(quoting)) {
				texts = append(texts, r.quoted(name, match, "("+strings.Join(quoting[name], " OR ")+")"))
			}
		}
		for _, text := range texts {
			walks = append(walks, "SELECT * FROM ("+indent(text + fmt.Sprintf("\nORDER BY m.rowid DESC\nLIMIT %d", content.MaxHits))[3:]+")")
		}
	}
	return strings.Join(walks, "\nUNION ALL\n"), c.args, nil
}

// matchingTexts selects columns of the texts d that a search matches and a condition chooses: those of now, and in a view of the
// past those that were and are no more besides.
func matchingTexts(columns, match, condition string, v content.View) []string {
	from := func(index, table, then string) string {
		return "SELECT " + columns + "\nFROM " + index + " AS m JOIN " + table + " AS d ON d.id = m.rowid\nWHERE " +
			where("m."+index+" MATCH "+match, then, condition)
	}
	if v.At == 0 {
		return []string{from("search_index", "search_text", "")}
	}
	return []string{
		from("search_index", "search_text", "d.from_rev <= "+atMark),
		from("search_former_index", "search_former", "d.from_rev <= "+atMark+" AND d.to_rev > "+atMark),
	}
}

// inLocale is the condition that a text d is in the language that is served; all of them are where none is wanted.
func inLocale(v content.View) string {
	if len(v.Locales) == 0 {
		return ""
	}
	column, all := "id", "search_text"
	if v.At != 0 {
		column = "locale" // the texts that are no more have numbers of their own
		all = "(SELECT type, item_id, locale, own FROM search_text WHERE from_rev <= " + atMark +
			" UNION ALL SELECT type, item_id, locale, own FROM search_former WHERE from_rev <= " + atMark + " AND to_rev > " + atMark + ")"
	}
	parts := make([]string, 0, len(v.Locales)+1)
	for _, locale := range append(slices.Clone(v.Locales), "") {
		is := "o.locale = '" + strings.ReplaceAll(string(locale), "'", "''") + "'"
		if locale == "" {
			is = "o.own = 1"
		}
		parts = append(parts, "(SELECT o."+column+" FROM "+all+" AS o WHERE o.type = d.type AND o.item_id = d.item_id AND "+is+")")
	}
	return "d." + column + " = COALESCE(" + strings.Join(parts, ", ") + ")"
}

// matches is the test that a long text of x holds the words of a search, in the language that is served.
func (c *conditions) matches(t *content.Type, f *content.Filter) (string, error) {
	if !c.rowByRow {
		keys, err := c.matching(t, f)
		return "x.id IN (" + keys + ")", err
	}
	match, kept, err := c.matched(t, f)
	return "EXISTS (SELECT 1 FROM search_text AS d CROSS JOIN search_index AS m ON m.rowid = d.id WHERE " +
		where(kept, "d.item_id = x.id", "m.search_index MATCH "+match) + ")", err
}

// matching looks up the items with a long text that holds the words of a search.
func (c *conditions) matching(t *content.Type, f *content.Filter) (string, error) {
	match, kept, err := c.matched(t, f)
	return strings.Join(matchingTexts("d.item_id", match, kept, c.view), " UNION ALL "), err
}

// matched are what the words of a text are to match, and the condition on the text d that it is the one that is served.
func (c *conditions) matched(t *content.Type, f *content.Filter) (match, kept string, err error) {
	text, _ := f.Values[0].(string)
	terms, err := parseSearch(text, f.Field+".matches")
	if err != nil {
		return "", "", err
	}
	column := f.Field
	if column == "description" {
		column = "summary"
	}
	locale := inLocale(c.view)
	if locale == "" {
		locale = "d.own = 1"
	}
	return c.arg(expression(terms, column)), where("d.type = '"+t.Name+"'", locale), nil
}

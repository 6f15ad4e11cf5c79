package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// search finds the items that hold the words of a search, ranks at most [content.MaxHits] of them, those with the words
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
	hits := map[content.Ref]hit{}
	err = r.query(ctx, text, args, func(row *row) error {
		var ref content.Ref
		var d document
		if err := row.Scan(&ref.Type, &ref.Key, &d[0], &d[1], &d[2], &d[3]); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if h := (hit{ref, d.score(terms), d}); h.score > hits[ref].score || hits[ref].ref.Key == 0 {
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
	c := &conditions{view: r.view, count: r.counter(ctx), residual: r.store.residual}
	types := s.Types
	if len(types) == 0 {
		types = content.Types()
	}
	some := make([]string, 0, len(types))
	for _, t := range types {
		text := "d.type = '" + t.Name + "'"
		if f := s.Filters[t.Name]; f != nil {
			condition, err := c.write(t, f)
			if err != nil {
				return "", nil, err
			}
			text += " AND d.item_id IN (SELECT x.id FROM " + source(t) + " WHERE " + where(visible(t, r.view), condition) + ")"
		}
		some = append(some, "("+text+")")
	}
	kept := []string{"(" + strings.Join(some, " OR ") + ")", inLocale("d", r.view)}
	if r.view.Audience == content.Public {
		kept = append(kept, "d.visible = 1")
	}
	walk := func(columns string) string {
		return "SELECT * FROM (SELECT d.type, d.item_id, d.title, d.summary, d.body, d.other\n  FROM search_index AS m JOIN search_text AS d ON d.id = m.rowid\n  WHERE " +
			where(append([]string{"m.search_index MATCH " + c.arg(expression(terms, columns))}, kept...)...) +
			fmt.Sprintf("\n  ORDER BY m.rowid DESC\n  LIMIT %d)", content.MaxHits)
	}
	return walk("title") + "\nUNION ALL\n" + walk(""), c.args, nil
}

// inLocale is the condition that a row of search_text is in the language that is served; all of them are where none is
// wanted.
func inLocale(d string, v content.View) string {
	if len(v.Locales) == 0 {
		return ""
	}
	parts := make([]string, 0, len(v.Locales)+1)
	for _, locale := range append(slices.Clone(v.Locales), "") {
		is := "o.locale = '" + strings.ReplaceAll(string(locale), "'", "''") + "'"
		if locale == "" {
			is = "o.own = 1"
		}
		parts = append(parts, "(SELECT o.id FROM search_text AS o WHERE o.type = "+d+".type AND o.item_id = "+d+".item_id AND "+is+")")
	}
	return d + ".id = COALESCE(" + strings.Join(parts, ", ") + ")"
}

// matches is the test that a long text of x holds the words of a search, in the language that is served.
func (c *conditions) matches(t *content.Type, f *content.Filter) (string, error) {
	keys, err := c.matching(t, f)
	if c.one {
		return "EXISTS (" + keys + " AND d.item_id = x.id)", err
	}
	return "x.id IN (" + keys + ")", err
}

// matching looks up the items with a long text that holds the words of a search.
func (c *conditions) matching(t *content.Type, f *content.Filter) (string, error) {
	text, _ := f.Values[0].(string)
	terms, err := parseSearch(text, f.Field+".matches")
	if err != nil {
		return "", err
	}
	column := f.Field
	if column == "description" {
		column = "summary"
	}
	locale := inLocale("d", c.view)
	if locale == "" {
		locale = "d.own = 1"
	}
	return "SELECT d.item_id FROM search_index AS m JOIN search_text AS d ON d.id = m.rowid WHERE " +
		where("m.search_index MATCH "+c.arg(expression(terms, column)), "d.type = '"+t.Name+"'", locale), nil
}

package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// bytesPerTest is how many bytes of text take as long to score as a row takes to test: 4 KiB cost as much as an object, as in an answer.
const bytesPerTest = 40

// search finds the items that hold the words of a search, ranks at most [content.MaxHits] of them by scorer.score, those with the words
// in their titles first, and reads what hangs from the page.
func (r *reader) search(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	terms, err := sqlgen.ParseSearch(sel.Search.Query, "query")
	if err != nil {
		return nil, err
	}
	statement, args, err := r.conditions(ctx, nil).Candidates(sel.Search, terms)
	if err != nil {
		return nil, err
	}
	hits, scores, scored := map[content.Ref]hit{}, scorer{terms: terms}, 0
	err = r.query(ctx, statement, args, func(row *row) error {
		var ref content.Ref
		var d document
		if err := row.Scan(&ref.Type, &ref.Key, &d[0], &d[1], &d[2], &d[3]); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		have, found := hits[ref]
		if found && have.text == d { // it was found in its title already
			return nil
		}
		for _, text := range d {
			scored += len(text)
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
	res := &content.Result{Lists: map[content.Key]*content.List{0: l}, Tested: scored / bytesPerTest}
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
func pageOf(list []hit, sel *content.Selection, terms []sqlgen.Term) *content.List {
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

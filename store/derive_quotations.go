package store

import (
	"context"
	"fmt"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// The table quotation keeps the words that items quote from sources apart from the other texts of the items, since readers find
// them only where they see the source, now and in views of the past. Like citation, it follows from the columns citations. The
// quotations of participations are not searched: who does not see an actor sees nothing of its part either.

// quoting are the tables whose quotations are searched, by the table of the items.
func quoting() map[string][]string {
	tables := citing()
	tables[content.TreeType().Name] = slices.DeleteFunc(tables[content.TreeType().Name], func(table string) bool { return table == "talk_participations" })
	return tables
}

// quotations selects which items quote which words from which sources as it follows from the rows that a condition chooses, now
// and before: source_id, type, item_id, text, from_rev and to_rev, one row for each time without a gap.
func quotations(of func(table, key string) (condition string, ok bool)) string {
	return withoutGaps(times(quoting(), "json_extract(c.value, '$.quote')", of), "source_id", "type", "item_id", "text")
}

// quote is a text that an item quotes from a source.
type quote struct {
	source content.Key
	text   string
	words  string // as searches look for them, once they are wanted
}

// quotesOf are the quotations of an item, each once.
func quotesOf(item content.Item) []quote {
	var list []quote
	add := func(v any) {
		citations, _ := v.([]map[string]any)
		for _, c := range citations {
			ref, _ := c["source"].(content.Ref)
			text, _ := c["quote"].(string)
			if q := (quote{source: ref.Key, text: text}); ref.Key != 0 && text != "" && !slices.Contains(list, q) {
				list = append(list, q)
			}
		}
	}
	add(item.Values["citations"])
	for i := range item.Type.Fields {
		if f := &item.Type.Fields[i]; f.Kind == content.ChildRows && slices.Contains(quoting()[item.Type.Base], sqlgen.RowTable(item.Type, f)) {
			rows, _ := item.Values[f.Name].([]map[string]any)
			for _, row := range rows {
				add(row["citations"])
			}
		}
	}
	return list
}

// quotePlan is what an item quotes no longer, by the numbers of the rows, and what it quotes from now on.
type quotePlan struct {
	gone []int64
	come []quote
}

// planQuotes compares what an item quotes with what it quoted before, before anything of it is written.
func (w *writer) planQuotes(ctx context.Context, item *prepared, existed bool) error {
	come := quotesOf(item.Item)
	if existed {
		gone, err := w.formerQuotes(ctx, item.Type.Base, int64(item.Key), func(q quote) bool {
			i := slices.Index(come, q)
			if i >= 0 {
				come = slices.Delete(come, i, i+1)
			}
			return i >= 0
		})
		if err != nil {
			return err
		}
		item.quotes.gone = gone
	}
	var err error
	for i := range come {
		if come[i].words, err = w.texts.words(come[i].text); err != nil {
			return err
		}
	}
	item.quotes.come = come
	return nil
}

// quote keeps what an item quotes, as it is planned; the words that it quotes no longer are found in the past.
func (w *writer) quote(ctx context.Context, item *prepared) error {
	if err := w.endQuotes(ctx, item.quotes.gone); err != nil {
		return err
	}
	for _, q := range item.quotes.come {
		const insert = "INSERT INTO quotation (type, item_id, source_id, text, from_rev, to_rev) VALUES ($1, $2, $3, $4, $5, $6)"
		res, err := w.exec(ctx, insert, item.Type.Base, int64(item.Key), int64(q.source), q.text, w.rev, int64(sqlgen.Standing))
		if err != nil {
			return fmt.Errorf("store a quotation: %w", err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return fmt.Errorf("number a quotation: %w", err)
		}
		if err := w.indexQuote(ctx, id, q.words); err != nil {
			return err
		}
	}
	return nil
}

// indexQuote lists the folded words of a quotation under its number.
func (w *writer) indexQuote(ctx context.Context, id int64, words string) error {
	if _, err := w.exec(ctx, "INSERT INTO quotation_index (rowid, text) VALUES ($1, $2)", id, words); err != nil {
		return fmt.Errorf("index a quotation: %w", err)
	}
	return nil
}

// formerQuotes returns the numbers of the quotations of an item that a function does not want to stay.
func (w *writer) formerQuotes(ctx context.Context, typeName string, key int64, stays func(quote) bool) ([]int64, error) {
	var gone []int64
	const read = "SELECT id, source_id, text FROM quotation WHERE type = $1 AND item_id = $2 AND to_rev = $3"
	err := w.query(ctx, read, []any{typeName, key, int64(sqlgen.Standing)}, func(row *row) error {
		var id int64
		var q quote
		err := row.Scan(&id, &q.source, &q.text)
		if !stays(q) {
			gone = append(gone, id)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the quotations: %w", err)
	}
	return gone, nil
}

// endQuotes ends quotations.
func (w *writer) endQuotes(ctx context.Context, gone []int64) error {
	if len(gone) == 0 {
		return nil
	}
	for _, text := range []string{ // those of this very revision were never there
		"DELETE FROM quotation_index WHERE rowid IN (SELECT id FROM quotation WHERE id IN (SELECT value FROM json_each($1)) AND from_rev = $2)",
		"DELETE FROM quotation WHERE id IN (SELECT value FROM json_each($1)) AND from_rev = $2",
		"UPDATE quotation SET to_rev = $2 WHERE id IN (SELECT value FROM json_each($1))",
	} {
		if _, err := w.exec(ctx, text, jsonList(gone), w.rev); err != nil {
			return fmt.Errorf("end quotations: %w", err)
		}
	}
	return nil
}

// requote derives what all items quote, now and before; or what one item does.
func (w *writer) requote(ctx context.Context, item *content.Item) error {
	of, rows, args := "TRUE", whole, []any{}
	if item != nil {
		of, args = "type = $2 AND item_id = $1", []any{int64(item.Key), item.Type.Base}
		rows = ofItem(quoting()[item.Type.Base])
	}
	for _, text := range []string{
		"DELETE FROM quotation_index WHERE rowid IN (SELECT id FROM quotation WHERE " + of + ")",
		"DELETE FROM quotation WHERE " + of,
		"INSERT INTO quotation (source_id, type, item_id, text, from_rev, to_rev)\nSELECT * FROM (" + indent(quotations(rows)) + ")",
	} {
		if _, err := w.exec(ctx, text, args...); err != nil {
			return fmt.Errorf("derive quotations: %w", err)
		}
	}
	if err := w.indexQuotes(ctx, item, of, args); err != nil {
		return err
	}
	// The words leave the file of the index once its parts are merged.
	if _, err := w.exec(ctx, "INSERT INTO quotation_index (quotation_index) VALUES ('optimize')"); err != nil {
		return fmt.Errorf("merge quotation_index: %w", err)
	}
	return nil
}

// indexQuotes lists the words of the quotations that a condition chooses: of all at once, or of one item.
func (w *writer) indexQuotes(ctx context.Context, item *content.Item, of string, args []any) error {
	if item == nil {
		const all = "INSERT INTO quotation_index (rowid, text) SELECT id, fold_words(text) FROM quotation"
		if _, err := w.exec(ctx, all); err != nil {
			return fmt.Errorf("index quotations: %w", err)
		}
		return nil
	}
	ids, texts := []int64{}, []string{}
	err := w.query(ctx, "SELECT id, text FROM quotation WHERE "+of, args, func(row *row) error {
		var id int64
		var text string
		err := row.Scan(&id, &text)
		ids, texts = append(ids, id), append(texts, text)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the quotations: %w", err)
	}
	for i, id := range ids {
		words, err := w.texts.words(texts[i])
		if err != nil {
			return err
		}
		if err := w.indexQuote(ctx, id, words); err != nil {
			return err
		}
	}
	return nil
}

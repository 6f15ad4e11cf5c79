package store

import (
	"context"
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// interval is the time for which a row of an item held: from one revision up to another, which ended it.
type interval struct{ from, to content.Revision }

// reindexItem derives the index entries of an item again from its rows, also those of the past: no others remain.
func (w *writer) reindexItem(ctx context.Context, item content.Item) error {
	if err := w.dropIndexEntries(ctx, item); err != nil {
		return err
	}
	var versions []interval
	text := "SELECT from_rev, to_rev FROM " + sqlgen.Snake(item.Type.Base) + "_history WHERE id = $1 ORDER BY to_rev"
	err := w.query(ctx, text, []any{int64(item.Key)}, func(row *row) error {
		var v interval
		err := row.Scan(&v.from, &v.to)
		versions = append(versions, v)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the former rows: %w", err)
	}
	for _, v := range versions {
		if err := w.indexFormerVersions(ctx, item, v); err != nil {
			return err
		}
	}
	p, err := prepare(item, w.texts)
	if err != nil {
		return err
	}
	if err := w.addNames(ctx, item, p.names); err != nil {
		return err
	}
	if key := p.sortKey(); key != nil {
		if err := w.update(ctx, sqlgen.Snake(item.Type.Base), "id = $1", []any{int64(item.Key)}, key); err != nil {
			return err
		}
	}
	if err := w.planTexts(ctx, p, false); err != nil {
		return err
	}
	return w.index(ctx, p, false, item.Publication.Status == content.PubUsable && item.Publication.EmbargoedUntil.IsZero())
}

// reidentify derives the identifiers of an item again from its row; those of the past are forgotten.
func (w *writer) reidentify(ctx context.Context, item content.Item) error {
	for _, name := range sqlgen.CapacitiesOf(item.Type) {
		for _, table := range []string{"external_id", "external_id_history"} {
			if _, err := w.exec(ctx, "DELETE FROM "+table+" WHERE type = $1 AND item_id = $2", name, int64(item.Key)); err != nil {
				return fmt.Errorf("delete external ids: %w", err)
			}
		}
	}
	return w.identify(ctx, item, false)
}

// dropIndexEntries removes all that an item is or was found by.
func (w *writer) dropIndexEntries(ctx context.Context, item content.Item) error {
	ids, err := w.nameIDs(ctx, item.Type.Base, int64(item.Key))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := w.deleteNames(ctx, id); err != nil {
			return err
		}
	}
	key := int64(item.Key)
	if _, err := w.exec(ctx, "DELETE FROM naming_history WHERE type = $1 AND item_id = $2", item.Type.Base, key); err != nil {
		return fmt.Errorf("remove former names: %w", err)
	}
	for _, name := range sqlgen.CapacitiesOf(item.Type) {
		for _, text := range []string{
			"DELETE FROM search_index WHERE rowid IN (SELECT id FROM search_text WHERE type = $1 AND item_id = $2)",
			"DELETE FROM search_text WHERE type = $1 AND item_id = $2",
			"DELETE FROM search_former_index WHERE rowid IN (SELECT id FROM search_former WHERE type = $1 AND item_id = $2)",
			"DELETE FROM search_former WHERE type = $1 AND item_id = $2",
		} {
			if _, err := w.exec(ctx, text, name, key); err != nil {
				return fmt.Errorf("remove the index entries of the item: %w", err)
			}
		}
	}
	// The words leave the files of the indexes once their parts are merged.
	for _, index := range []string{"search_index", "search_former_index", "naming_gram", "quotation_index"} {
		if _, err := w.exec(ctx, "INSERT INTO "+index+" ("+index+") VALUES ('optimize')"); err != nil {
			return fmt.Errorf("merge %s: %w", index, err)
		}
	}
	return nil
}

// indexFormerVersions writes the index entries of an item for the revisions of one of its former rows.
func (w *writer) indexFormerVersions(ctx context.Context, item content.Item, v interval) error {
	named := false
	for _, name := range sqlgen.CapacitiesOf(item.Type) {
		page, err := wholeItems(ctx, w.query, v.from, content.TypeNamed(name), "x.id = $2", int64(item.Key))
		if err != nil {
			return err
		}
		if len(page) == 0 {
			continue
		}
		if !named {
			if err := w.nameFormer(ctx, page[0], v); err != nil {
				return err
			}
			named = true
		}
		if err := w.indexFormer(ctx, page[0], v); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) nameFormer(ctx context.Context, item content.Item, v interval) error {
	list, err := names(item, w.texts)
	if err != nil {
		return err
	}
	for _, n := range list {
		const insert = `INSERT INTO naming_history (type, item_id, locale, text, sort_key, title, aliases, from_rev, to_rev)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
		_, err := w.exec(ctx, insert, item.Type.Base, int64(item.Key), n.locale, n.text, n.key, n.title, n.aliases,
			int64(v.from), int64(v.to))
		if err != nil {
			return fmt.Errorf("store a former name: %w", err)
		}
	}
	return nil
}

func (w *writer) indexFormer(ctx context.Context, item content.Item, v interval) error {
	list, err := wordings(item, w.texts)
	if err != nil {
		return err
	}
	for i, x := range list {
		words, err := x.text.words(w.texts)
		if err != nil {
			return err
		}
		const insert = `INSERT INTO search_former (type, item_id, locale, own, title, summary, body, other, from_rev, to_rev)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
		d := x.text
		res, err := w.exec(ctx, insert, item.Type.Name, int64(item.Key), x.locale, i == 0, d[0], d[1], d[2], d[3], int64(v.from), int64(v.to))
		if err != nil {
			return fmt.Errorf("store a former text: %w", err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return fmt.Errorf("number a former text: %w", err)
		}
		if err := w.indexWords(ctx, "search_former_index", id, *words); err != nil {
			return err
		}
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// itemName is a name of an item in one language.
type itemName struct {
	locale, text string
	// key is what it sorts by, title and aliases are folded: one alias a line.
	key, title, aliases string
}

// names returns what an item is called in its own language, and in those that it is translated into.
func names(item content.Item, texts *derivedTexts) ([]itemName, error) {
	field := item.Type.Title()
	if field == "" {
		return nil, nil
	}
	text := func(name string) string { s, _ := item.Values[name].(string); return s }
	others, _ := item.Values["aliases"].([]string)
	aliases, err := foldLines(others, texts)
	if err != nil {
		return nil, err
	}
	list := []itemName{{locale: text("locale"), text: text(field), aliases: aliases}}
	translations, _ := item.Values["translations"].([]map[string]any)
	for _, t := range translations {
		locale, _ := t["locale"].(string)
		n := itemName{locale: locale, text: list[0].text, aliases: aliases}
		fields, _ := t["text"].([]map[string]any)
		for _, f := range fields {
			if v, ok := f["value"].(string); ok && f["field"] == field {
				n.text = v
			}
		}
		if locale != list[0].locale {
			list = append(list, n)
		}
	}
	for i, n := range list {
		if list[i].key, err = texts.of(derivation{form: sortKey, text: n.text, by: n.locale}); err != nil {
			return nil, err
		}
		if list[i].title, err = texts.of(derivation{form: foldedName, text: n.text}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// name writes the names of an item, for order and for filters. Its former names go to the history.
func (w *writer) name(ctx context.Context, item *prepared, existed bool) error {
	list := item.names
	if list == nil {
		return nil
	}
	if existed {
		var err error
		if list, err = w.rename(ctx, item, list); err != nil {
			return err
		}
	}
	return w.addNames(ctx, item.Item, list)
}

// addNames keeps names that are not there yet.
func (w *writer) addNames(ctx context.Context, item content.Item, list []itemName) error {
	table, key := item.Type.Base, int64(item.Key)
	for _, n := range list {
		const insert = `INSERT INTO naming (type, item_id, locale, text, sort_key, title, aliases, from_rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`
		res, err := w.exec(ctx, insert, table, key, n.locale, n.text, n.key, n.title, n.aliases, w.rev)
		if err != nil {
			return fmt.Errorf("store the name in %q: %w", n.locale, err)
		}
		added, err := res.RowsAffected()
		if err != nil {
			return fmt.Errorf("store the name in %q: %w", n.locale, err)
		}
		if added == 0 { // the language is there twice
			continue
		}
		id, err := res.LastInsertId()
		if err != nil {
			return fmt.Errorf("number the name: %w", err)
		}
		const index = "INSERT INTO naming_gram (rowid, title, aliases) VALUES (?, ?, ?)"
		if _, err := w.exec(ctx, index, id, n.title, n.aliases); err != nil {
			return fmt.Errorf("index the name in %q: %w", n.locale, err)
		}
	}
	return nil
}

// rename forgets the names that are not those of the list, and returns those that are still to be kept. The own row
// follows the own name.
func (w *writer) rename(ctx context.Context, item *prepared, list []itemName) ([]itemName, error) {
	list = slices.Clone(list)
	var gone []int64
	const read = "SELECT id, locale, text, title, aliases FROM naming WHERE type = $1 AND item_id = $2"
	err := w.query(ctx, read, []any{item.Type.Base, int64(item.Key)}, func(row *row) error {
		var id int64
		var was itemName
		var title, aliases string
		if err := row.Scan(&id, &was.locale, &was.text, &title, &aliases); err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(n itemName) bool {
			return n.locale == was.locale && n.text == was.text && n.aliases == aliases
		})
		if at < 0 {
			gone = append(gone, id)
		} else {
			list = slices.Delete(list, at, at+1)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the names: %w", err)
	}
	for _, id := range gone {
		if err := w.deleteNames(ctx, id); err != nil {
			return nil, err
		}
	}
	if _, err := w.exec(ctx, "UPDATE "+sqlgen.Snake(item.Type.Base)+" SET sort_key = $1 WHERE id = $2", item.names[0].key, int64(item.Key)); err != nil {
		return nil, fmt.Errorf("store the sort key: %w", err)
	}
	return list, nil
}

// nameIDs returns the numbers of the names of a row.
func (w *writer) nameIDs(ctx context.Context, table string, key int64) ([]int64, error) {
	var list []int64
	err := w.query(ctx, "SELECT id FROM naming WHERE type = $1 AND item_id = $2", []any{table, key}, func(row *row) error {
		var id int64
		err := row.Scan(&id)
		list = append(list, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the names: %w", err)
	}
	return list, nil
}

// deleteNames forgets one name.
func (w *writer) deleteNames(ctx context.Context, id int64) error {
	const forget = "INSERT INTO naming_gram (naming_gram, rowid, title, aliases) SELECT 'delete', id, title, aliases FROM naming WHERE id = $1"
	if _, err := w.exec(ctx, forget, id); err != nil {
		return fmt.Errorf("forget a name: %w", err)
	}
	return w.archiveAndDelete(ctx, "naming", "id = $1", id)
}

// foldLines folds names and writes each on a line.
func foldLines(list []string, texts *derivedTexts) (string, error) {
	lines := make([]string, len(list))
	var err error
	for i, l := range list {
		if lines[i], err = texts.of(derivation{form: foldedName, text: l}); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

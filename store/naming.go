package store

import (
	"context"
	"fmt"
	"strings"

	"parley/content"
	"parley/internal/fold"
)

// naming is what an item is called in one language.
type naming struct {
	locale, text, aliases string
}

// names returns what an item is called in its own language, and in those that it is translated into.
func names(item content.Item) []naming {
	field := titleOf(item.Type)
	if field == "" {
		return nil
	}
	text := func(name string) string { s, _ := item.Values[name].(string); return s }
	others, _ := item.Values["aliases"].([]string)
	aliases := strings.Join(others, "\n")
	list := []naming{{locale: text("locale"), text: text(field), aliases: aliases}}
	translations, _ := item.Values["translations"].([]map[string]any)
	for _, t := range translations {
		locale, _ := t["locale"].(string)
		n := naming{locale: locale, text: list[0].text, aliases: aliases}
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
	return list
}

// titleOf is the field that names the items of a type, or empty where none does.
func titleOf(t *content.Type) string {
	for _, f := range []string{"title", "name"} {
		if t.Field(f) != nil {
			return f
		}
	}
	return ""
}

// name keeps what an item is called, for order and for filters.
func (w *writer) name(ctx context.Context, item content.Item) error {
	list := names(item)
	if list == nil {
		return nil
	}
	table, key := item.Type.Table, int64(item.Key)
	if !w.fresh {
		if err := w.unname(ctx, table, key); err != nil {
			return err
		}
	}
	for _, n := range list {
		const insert = `INSERT INTO naming (type, item_id, locale, text, sort_key, title, aliases) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING`
		_, err := w.exec(ctx, insert, table, key, n.locale, n.text, fold.Key(n.locale, n.text), fold.Text(n.text), foldLines(n.aliases))
		if err != nil {
			return fmt.Errorf("keep the name in %q: %w", n.locale, err)
		}
	}
	const index = `INSERT INTO naming_gram (rowid, title, aliases)
SELECT id, title, aliases FROM naming WHERE type = $1 AND item_id = $2`
	if _, err := w.exec(ctx, index, table, key); err != nil {
		return fmt.Errorf("index the names: %w", err)
	}
	own := list[0]
	if _, err := w.exec(ctx, "UPDATE "+snake(table)+" SET sort_key = $1 WHERE id = $2", fold.Key(own.locale, own.text), key); err != nil {
		return fmt.Errorf("keep the sort key: %w", err)
	}
	return nil
}

// unname forgets what an item is called.
func (w *writer) unname(ctx context.Context, table string, key int64) error {
	const forget = `INSERT INTO naming_gram (naming_gram, rowid, title, aliases)
SELECT 'delete', id, title, aliases FROM naming WHERE type = $1 AND item_id = $2`
	if _, err := w.exec(ctx, forget, table, key); err != nil {
		return fmt.Errorf("forget the names: %w", err)
	}
	if _, err := w.exec(ctx, "DELETE FROM naming WHERE type = $1 AND item_id = $2", table, key); err != nil {
		return fmt.Errorf("remove the names: %w", err)
	}
	return nil
}

func foldLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = fold.Text(l)
	}
	return strings.Join(lines, "\n")
}

// called is the expression for what the row x is called, in the first of the languages that it has: a column of naming,
// or own where none is wanted.
func called(t *content.Type, x, column, own string, v content.View) string {
	if len(v.Locales) == 0 {
		return own
	}
	parts := make([]string, 0, len(v.Locales)+1)
	for _, locale := range v.Locales {
		parts = append(parts, "(SELECT n."+column+" FROM naming AS n WHERE n.type = '"+t.Table+"' AND n.item_id = "+x+".id AND n.locale = '"+
			strings.ReplaceAll(string(locale), "'", "''")+"')")
	}
	return "COALESCE(" + strings.Join(append(parts, own), ", ") + ")"
}

// frequent is how many names must have a text in them for a list to be walked in its order instead of looked up.
const frequent = 2000

// contains is the test that the folded title of x, or one of its aliases, has a text in it, in the language that is
// served. Where the text is rare, the index of every three characters finds the items first; where it is frequent, a
// page is full sooner without.
func (c *conditions) contains(t *content.Type, column, text string) (string, error) {
	folded := fold.Text(text)
	own := "(SELECT n." + column + " FROM naming AS n WHERE n.type = '" + t.Table + "' AND n.item_id = x.id AND n.locale = x.locale)"
	test := "INSTR(" + called(t, "x", column, own, c.view) + ", " + c.arg(folded) + ")"
	phrase := "{" + column + `} : "` + strings.ReplaceAll(folded, `"`, `""`) + `"`
	n, err := c.count(fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM naming_gram WHERE naming_gram MATCH $1 LIMIT %d)", frequent), phrase)
	if err != nil || n >= frequent {
		return test, err
	}
	found := "x.id IN (SELECT n.item_id FROM naming_gram AS g JOIN naming AS n ON n.id = g.rowid WHERE g.naming_gram MATCH " +
		c.arg(phrase) + " AND n.type = '" + t.Table + "')"
	return where(found, test), nil
}

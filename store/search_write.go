package store

import (
	"context"
	"fmt"
	"strings"

	"parley/content"
	"parley/internal/fold"
	"parley/internal/markdown"
)

// documents returns the texts of an item by language, its own first.
func documents(item content.Item) (locales []string, texts []document, err error) {
	own, _ := item.Values["locale"].(string)
	d, err := documentOf(item, nil)
	if err != nil {
		return nil, nil, err
	}
	locales, texts = append(locales, own), append(texts, d)
	translations, _ := item.Values["translations"].([]map[string]any)
	for _, t := range translations {
		locale, _ := t["locale"].(string)
		if locale == own {
			continue
		}
		if d, err = documentOf(item, textsOf(t)); err != nil {
			return nil, nil, err
		}
		locales, texts = append(locales, locale), append(texts, d)
	}
	return locales, texts, nil
}

// documentOf gathers the texts of an item as a translation serves them.
func documentOf(item content.Item, translated map[string]string) (document, error) {
	var d document
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		v := item.Values[f.Name]
		if text, ok := translated[f.Name]; ok {
			v = text
		}
		column := 3
		switch f.Name {
		case "title", "name", "aliases":
			column = 0
		case "summary", "description":
			column = 1
		case "body":
			column = 2
		case "locale", "translations", "externalIds", "language", "url", "archivedUrl":
			continue
		}
		lines, err := linesOf(f, v)
		if err != nil {
			return d, fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, l := range lines {
			d[column] = strings.TrimPrefix(d[column]+"\n"+l, "\n")
		}
	}
	return d, nil
}

// linesOf returns the words of a value: texts without their formatting, and the texts inside lists.
func linesOf(f *content.Field, v any) ([]string, error) {
	switch v := v.(type) {
	case string:
		switch f.Kind {
		case content.Text:
			return []string{v}, nil
		case content.Rich:
			text, err := markdown.Text(v)
			return []string{text}, err //nolint:wrapcheck // named by the caller
		default:
			return nil, nil
		}
	case []string:
		if f.Enum != nil {
			return nil, nil
		}
		return v, nil
	case content.FuzzyDate:
		if v.Verbatim() != "" {
			return []string{v.Verbatim()}, nil
		}
	case map[string]any:
		name, _ := v["name"].(string)
		return []string{name}, nil
	case []map[string]any:
		var lines []string
		for _, element := range v {
			for i := range f.Fields {
				switch f.Fields[i].Name {
				case "field", "locator": // where a citation points, not what it says
					continue
				}
				more, err := linesOf(&f.Fields[i], element[f.Fields[i].Name])
				if err != nil {
					return nil, err
				}
				lines = append(lines, more...)
			}
		}
		return lines, nil
	}
	return nil, nil
}

// index keeps the text of an item for searches.
func (w *writer) index(ctx context.Context, item content.Item) error {
	locales, texts, err := documents(item)
	if err != nil {
		return err
	}
	types := []string{item.Type.Name}
	if item.Type.Table == "Actor" {
		if types, err = w.capacities(ctx, item.Key); err != nil {
			return err
		}
	}
	for _, name := range types {
		if !w.fresh {
			if err := w.forget(ctx, name, item.Key); err != nil {
				return err
			}
		}
		for i, locale := range locales {
			if err := w.indexText(ctx, name, item.Key, locale, i == 0, texts[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// forget removes the text of an item from searches.
func (w *writer) forget(ctx context.Context, name string, key content.Key) error {
	const forget = "DELETE FROM search_index WHERE rowid IN (SELECT id FROM search_text WHERE type = $1 AND item_id = $2)"
	if _, err := w.exec(ctx, forget, name, int64(key)); err != nil {
		return fmt.Errorf("forget the words: %w", err)
	}
	if _, err := w.exec(ctx, "DELETE FROM search_text WHERE type = $1 AND item_id = $2", name, int64(key)); err != nil {
		return fmt.Errorf("remove the text: %w", err)
	}
	return nil
}

// capacities returns the types that an actor is seen as.
func (w *writer) capacities(ctx context.Context, key content.Key) ([]string, error) {
	var mediator, party bool
	const query = "SELECT EXISTS (SELECT 1 FROM mediator WHERE id = $1), EXISTS (SELECT 1 FROM party WHERE id = $1)"
	if err := w.scan(ctx, query, []any{int64(key)}, []any{&mediator, &party}); err != nil {
		return nil, fmt.Errorf("read the capacities: %w", err)
	}
	var types []string
	if mediator {
		types = append(types, "Mediator")
	}
	if party {
		types = append(types, "Party")
	}
	return types, nil
}

func (w *writer) indexText(ctx context.Context, name string, key content.Key, locale string, own bool, d document) error {
	const keep = `INSERT INTO search_text (type, item_id, locale, own, visible, title, summary, body, other)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
	res, err := w.exec(ctx, keep, name, int64(key), locale, own, d[0], d[1], d[2], d[3])
	if err != nil {
		return fmt.Errorf("keep the text in %q: %w", locale, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err //nolint:wrapcheck // the driver never fails here
	}
	id, err := res.LastInsertId()
	if err != nil {
		return fmt.Errorf("number the text: %w", err)
	}
	const index = "INSERT INTO search_index (rowid, title, summary, body, other) VALUES ($1, $2, $3, $4, $5)"
	if _, err := w.exec(ctx, index, id, fold.Text(d[0]), fold.Text(d[1]), fold.Text(d[2]), fold.Text(d[3])); err != nil {
		return fmt.Errorf("index the text in %q: %w", locale, err)
	}
	return nil
}

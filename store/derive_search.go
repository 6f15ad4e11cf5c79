package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// wordings returns the texts of an item by language, its own first, then those that it or an element of it has.
func wordings(item content.Item, texts *derivedTexts) ([]wording, error) {
	own, _ := item.Values["locale"].(string)
	locales := []string{own}
	for _, v := range content.Translated(item.Type.Fields, item.Values) {
		translations, _ := v.Values["translations"].([]map[string]any)
		for _, t := range translations {
			if locale, _ := t["locale"].(string); !slices.Contains(locales, locale) {
				locales = append(locales, locale)
			}
		}
	}
	list := make([]wording, len(locales))
	for i, locale := range locales {
		d, err := documentOf(item, locale, texts)
		if err != nil {
			return nil, err
		}
		list[i] = wording{locale: locale, text: d}
	}
	return list, nil
}

// words are the words of a document as searches look for them.
func (d document) words(texts *derivedTexts) (*document, error) {
	var err error
	for i := range d {
		if d[i], err = texts.words(d[i]); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

// documentOf gathers the texts of an item as they are served in a language: its own, or one of a translation.
func documentOf(item content.Item, locale string, texts *derivedTexts) (document, error) {
	var d document
	translated := textsIn(item.Values, locale)
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		v := item.Values[f.Name]
		if text, ok := translated[f.Name]; ok {
			v = text
		}
		column := 3
		switch f.Name {
		case item.Type.Title(), "aliases":
			column = 0
		case "summary", "description":
			column = 1
		case "body":
			column = 2
		case "locale", "translations", "externalIds", "language", "url", "archivedUrl":
			continue
		case "citations": // their words are indexed by derive_quotations.go
			continue
		case "participations": // who may not see an actor sees nothing of its part either
			continue
		}
		lines, err := linesOf(f, v, locale, texts)
		if err != nil {
			return d, fmt.Errorf("%s: %w", f.Name, err)
		}
		for _, l := range lines {
			d[column] = strings.TrimPrefix(d[column]+"\n"+l, "\n")
		}
	}
	return d, nil
}

// textsIn returns the texts of the translation into a language that an item, or an element of one, has.
func textsIn(values map[string]any, locale string) map[string]string {
	translations, _ := values["translations"].([]map[string]any)
	for _, t := range translations {
		if t["locale"] == locale {
			return content.TextsOf(t)
		}
	}
	return nil
}

// linesOf returns the words of a value in a language: texts without their formatting, and the texts inside lists.
func linesOf(f *content.Field, v any, locale string, texts *derivedTexts) ([]string, error) {
	switch v := v.(type) {
	case string:
		switch f.Kind {
		case content.Text:
			return []string{v}, nil
		case content.RichText:
			text, err := texts.of(derivation{form: unformatted, text: v})
			return []string{text}, err
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
		if text, ok := textsIn(v, locale)["name"]; ok {
			name = text
		}
		return []string{name}, nil
	case []map[string]any:
		var lines []string
		for _, element := range v {
			more, err := linesOfElement(f, element, locale, texts)
			if err != nil {
				return nil, err
			}
			lines = append(lines, more...)
		}
		return lines, nil
	}
	return nil, nil
}

// linesOfElement returns the words of an element of a list.
func linesOfElement(f *content.Field, element map[string]any, locale string, texts *derivedTexts) ([]string, error) {
	translated := textsIn(element, locale)
	var lines []string
	for i := range f.Fields {
		g := &f.Fields[i]
		switch g.Name {
		case "citations", "translations": // the words of citations are indexed by derive_quotations.go
			continue
		}
		v := element[g.Name]
		if text, ok := translated[g.Name]; ok {
			v = text
		}
		more, err := linesOf(g, v, locale, texts)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// textPlan is what searches are to find of an item in one capacity: the texts of now that go, and those of the item that come, by
// their place.
type textPlan struct {
	name string
	gone []searchText
	come []int
}

// planTexts compares the texts of an item with those that searches find of it, before anything of it is written. An actor is found in each
// of its capacities.
func (w *writer) planTexts(ctx context.Context, item *prepared, existed bool) error {
	types := []string{item.Type.Name}
	if item.Type.IsView() {
		names, err := w.capacities(ctx, item.Key)
		if err != nil {
			return err
		}
		if types = names; !slices.Contains(types, item.Type.Name) {
			types = append(types, item.Type.Name)
		}
	}
	item.found = make([]textPlan, len(types))
	for i, name := range types {
		plan := &item.found[i]
		plan.name = name
		var err error
		if existed {
			if plan.gone, err = w.formerTexts(ctx, name, item.Key); err != nil {
				return err
			}
		}
		for j := range item.texts {
			text := &item.texts[j]
			there := slices.IndexFunc(plan.gone, func(t searchText) bool {
				return t.locale == text.locale && t.own == (j == 0) && t.document == text.text
			})
			if there >= 0 {
				plan.gone = slices.Delete(plan.gone, there, there+1)
				continue
			}
			plan.come = append(plan.come, j)
			if text.words == nil {
				if text.words, err = text.text.words(w.texts); err != nil {
					return err
				}
			}
		}
		if err := w.foldFormer(plan.gone); err != nil {
			return err
		}
	}
	return nil
}

// index keeps the texts of an item for searches, as they are planned.
func (w *writer) index(ctx context.Context, item *prepared, existed, visible bool) error {
	for _, plan := range item.found {
		if err := w.dropSearchTexts(ctx, plan.gone); err != nil {
			return err
		}
		if existed {
			const show = "UPDATE search_text SET visible = $1 WHERE type = $2 AND item_id = $3 AND visible <> $1"
			if _, err := w.exec(ctx, show, visible, plan.name, int64(item.Key)); err != nil {
				return fmt.Errorf("show the text: %w", err)
			}
		}
		for _, i := range plan.come {
			text := item.texts[i]
			t := searchText{name: plan.name, key: item.Key, locale: text.locale, own: i == 0, visible: visible, document: text.text, words: text.words}
			if err := w.indexText(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// searchText is the text of an item in one language.
type searchText struct {
	id           int64
	name         string
	key          content.Key
	locale       string
	own, visible bool
	document
	from  content.Revision
	words *document // for searches of the past, or of now
}

// formerTexts reads the texts of an item in one capacity.
func (w *writer) formerTexts(ctx context.Context, name string, key content.Key) ([]searchText, error) {
	var list []searchText
	const read = "SELECT id, locale, own, title, summary, body, other, from_rev FROM search_text WHERE type = $1 AND item_id = $2"
	err := w.query(ctx, read, []any{name, int64(key)}, func(row *row) error {
		t := searchText{name: name, key: key}
		err := row.Scan(&t.id, &t.locale, &t.own, &t.document[0], &t.document[1], &t.document[2], &t.document[3], &t.from)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	return list, nil
}

// foldFormer derives the words by which texts that go are found in the past. Those of this very revision were never there.
func (w *writer) foldFormer(list []searchText) (err error) {
	for i := range list {
		if t := &list[i]; t.from < w.rev {
			if t.words, err = t.document.words(w.texts); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropSearchTexts removes texts from searches of now, and keeps them for those of the past.
func (w *writer) dropSearchTexts(ctx context.Context, list []searchText) error {
	for _, t := range list {
		if t.words != nil {
			if err := w.keepFormerText(ctx, t); err != nil {
				return err
			}
		}
		if _, err := w.exec(ctx, "DELETE FROM search_index WHERE rowid = $1", t.id); err != nil {
			return fmt.Errorf("delete the words: %w", err)
		}
		if _, err := w.exec(ctx, "DELETE FROM search_text WHERE id = $1", t.id); err != nil {
			return fmt.Errorf("remove the text: %w", err)
		}
	}
	return nil
}

// keepFormerText keeps a text for searches of the past.
func (w *writer) keepFormerText(ctx context.Context, t searchText) error {
	const keep = `INSERT INTO search_former (type, item_id, locale, own, title, summary, body, other, from_rev, to_rev)
SELECT type, item_id, locale, own, title, summary, body, other, from_rev, $1 FROM search_text WHERE id = $2`
	res, err := w.exec(ctx, keep, w.rev, t.id)
	if err != nil {
		return fmt.Errorf("store the former text: %w", err)
	}
	id, err := res.LastInsertId()
	if err != nil {
		return fmt.Errorf("number the former text: %w", err)
	}
	return w.indexWords(ctx, "search_former_index", id, *t.words)
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

// indexText keeps a text and lists its folded words.
func (w *writer) indexText(ctx context.Context, t searchText) error {
	const keep = `INSERT INTO search_text (type, item_id, locale, own, visible, title, summary, body, other, from_rev)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	d := t.document
	res, err := w.exec(ctx, keep, t.name, int64(t.key), t.locale, t.own, t.visible, d[0], d[1], d[2], d[3], w.rev)
	if err != nil {
		return fmt.Errorf("store the text in %q: %w", t.locale, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return fmt.Errorf("number the text: %w", err)
	}
	return w.indexWords(ctx, "search_index", id, *t.words)
}

// indexWords lists the folded words of a text in one of the indexes, under its number.
func (w *writer) indexWords(ctx context.Context, index string, id int64, d document) error {
	text := "INSERT INTO " + index + " (rowid, title, summary, body, other) VALUES (?, ?, ?, ?, ?)"
	if _, err := w.exec(ctx, text, id, d[0], d[1], d[2], d[3]); err != nil {
		return fmt.Errorf("index a text: %w", err)
	}
	return nil
}

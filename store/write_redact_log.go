package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// blankSlugs gives an item another slug where words of the slug are blanked, and blanks them in its former slugs, which lead to
// it no more. A redaction of the whole title blanks the slugs too, since they are made of it.
func (w *writer) blankSlugs(ctx context.Context, r redaction, item content.Item) error {
	table := sqlgen.Snake(item.Type.Base)
	name := strings.ReplaceAll(string(content.NewID(item.Type.Name, item.Key)), "_", "-")
	without := func(slug string) string {
		if r.words != "" {
			return r.unslugged(slug)
		}
		if len(r.fields) == 0 || slices.Contains(r.fields, item.Type.Title()) {
			return name
		}
		return slug
	}
	now := without(string(item.Slug))
	if now != string(item.Slug) {
		w.redacted.Slugs++
		var taken bool
		if err := w.scan(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+" WHERE slug = $1)", []any{now}, []any{&taken}); err != nil {
			return fmt.Errorf("find a slug: %w", err)
		}
		if taken || len(now) > content.MaxSlug {
			now = name
		}
		if _, err := w.exec(ctx, "UPDATE "+table+" SET slug = $1 WHERE id = $2", now, int64(item.Key)); err != nil {
			return fmt.Errorf("blank the slug: %w", err)
		}
	}
	former, err := w.columnTexts(ctx, "SELECT DISTINCT slug FROM "+table+"_history WHERE id = $1", item.Key)
	if err != nil {
		return err
	}
	for _, slug := range former {
		if without(slug) == slug {
			continue
		}
		if slug != string(item.Slug) {
			w.redacted.Slugs++
		}
		if _, err := w.exec(ctx, "UPDATE "+table+"_history SET slug = $1 WHERE id = $2 AND slug = $3", now, int64(item.Key), slug); err != nil {
			return fmt.Errorf("blank a former slug: %w", err)
		}
	}
	return nil
}

// unslugged returns a slug without the words, which it has in the letters of slugs. A long slug may have been cut among them.
func (r redaction) unslugged(slug string) string {
	words := string(content.SlugOf(content.Composed(r.words)))
	slug = strings.ReplaceAll(slug, words, "redacted")
	parts := strings.Split(words, "-")
	for n := len(parts) - 1; n > 0; n-- {
		head := strings.Join(parts[:n], "-")
		end := strings.TrimRight(slug, "-0123456789") // a number distinguishes equal slugs
		if rest, ok := strings.CutSuffix(end, head); ok && (rest == "" || rest[len(rest)-1] == '-') && len(end)+len("-")+len(parts[n])+len("-999") > content.MaxSlug {
			return rest + "redacted" + slug[len(end):]
		}
	}
	return slug
}

// blankLog blanks the words in what the log keeps of the revisions that concerned the item: notes, those before an annotation, and
// what requests under idempotency keys sent and were answered. Such a request that is sent again is refused, since the hash of its
// input, by which the words could be guessed, is gone.
func (w *writer) blankLog(ctx context.Context, e *edit) error {
	const concerned = " IN (SELECT revision FROM change WHERE item_id = $1)"
	if e.Text != "" {
		r := redaction{words: e.Text, texts: w.texts}
		for _, c := range []struct{ table, column string }{
			{"revision", "note"}, {"revision_history", "note"}, {"revision", "outcome"}, {"revision", "idempotency_key"},
		} {
			if err := w.blankLogColumn(ctx, r, c.table, c.column, e.ref.Key); err != nil {
				return err
			}
		}
	}
	const forget = "UPDATE revision SET input = '' WHERE input IS NOT NULL AND number < $2 AND number" + concerned
	if _, err := w.exec(ctx, forget, int64(e.ref.Key), w.rev); err != nil {
		return fmt.Errorf("forget inputs: %w", err)
	}
	return nil
}

func (w *writer) blankLogColumn(ctx context.Context, r redaction, table, column string, key content.Key) error {
	list, err := w.columnTexts(ctx, "SELECT DISTINCT r."+column+" FROM "+table+" AS r WHERE r."+column+
		" <> '' AND r.number IN (SELECT revision FROM change WHERE item_id = $1)", key)
	if err != nil {
		return err
	}
	for _, text := range list {
		now := r.blanked(text)
		if column == "outcome" {
			now = r.unslugged(now)
		}
		if now == text {
			continue
		}
		w.redacted.Notes++
		w.public = w.public || column == "note" // it may be a note of what readers see
		value := "$1"
		if column == "idempotency_key" { // one key is of one request
			value = "$1 || ' ' || number"
		}
		write := "UPDATE " + table + " SET " + column + " = " + value + " WHERE " + column + " = $2 AND number IN (SELECT revision FROM change WHERE item_id = $3)"
		if _, err := w.exec(ctx, write, now, text, int64(key)); err != nil {
			return fmt.Errorf("blank a %s: %w", column, err)
		}
	}
	return nil
}

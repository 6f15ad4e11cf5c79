package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/internal/fold"
	"parley/store/sqlgen"
)

// redacted replaces blanked words.
const redacted = "[redacted]"

// redaction blanks words in the columns of an item, or whole fields.
type redaction struct {
	fields []string // none is all
	words  string   // empty blanks whole fields
	texts  *derivedTexts
}

// redact blanks values of an item in every revision: the one write that overwrites history.
func (w *writer) redact(ctx context.Context, e *edit, item content.Item) error {
	r := redaction{fields: e.Fields, words: e.Text, texts: w.texts}
	if len(e.Fields) == 0 && e.Text == "" {
		return e.fieldError(content.BadUserInput, "fields", "nothing to blank: give fields, text or both")
	}
	for i, name := range e.Fields {
		if f := item.Type.Field(name); f == nil || !wordy(f) {
			w.addProblem(e.fieldError(content.BadUserInput, fmt.Sprintf("fields.%d", i), "%q is not a text field of a %s: dates, numbers, enumerations and relations are updated, not blanked",
				name, strings.ToLower(item.Type.Name)))
		}
	}
	if len(w.problems) > 0 {
		return nil
	}
	if r.words != "" && len(fold.Find(content.Composed(r.words), r.words)) == 0 {
		return e.fieldError(content.BadUserInput, "text", "the text has no letter or digit: give the words to blank")
	}
	w.redacted = &content.Redacted{}
	changed, err := w.blank(ctx, r, item)
	if err == nil && w.redacted.Slugs > 0 {
		changed = append(changed, "slug")
	}
	switch {
	case err != nil:
		return err
	case len(changed) == 0 && r.words != "":
		return e.fieldError(content.NotFound, "text", "no revision of the item contains these words: nothing was blanked")
	case len(changed) == 0:
		return e.fieldError(content.NotFound, "fields", "no revision of the item has a value there: nothing was blanked")
	}
	return w.reissue(ctx, e, item, changed)
}

// redactDeleted says how the words of a deleted item are blanked, which its former versions still have.
func (w *writer) redactDeleted(ctx context.Context, e *edit) error {
	var last content.Revision
	text := "SELECT COALESCE(MAX(to_rev), 0) FROM " + sqlgen.Snake(e.Type.Base) + "_history WHERE id = $1"
	if err := w.scan(ctx, text, []any{int64(e.ref.Key)}, []any{&last}); err != nil {
		return fmt.Errorf("look for a deleted item: %w", err)
	}
	if last == 0 {
		return e.fieldError(content.NotFound, "id", "there is no %s %s and never was", strings.ToLower(e.Type.Name), content.NewID(e.Type.Name, e.Key))
	}
	return e.fieldError(content.NotFound, "id", "the %s was deleted in revision %d, and its former versions are kept: bring it back with revertContent toRevision %d, "+
		"which leaves it withheld, redact it, and delete it again", strings.ToLower(e.Type.Name), last, last-1)
}

// wordy reports whether a field can hold words.
func wordy(f *content.Field) bool {
	switch f.Kind {
	case content.Text, content.RichText, content.StringList, content.Place, content.JSONList, content.ChildRows, content.Date:
		return f.Name != "locale"
	default:
		return false
	}
}

// blank overwrites the rows of an item and their history, and returns the names of the fields in which it found
// something.
func (w *writer) blank(ctx context.Context, r redaction, item content.Item) ([]string, error) {
	var changed []string
	table := sqlgen.Snake(item.Type.Base)
	for _, t := range []string{table, table + "_history"} {
		for i := range item.Type.Fields {
			f := &item.Type.Fields[i]
			if !wordy(f) || f.Kind == content.ChildRows || !r.concerns(f) {
				continue
			}
			found, err := w.blankColumn(ctx, r, t, "id", item.Key, f)
			if err != nil {
				return nil, fmt.Errorf("blank %s: %w", f.Name, err)
			}
			if found && !slices.Contains(changed, f.Name) {
				changed = append(changed, f.Name)
			}
		}
	}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if f.Kind != content.ChildRows || !r.concerns(f) {
			continue
		}
		inner := redaction{words: r.words, texts: w.texts}
		for j := range f.Fields {
			sub := &f.Fields[j]
			for _, t := range []string{sqlgen.RowTable(item.Type, f), sqlgen.RowTable(item.Type, f) + "_history"} {
				if !wordy(sub) {
					continue
				}
				found, err := w.blankColumn(ctx, inner, t, "owner_id", item.Key, sub)
				if err != nil {
					return nil, fmt.Errorf("blank %s.%s: %w", f.Name, sub.Name, err)
				}
				if found && !slices.Contains(changed, f.Name) {
					changed = append(changed, f.Name)
				}
			}
		}
	}
	if err := w.blankSlugs(ctx, r, item); err != nil || item.Type.Timeline == "" {
		return changed, err
	}
	if _, err := w.exec(ctx, "DELETE FROM event_card_history WHERE event_id = $1", int64(item.Key)); err != nil {
		return nil, fmt.Errorf("delete former covering rows: %w", err)
	}
	for _, places := range []string{"event_list", "event_list_history"} { // the first get another before the revision ends
		if _, err := w.exec(ctx, "UPDATE "+places+" SET card = NULL WHERE event_id = $1", int64(item.Key)); err != nil {
			return nil, fmt.Errorf("delete the covering rows of places: %w", err)
		}
	}
	return changed, w.archiveCoveringRows(ctx, "h.id = $1", int64(item.Key))
}

// concerns reports whether the redaction looks into a field: the translations hold the texts of others.
func (r redaction) concerns(f *content.Field) bool {
	return len(r.fields) == 0 || slices.Contains(r.fields, f.Name) || f.Name == "translations"
}

// blankColumn overwrites the column of a field in the rows with a key, and reports whether one held something to blank.
func (w *writer) blankColumn(ctx context.Context, r redaction, table, by string, key content.Key, f *content.Field) (bool, error) {
	column := sqlgen.Snake(f.Name)
	if f.Kind == content.Date {
		column += "_verbatim"
	}
	texts, err := w.columnTexts(ctx, "SELECT DISTINCT "+column+" FROM "+table+" WHERE "+by+" = $1 AND "+column+" IS NOT NULL", key)
	if err != nil {
		return false, err
	}
	found := false
	for _, text := range texts {
		now, err := r.apply(f, text)
		if err != nil {
			return false, err
		}
		if now == any(text) {
			continue
		}
		found = true
		w.redacted.Values++
		if _, err := w.exec(ctx, "UPDATE "+table+" SET "+column+" = $1 WHERE "+by+" = $2 AND "+column+" = $3", now, int64(key), text); err != nil {
			return false, err
		}
	}
	return found, nil
}

// apply returns the value of a column after the redaction.
func (r redaction) apply(f *content.Field, text string) (any, error) {
	switch {
	case f.Name == "translations" && r.words == "" && len(r.fields) > 0 && !slices.Contains(r.fields, f.Name):
		return r.untranslated(f, text)
	case r.words == "" && f.Required:
		return redacted, nil
	case r.words == "":
		return nil, nil //nolint:nilnil // NULL
	}
	var v any
	var err error
	switch f.Kind {
	case content.JSONList:
		v, err = decodeValues(f.Fields, []byte(text))
	case content.Place:
		v, err = decodePlace(f, []byte(text))
	case content.StringList:
		err = json.Unmarshal([]byte(text), &v)
	case content.Date:
		d := withVerbatim(content.FuzzyDate{}, text)
		return verbatimText(d.WithVerbatimIn(r.blanked(d.Verbatim()), d.VerbatimLocale())), nil
	default:
		return r.blanked(text), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a list: %w", err)
	}
	return encode(f, r.within(f, v))
}

// blanked returns a text without the words. Where the job lacks it, it is the text itself.
func (r redaction) blanked(text string) string {
	now, _ := r.texts.of(derivation{form: blanked, text: text, by: r.words}) // only rendering can fail
	if r.texts.lacking() {
		return text
	}
	return now
}

// withoutWords returns a text without words. They are looked for as search folds them, in the composed text: former versions may
// be decomposed. Addresses join words by other signs than spaces, and encode letters.
func withoutWords(text, words string) string {
	composed := content.Composed(text)
	now := composed
	for _, joint := range []string{" ", "-", "_", "+", "%20"} {
		if joint == " " || strings.Contains(words, " ") {
			now = blankWords(now, strings.ReplaceAll(words, " ", joint))
		}
	}
	if now == composed {
		return text
	}
	return now
}

// blankWords returns a text with a mark in the place of words.
func blankWords(text, words string) string {
	var b strings.Builder
	last := 0
	for _, at := range fold.FindEncoded(text, words) {
		b.WriteString(text[last:at[0]])
		b.WriteString(redacted)
		last = at[1]
	}
	return b.String() + text[last:]
}

// within blanks the words in the texts of a value; what names a language, a field or a value of an enumeration stays.
func (r redaction) within(f *content.Field, v any) any {
	switch v := v.(type) {
	case string:
		return r.blanked(v)
	case content.FuzzyDate:
		return v.WithVerbatimIn(r.blanked(v.Verbatim()), v.VerbatimLocale())
	case []any:
		for i := range v {
			v[i] = r.within(f, v[i])
		}
	case []map[string]any:
		for i := range v {
			r.within(f, v[i])
		}
	case map[string]any:
		identifier := fmt.Sprint(v["scheme"], v["value"])
		for i := range f.Fields {
			if g := &f.Fields[i]; v[g.Name] != nil && wordy(g) && g.Name != "field" {
				v[g.Name] = r.within(g, v[g.Name])
			}
		}
		if f.Name == "externalIds" && fmt.Sprint(v["scheme"], v["value"]) != identifier {
			v["matchKind"] = "RELATED" // it names the item no more, and may be equal to that of another one
		}
	}
	return v
}

// untranslated takes the texts of the fields out of the translations.
func (r redaction) untranslated(f *content.Field, text string) (any, error) {
	list, err := decodeValues(f.Fields, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("read translations: %w", err)
	}
	for _, t := range list {
		fields, _ := t["text"].([]map[string]any)
		t["text"] = slices.DeleteFunc(fields, func(x map[string]any) bool {
			name, _ := x["field"].(string)
			return slices.Contains(r.fields, name)
		})
	}
	return encode(f, list)
}

// reissue writes the blanked item as its own revision, and derives all data of it again, for now and the past.
func (w *writer) reissue(ctx context.Context, e *edit, item content.Item, changed []string) error {
	table := sqlgen.Snake(item.Type.Base)
	if err := w.replace(ctx, table, item.Key, []cell{{"seen_rev", "", int64(w.rev)}}); err != nil {
		return err
	}
	if err := w.blankLog(ctx, e); err != nil {
		return err
	}
	item, err := w.item(ctx, e.ref)
	if err != nil {
		return err
	}
	if err := w.reindexItem(ctx, item); err != nil {
		return err
	}
	if slices.Contains(changed, "externalIds") {
		if err := w.reidentify(ctx, item); err != nil {
			return err
		}
	}
	if err := w.recite(ctx, &item); err != nil {
		return err
	}
	w.touch(item, formerRow{}, changed)
	is := item.Publication.Status == content.PubUsable && item.Publication.EmbargoedUntil.IsZero()
	if err := w.record(ctx, item, logEntry{op: "UPDATED", fields: changed, was: is, is: is, blanked: true}, false); err != nil {
		return err
	}
	w.redacted.Fields = changed
	if _, err := w.exec(ctx, "INSERT INTO pending (task) VALUES ('rewrite') ON CONFLICT DO NOTHING"); err != nil {
		return fmt.Errorf("request that the file is rewritten: %w", err)
	}
	return w.scan(ctx, "SELECT COUNT(*) FROM webhook", nil, []any{&w.redacted.Webhooks})
}

// columnTexts reads a column of texts of the rows with a key.
func (w *writer) columnTexts(ctx context.Context, text string, key content.Key) ([]string, error) {
	var list []string
	err := w.query(ctx, text, []any{int64(key)}, func(row *row) error {
		var s string
		err := row.Scan(&s)
		list = append(list, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	return list, nil
}

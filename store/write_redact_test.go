package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley/content"
	"parley/internal/fold"
)

// secret is the name that is blanked, in the forms in which it stands in the record.
const secret = "Zqxébulonk Trémblé"

func secretForms() []string {
	return []string{secret, "Zqxe\u0301bulonk\u00a0Tre\u0301mble\u0301", "ZQXÉBULONK  TRÉMBLÉ", "zqxebulonk tremble", "“Zqxébulonk\nTremblé”"}
}

// secretBytes are parts of it that stand in no file any more: letters of texts, terms and trigrams of indexes, slugs.
func secretBytes() []string {
	return []string{"zqx", "Zqx", "ZQX", "qxe", "qxé", "QXÉ", "qxe\u0301", "bulonk", "BULONK"}
}

// secretValues fills each field of a type that holds words with the secret.
func secretValues(tb testing.TB, t *content.Type, refs map[string]content.Ref) map[string]any {
	tb.Helper()
	values := map[string]any{}
	for i := range t.Fields {
		f := &t.Fields[i]
		word := secretForms()[i%len(secretForms())]
		line := strings.ReplaceAll(word, "\n", " ")
		switch {
		case f.Name == "locale" || f.Name == "language" || !wordy(f):
		case f.Kind == content.RichText:
			values[f.Name] = "Before " + word + " and after"
		case strings.HasSuffix(strings.ToLower(f.Name), "url"):
			values[f.Name] = "https://example.org/zqxebulonk-tremble"
		case f.Kind == content.Text:
			values[f.Name] = "Of " + line
		case f.Kind == content.StringList:
			values[f.Name] = []string{line, "another"}
		case f.Kind == content.Date:
			d := edtf(tb, "2023-11")
			values[f.Name] = d.WithVerbatimIn("when "+line+" came", "")
		case f.Kind == content.Place:
			values[f.Name] = map[string]any{"name": line, "country": line}
		default:
			if element := secretElement(f, line, refs); element != nil {
				values[f.Name] = []map[string]any{element}
			}
		}
	}
	return values
}

func secretElement(f *content.Field, word string, refs map[string]content.Ref) map[string]any {
	quoted := []map[string]any{{"source": refs["source"], "quote": word, "locator": word}}
	at, _ := content.ParseEDTF("2023-11")
	switch f.Name {
	case "translations":
		return titled("fr", word)
	case "citations":
		cited := refs["source"]
		if f == content.TypeNamed("Source").Field("citations") {
			cited = refs["uncited"]
		}
		return map[string]any{"source": cited, "quote": word, "locator": word}
	case "externalIds":
		return map[string]any{"scheme": word, "value": word, "matchKind": "RELATED", "url": "https://example.org/zqxebulonk-tremble"}
	case "participations":
		return map[string]any{
			"actor": refs["egypt"], "role": "HOST", "note": word, "citations": quoted, "translations": []map[string]any{inElement("note", word)},
			"since": at.WithVerbatimIn("when "+word+" came", ""), "until": at.WithVerbatimIn("when "+word+" left", ""),
		}
	case "participants":
		return map[string]any{"actor": refs["egypt"], "attribution": word}
	case "provisions":
		return map[string]any{"number": word, "title": word, "text": word, "citations": quoted, "translations": []map[string]any{inElement("title", word)}}
	case "questions":
		return map[string]any{"question": word, "answer": word}
	default:
		return nil
	}
}

// inElement is a translation of a field of an element.
func inElement(field, text string) map[string]any {
	return map[string]any{"locale": "fr", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": field, "value": text}}}
}

// TestRedactionReachesEveryByte writes a name into every field of every type that holds words, into slugs, notes, former versions
// and idempotency data, each in another form, and redacts it. No table, index or file has it then, also after a kill in between.
func TestRedactionReachesEveryByte(t *testing.T) {
	for _, checkpointed := range []bool{false, true} {
		for _, killed := range []bool{false, true} {
			t.Run(fmt.Sprintf("checkpointed=%t killed=%t", checkpointed, killed), func(t *testing.T) {
				dir := t.TempDir()
				t.Setenv("SQLITE_TMPDIR", dir)
				t.Setenv("TMPDIR", dir)
				path := filepath.Join(dir, "parley.db")
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				refs := writeSecrets(t, s)
				if !holdsSecret(t, dir) {
					t.Fatal("the files do not have the name")
				}
				if checkpointed {
					checkpoint(t, path)
				}
				if killed {
					s = redactAndKill(t, s, path, refs)
				} else {
					redactSecrets(t, s, refs)
				}
				tablesWithSecret(t, s)
				if holdsSecret(t, dir) {
					t.Error("after the answer a file still has it")
				}
				checkRecord(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if holdsSecret(t, dir) {
					t.Error("after the store was closed a file still has it")
				}
			})
		}
	}
}

// checkpoint copies the log into the file and empties it, as another process.
func checkpoint(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "rw", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
}

// writeSecrets makes a record with the name in all that can hold it, in several versions.
func writeSecrets(t *testing.T, s *Store) map[string]content.Ref {
	t.Helper()
	refs := sample(t, s)
	done := apply(t, s, create("Agreement", "agreement", map[string]any{"title": "A paper"}), create("Article", "article", map[string]any{"title": "An article"}),
		create("Party", "party", map[string]any{"name": "Sudan"}), create("Source", "other", map[string]any{"title": "Another source"}))
	for i, name := range []string{"agreement", "article", "party", "uncited"} {
		refs[name] = done.Refs[i]
	}
	apply(t, s, of(content.Publish, refs["uncited"], nil))
	for name, ref := range refs {
		if name == "uncited" { // which the source cites
			continue
		}
		first, then := of(content.Update, ref, secretValues(t, content.TypeNamed(ref.Type), refs)), of(content.Update, ref, map[string]any{})
		first.Slug, then.Slug = content.Slug("of-zqxebulonk-tremble-"+name), content.Slug("zqxebulonk-tremble-"+name)
		if field := first.Type.Title(); field != "" {
			then.Values[field] = "Then " + secret
		}
		for i, c := range []content.Change{first, then} {
			_, err := s.Apply(t.Context(), content.ChangeSet{
				Author: "Nadia", Token: 7, Reason: "CORRECTION", Note: "It was " + secretForms()[i], Changes: []content.Change{c},
				Idempotency: content.Idempotency{Key: secret + name + strconv.Itoa(i), Mutation: "update", Input: "hash"},
			})
			if err != nil {
				t.Fatal(name, err)
			}
		}
		head, _ := s.Head(t.Context())
		note := content.Annotation{Revision: head, Note: "And " + secret, Noted: true}
		if _, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "EDITORIAL", Annotate: &note}); err != nil {
			t.Fatal(err)
		}
	}
	undone, _ := s.Head(t.Context()) // an answer with slugs is kept
	_, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Token: 7, Reason: "UPDATE", Undo: undone - 1, Idempotency: content.Idempotency{Key: "undo", Mutation: "revertRevision", Input: "h"}})
	if err != nil {
		t.Fatal(err)
	}
	apply(t, s, of(content.Update, refs["event"], map[string]any{"occurredOn": edtf(t, "2016-05-04")}))
	return refs
}

func redactSecrets(t *testing.T, s *Store, refs map[string]content.Ref) {
	t.Helper()
	for name, ref := range refs {
		if name == "uncited" {
			continue
		}
		c := of(content.Redact, ref, nil)
		c.Text = "zqxe\u0301bulonk tremble"
		done := apply(t, s, c)
		if r := done.Redacted; r == nil || !r.Rewritten || r.Slugs < 1 || r.Values < 2 {
			t.Errorf("%s: reached %+v", name, r)
		}
	}
}

// redactAndKill redacts, and goes on with a copy of the files as they were between the commit and the rewriting, as a kill leaves
// them.
func redactAndKill(t *testing.T, s *Store, path string, refs map[string]content.Ref) *Store {
	t.Helper()
	for name, ref := range refs {
		if name == "uncited" {
			continue
		}
		c := of(content.Redact, ref, nil)
		c.Text = secret
		if err := s.queue.do(t.Context(), func(ctx context.Context, w *writer) error {
			_, err := w.apply(ctx, content.ChangeSet{Author: "a", Reason: "REDACTION", Changes: []content.Change{c}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string][]byte{}
	for _, end := range []string{"", "-wal"} {
		files[end], _ = os.ReadFile(path + end)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for end, b := range files {
		if err := os.WriteFile(path+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Remove(path + "-shm")
	if !holdsSecret(t, filepath.Dir(path)) {
		t.Fatal("the kill came too late")
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holdsSecret reports whether a file of a folder has a part of the name.
func holdsSecret(t *testing.T, dir string) bool {
	t.Helper()
	held := false
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, part := range secretBytes() {
			if n := bytes.Count(b, []byte(part)); n > 0 {
				held = true
				t.Logf("%s has %q %d times", filepath.Base(path), part, n)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// tablesWithSecret reads every column of every table, and looks for the name as search folds it.
func tablesWithSecret(t *testing.T, s *Store) {
	t.Helper()
	for _, table := range rowsOf(t, s, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%index' AND name NOT LIKE '%gram'") {
		rows, err := s.readers.QueryContext(t.Context(), "SELECT * FROM \""+strings.TrimSpace(table)+"\"")
		if err != nil {
			t.Fatal(table, err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(names))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				text := fmt.Sprintf("%s", *v.(*any)) //nolint:forcetypeassert // it is
				if len(fold.Find(content.Composed(text), "zqxebulonk")) > 0 {
					t.Errorf("%s.%s still has it: %.200q", table, names[i], text)
				}
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // there are many
			t.Fatal(err)
		}
	}
}

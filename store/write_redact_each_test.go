package store

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/content"
	"parley/internal/fold"
	"parley/store/sqlgen"
)

// TestRedactionOfOneItem writes a name of its own into each item, and redacts one item after the other: nothing that is derived from the
// item has its name then, in rows of other items neither.
func TestRedactionOfOneItem(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), filepath.Join(dir, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	refs := sample(t, s)
	done := apply(t, s, create("Agreement", "agreement", map[string]any{"title": "A paper"}), create("Article", "article", map[string]any{"title": "An article"}),
		create("Party", "party", map[string]any{"name": "Sudan"}), create("Source", "uncited", map[string]any{"title": "Another source"}))
	for i, name := range []string{"agreement", "article", "party", "uncited"} {
		refs[name] = done.Refs[i]
	}
	apply(t, s, of(content.Publish, refs["uncited"], nil))
	word := func(name string) string { return "zqx" + name + "bulonk" }
	for name, ref := range refs {
		for _, more := range []string{"", " then"} {
			u := of(content.Update, ref, namedValues(t, ref, refs, word(name)+more))
			u.Slug = content.Slug(word(name) + strings.ReplaceAll(more, " ", "-"))
			_, err := s.Apply(t.Context(), content.ChangeSet{
				Author: "Nadia", Token: 7, Reason: "CORRECTION", Note: "It was " + word(name), Changes: []content.Change{u},
				Idempotency: content.Idempotency{Key: word(name) + more, Mutation: "update", Input: "hash"},
			})
			if err != nil {
				t.Fatal(name, err)
			}
		}
	}
	apply(t, s, of(content.Update, refs["position"], map[string]any{"party": content.Target{Type: content.TypeNamed("Party"), Key: refs["party"].Key}}))
	for i := range 2 { // the second keeps the first as a former note
		note := content.Annotation{Revision: 5, Note: "And " + word(nth(t, s, 5, refs)), Noted: true}
		note.Note += strings.Repeat(".", i)
		_, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Token: 7, Reason: "EDITORIAL", Annotate: &note, Idempotency: content.Idempotency{Key: strconv.Itoa(i), Mutation: "annotate", Input: "h"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	had := whereIs(t, s, "zqx")
	for _, column := range textColumns(t, s) {
		if had[column] == "" && !wordless(column) {
			t.Errorf("%s has no name before the redactions: write one there, or say in wordless why it cannot have one", column)
		}
	}
	for name, ref := range refs {
		c := of(content.Redact, ref, nil)
		c.Text = word(name)
		apply(t, s, c)
		for column, text := range whereIs(t, s, word(name)) {
			t.Errorf("after the redaction of %s, %s has %.200q", name, column, text)
		}
	}
}

// nth is the name of the item that a revision changed.
func nth(t *testing.T, s *Store, revision int, refs map[string]content.Ref) string {
	t.Helper()
	key := rowsOf(t, s, fmt.Sprintf("SELECT item_id FROM change WHERE revision = %d", revision))
	for name, ref := range refs {
		if len(key) == 1 && strings.TrimSpace(key[0]) == strconv.FormatInt(int64(ref.Key), 10) {
			return name
		}
	}
	t.Fatalf("revision %d changed %v", revision, key)
	return ""
}

// namedValues fills each field of an item that holds words with a word.
func namedValues(t *testing.T, ref content.Ref, refs map[string]content.Ref, word string) map[string]any {
	t.Helper()
	values := secretValues(t, content.TypeNamed(ref.Type), refs)
	if ref == refs["uncited"] { // it would cite itself
		delete(values, "citations")
	}
	return replaceSecret(values, word).(map[string]any) //nolint:forcetypeassert // a map stays one
}

func replaceSecret(v any, word string) any {
	switch v := v.(type) {
	case string:
		for _, form := range append(secretForms(), "zqxebulonk-tremble") {
			v = strings.ReplaceAll(strings.ReplaceAll(v, strings.ReplaceAll(form, "\n", " "), word), form, word)
		}
		return v
	case []string:
		for i := range v {
			v[i] = replaceSecret(v[i], word).(string) //nolint:forcetypeassert // a string stays one
		}
	case content.FuzzyDate:
		return v.WithVerbatimIn("when "+word+" came", "")
	case map[string]any:
		for k := range v {
			v[k] = replaceSecret(v[k], word)
		}
	case []map[string]any:
		for i := range v {
			replaceSecret(v[i], word)
		}
	}
	return v
}

// wordless reports whether a column cannot hold words of an item, by what its field is or by its name.
func wordless(column string) bool {
	table, name, _ := strings.Cut(column, ".")
	base := strings.TrimSuffix(table, "_history")
	for _, suffix := range []string{"_config", "_docsize", "_idx"} { // numbers of the indexes of words
		if strings.HasSuffix(table, suffix) {
			return true
		}
	}
	if slices.Contains([]string{"migration", "token", "webhook", "record", "pending", "sqlite_sequence", "change", "seen_change"}, base) {
		return true // they name types, fields and operations, and what operators set
	}
	if name == "language" { // a tag
		return true
	}
	for _, t := range content.Types() {
		fields := t.Fields
		if rest, ok := strings.CutPrefix(base, sqlgen.Snake(t.Base)+"_"); ok {
			for i := range t.Fields {
				if sqlgen.Snake(t.Fields[i].Name) == rest {
					fields = t.Fields[i].Fields
				}
			}
		} else if base != sqlgen.Snake(t.Base) {
			continue
		}
		for i := range fields {
			if f := &fields[i]; sqlgen.Snake(f.Name) == name {
				holds := func(f content.Field) bool { return wordy(&f) }
				list := f.Kind == content.JSONList && !slices.ContainsFunc(f.Fields, holds)
				return !wordy(f) || list || f.Kind == content.Date // whose words are in another column
			}
		}
	}
	switch name {
	case "type", "actor_type", "locale", "match_kind": // names that the program gives
		return true
	case "pub_status", "embargoed_until", "mediator_ids", "party_ids", "issue_ids": // of which publication, and keys
		return true
	case "author", "reason", "mutation", "input": // of a revision: a token, an enumeration, a name, a hash
		return base == "revision"
	case "card": // of a former place of an event, which the next reading makes: event_card_history has the same
		return table == "event_list_history"
	default:
		return false
	}
}

// whereIs returns the columns of all tables in which a word is, as search folds it, each with a text that has it.
func whereIs(t *testing.T, s *Store, word string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, column := range textColumns(t, s) {
		table, name, _ := strings.Cut(column, ".")
		err := s.snapshot(t.Context(), func(query queryFunc) error {
			return query(t.Context(), "SELECT CAST("+name+" AS BLOB) FROM "+table+" WHERE "+name+" IS NOT NULL", nil, func(row *row) error {
				b, _ := row.columns[0].([]byte)
				text := strings.ToValidUTF8(string(b), " ")
				if len(fold.Find(content.Composed(text), word)) > 0 || name == "sort_key" && strings.HasPrefix(text, startOfKey(word)) {
					found[column] = text
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(column, err)
		}
	}
	return found
}

// startOfKey is what the sort keys of titles begin with that secretValues makes of a word.
func startOfKey(word string) string {
	key := fold.Key("", "Of "+word)
	return key[:len(key)-1] // its last sign has bits of the next letter
}

// textColumns are the columns of all tables that can hold a text, but for those of the indexes of words, which have no rows to read.
func textColumns(t *testing.T, s *Store) []string {
	t.Helper()
	list := rowsOf(t, s, `SELECT m.name || '.' || c.name
FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS c
WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND c.type NOT IN ('INTEGER', 'INT', 'REAL')
ORDER BY 1`)
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// TestRedactionOfEncodedWords blanks a name that is encoded, split by markup, or cut at the end of a slug.
func TestRedactionOfEncodedWords(t *testing.T) {
	s := openTest(t)
	long := strings.Repeat("of-the-", 12) + "zqxebulonk" // the next part did not fit
	texts := []string{
		"Zqx**ébu**lonk Tremblé", "Zqx&eacute;bulonk&nbsp;Trembl&#233;", "[Zqxébulonk](https://example.org/a) *Tremblé*", "> Zqxébulonk\n> Tremblé",
		"See https://example.org/Zqx%C3%A9bulonk%20Trembl%C3%A9 and https://example.org/zqx%C3%A9bulonk-trembl%C3%A9", "Zqx\u00adébulonk Trem\u200bblé",
	}
	c := create("Source", long, map[string]any{"title": "A report", "url": "https://example.org/Zqx%C3%A9bulonk+Trembl%C3%A9"})
	c.Slug = content.Slug(long)
	if len(long) > content.MaxSlug || len(long)+len("-tremble") <= content.MaxSlug {
		t.Fatalf("a slug of %d letters is not one that was cut", len(long))
	}
	ref := apply(t, s, c).Refs[0]
	talk := apply(t, s, create("Talk", "a-talk", map[string]any{"title": "A talk", "body": strings.Join(texts, "\n\n"), "summary": "By https://xn--zqxbulonk-d4a.example.org/"})).Refs[0]
	for _, of := range []struct {
		ref   content.Ref
		words string
	}{{ref, "Zqxébulonk Tremblé"}, {talk, "Zqxébulonk Tremblé"}, {talk, "zqxébulonk"}} {
		r := content.Change{Op: content.Redact, Type: content.TypeNamed(of.ref.Type), Key: of.ref.Key, Text: of.words}
		if _, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "REDACTION", Changes: []content.Change{r}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"zqx", "bulonk", "tremble", "C3%A9", "lonk"} {
		for column, text := range whereIs(t, s, part) {
			t.Errorf("%s has %q: %s", column, part, text)
		}
	}
}

// TestRedactionOfEqualIdentifiers: identifiers that a redaction makes equal do not refuse the second one.
func TestRedactionOfEqualIdentifiers(t *testing.T) {
	s := openTest(t)
	var refs []content.Ref
	for _, name := range []string{"zqxone", "zqxtwo"} {
		refs = append(refs, apply(t, s, create("Source", name, map[string]any{"title": "A report", "externalIds": []map[string]any{{"scheme": "people", "value": name, "matchKind": "EXACT"}}})).Refs[0])
	}
	for i, words := range []string{"zqxone", "zqxtwo"} {
		c := of(content.Redact, refs[i], nil)
		c.Text = words
		apply(t, s, c)
	}
	if found := whereIs(t, s, "zqx"); len(found) > 0 {
		t.Error(found)
	}
}

// TestRedactionOfDeletedItem: a deleted item is brought back, redacted and deleted, as the error says, and nothing has its words then.
func TestRedactionOfDeletedItem(t *testing.T) {
	s := openTest(t)
	ref := apply(t, s, create("Source", "zqxname", map[string]any{"title": "By Zqxname"})).Refs[0]
	apply(t, s, of(content.Delete, ref, nil))
	redaction := of(content.Redact, ref, nil)
	redaction.Text = "zqxname"
	_, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "REDACTION", Changes: []content.Change{redaction}})
	if err == nil || !strings.Contains(err.Error(), "revertContent toRevision 1") {
		t.Fatalf("a deleted item is refused with %v", err)
	}
	back := of(content.Revert, ref, nil)
	back.To = 1
	for _, c := range []content.Change{back, redaction, of(content.Delete, ref, nil)} {
		apply(t, s, c)
	}
	if found := whereIs(t, s, "zqx"); len(found) > 0 {
		t.Error(found)
	}
}

// TestRedactionWhileLogIsRead: a reader that keeps the log from being emptied does not keep the words in it once it has ended.
func TestRedactionWhileLogIsRead(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), filepath.Join(dir, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ref := apply(t, s, create("Source", "zqxebulonk", map[string]any{"title": "By Zqxebulonk"})).Refs[0]
	other, err := sql.Open("sqlite", dsn(filepath.Join(dir, "parley.db"), "ro", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	reading, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM source").Scan(&n); err != nil {
		t.Fatal(err)
	}
	c := of(content.Redact, ref, nil)
	c.Text = "zqxebulonk"
	if done := apply(t, s, c); done.Redacted.Rewritten || !holdsSecret(t, dir) {
		t.Fatal("the log was emptied under a reader")
	}
	if err := s.FinishRedactions(t.Context()); !errors.Is(err, errLogInUse) {
		t.Fatalf("the log is emptied under a reader: %v", err)
	}
	apply(t, s, of(content.Update, ref, map[string]any{"title": "Written meanwhile"}))
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishRedactions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if task, err := s.pendingTask(t.Context()); task != "" || err != nil {
		t.Errorf("%q is left to do, %v", task, err)
	}
	if holdsSecret(t, dir) {
		t.Error("a file still has the name")
	}
}

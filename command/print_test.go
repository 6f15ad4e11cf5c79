package command

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/store"
	"parley/webhook"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// made returns the path of a database, and its tokens and webhooks once f has run on it.
func made(t *testing.T, f func(db string)) ([]content.Token, []content.Webhook) {
	t.Helper()
	db := filepath.Join(t.TempDir(), "parley.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	f(db)
	if st, err = store.OpenToRead(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	tokens, err := st.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := st.Webhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tokens, hooks
}

// TestSecretsThatCannotBePrinted holds that a token or a webhook whose secret nobody has read does not stay.
func TestSecretsThatCannotBePrinted(t *testing.T) {
	tokens, hooks := made(t, func(db string) {
		for _, args := range [][]string{
			{"token", "--db", db, "create", "--role", "editor", "--name", "desk"},
			{"webhook", "--db", db, "add", "https://example.org/hook"},
		} {
			var said bytes.Buffer
			if code := Run(t.Context(), args, full{}, &said); code != 1 || !strings.Contains(said.String(), "could not be printed: print: no space left") {
				t.Errorf("%v ends with %d and says %s", args, code, said.String())
			}
		}
	})
	if len(tokens) != 1 || tokens[0].Revoked.IsZero() || len(hooks) != 0 {
		t.Errorf("afterwards there are %+v and %+v", tokens, hooks)
	}
}

// TestTokensThatAreNotKept are not printed.
func TestTokensThatAreNotKept(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "parley.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.CreateToken(t.Context(), "desk", content.Editor, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if text, err := st.CreateToken(t.Context(), "desk", content.Editor, time.Time{}); err == nil || text != "" {
		t.Errorf("a token that is not kept is %q, %v", text, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	if code := Run(t.Context(), []string{"token", "--db", db, "create", "--role", "editor", "--name", "desk"}, &out, &said); code != 1 || out.Len() > 0 || strings.Contains(said.String(), "parley_") {
		t.Errorf("it ends with %d and prints %q, %q", code, out.String(), said.String())
	}
}

// TestSecretsOfWebhooksAreNotPrinted lists and tests webhooks whose addresses have secrets, with notes of an earlier program.
func TestSecretsOfWebhooksAreNotPrinted(t *testing.T) {
	db := filepath.Join(t.TempDir(), "parley.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://user:pass-word@127.0.0.1:1/services/T0K3N?key=s3cr3t"
	n, err := st.AddWebhook(t.Context(), content.Webhook{URL: address, Secret: webhook.NewSecret()})
	if err == nil {
		err = st.KeepDelivery(t.Context(), n, content.Delivery{Note: "Post \"" + address + "\": \x1b]0;owned\x07\u202e"})
	}
	if err = errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	for _, args := range [][]string{
		{"webhook", "--db", db, "list"},
		{"webhook", "--db", db, "test", "1"},
		{"webhook", "--db", db, "add", "http://example.org/T0K3N?key=s3cr3t"},
		{"webhook", "--db", db, "add", "ftp://pass-word@example.org/T0K3N"},
	} {
		Run(t.Context(), args, &out, &said)
	}
	for _, text := range []string{out.String(), said.String()} {
		for _, secret := range []string{"T0K3N", "s3cr3t", "pass-word", "\x1b", "\x07", "\u202e"} {
			if strings.Contains(text, secret) {
				t.Errorf("%+q is printed in\n%+q", secret, text)
			}
		}
	}
	if !strings.Contains(out.String(), "https://127.0.0.1:1/…") || !strings.Contains(said.String(), "connect") {
		t.Errorf("printed are\n%s\n%s", out.String(), said.String())
	}
}

// TestControlCharactersOfFilesAreNotPrinted checks and imports files with control characters in their names, keys and texts.
func TestControlCharactersOfFilesAreNotPrinted(t *testing.T) {
	dir := t.TempDir()
	bundle := filepath.Join(dir, "bundle", "sources")
	if err := os.MkdirAll(bundle, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a.yaml":            "\"ti\\etle\": x\n\"\\x9btitle\": y\n",
		"b\x1b[31m.yaml":    "title: [1\n",
		"c.yaml":            "title: \"T\\u202egpj\\x1b[2J\"\nkind: \"\\x1b]0;x\\a\"\n",
		"d.jsonl":           "{\"type\":\"source\",\"slug\":\"\\u001b[31m\",\"title\":\"\\u009b31m\"}\n",
		"e.csv":             "slug,\x1b[31m\nx,\u202e\n",
		"f\u202egpj.yaml":   "title: ok\nsummary: \"a\\u202eb\"\nnope: 1\n",
		"g\u009b31m.yaml":   "- 1\n",
		"h.yaml":            "\x1b[31m",
		"i\u2067.unknown":   "x",
		"j.yaml":            "title: ok\nauthors: [\"\\x1b[31m\"]\n",
		"..\u200b\x07.yaml": "title: ok\n",
	} {
		if err := os.WriteFile(filepath.Join(bundle, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"check", filepath.Join(dir, "bundle")},
		{"import", "--db", filepath.Join(dir, "a.db"), filepath.Join(dir, "bundle")},
		{"import", "--skip-invalid", "--db", filepath.Join(dir, "a.db"), filepath.Join(dir, "bundle")},
		{"check", filepath.Join(dir, "\x1b[31m")},
		{"fmt", filepath.Join(dir, "bundle")},
		{"\x1b[31m"},
		{"import", "--\x1b[31m"},
	} {
		var out, said bytes.Buffer
		Run(t.Context(), args, &out, &said)
		if text := out.String() + said.String(); strings.ContainsAny(text, "\x1b\x07\u009b\u202e\u2067") || text == "" {
			t.Errorf("%+q prints\n%+q", args, text)
		}
	}
}

// TestControlCharactersAreNotLogged logs them as escapes, in JSON too.
func TestControlCharactersAreNotLogged(t *testing.T) {
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, safeLog()) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, safeLog()) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("a\u009bb", slog.String("path", "/\u009b31m\u202e"), slog.Any("error", errors.New("\x1b[31m\u009b")))
		if strings.ContainsAny(b.String(), "\x1b\u009b\u202e") {
			t.Errorf("%s logs %+q", name, b.String())
		}
	}
}

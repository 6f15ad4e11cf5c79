package command_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"parley/internal/parleytest"
)

// TestWebhookCommands adds a webhook beside a running server, which then delivers to it, lists, tests and removes it.
func TestWebhookCommands(t *testing.T) {
	dir := t.TempDir()
	got := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		got <- b.String()
	}))
	t.Cleanup(receiver.Close)
	cmd, _, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"add", receiver.URL, "--types", "talk", "--from", "0"}, 0, `(?s)^webhook 1 gets the changes after revision 0\nsecret: whsec_\S+\n$`},
		{[]string{"add", "http://example.org/"}, 1, `not https`},
		{[]string{"add", receiver.URL, "--types", "tlak"}, 1, `the types are`},
		{[]string{"add", receiver.URL, "--from", "99"}, 1, `the newest revision is 1`},
		{[]string{"list"}, 0, `1 +` + regexp.QuoteMeta(receiver.URL) + ` +talk `},
		{[]string{"test", "1"}, 0, `^webhook 1 accepted the message\n$`},
		{[]string{"test", "2"}, 1, `there is no webhook 2`},
	} {
		cmd := parleytest.Command(t, dir, append([]string{"webhook"}, c.args...)...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !regexp.MustCompile(c.want).Match(out) {
			t.Errorf("%v: exit %d and %s, want %d and %s", c.args, code, out, c.code, c.want)
		}
	}
	seen := map[string]bool{}
	for len(seen) < 2 {
		body := <-got
		seen[regexp.MustCompile(`"type":"[^"]*"`).FindString(body)] = true
	}
	if !seen[`"type":"webhook.test"`] || !seen[`"type":"content.changed"`] {
		t.Errorf("it was told %v", seen)
	}
	if out, err := parleytest.Command(t, dir, "webhook", "remove", "1").CombinedOutput(); err != nil || string(out) != "removed webhook 1\n" {
		t.Errorf("%s, %v", out, err)
	}
}

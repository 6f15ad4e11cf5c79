package service_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// varnish runs Varnish in front of a server as deploy/varnish.vcl has it, and returns the address of /graphql there.
func varnish(t *testing.T, at string) string {
	t.Helper()
	if _, err := exec.LookPath("varnishd"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("varnishd is missing: apt-get install varnish")
		}
		t.Skip("NOT TESTED: varnishd is missing: apt-get install varnish")
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	vcl, err := os.ReadFile("../deploy/varnish.vcl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "parley.vcl"), strings.Replace(string(vcl), `"8080"`, `"`+u.Port()+`"`, 1))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd := exec.CommandContext(t.Context(), "varnishd", "-F", "-a", addr, "-f", filepath.Join(dir, "parley.vcl"), "-n", filepath.Join(dir, "work"), "-s", "malloc,16m", "-T", "none", "-j", "none")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	for begun := time.Now(); time.Since(begun) < time.Minute; {
		if res, err := http.Get("http://" + addr + "/healthz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return "http://" + addr + "/graphql"
			}
		}
	}
	said, _ := os.ReadFile(out.Name())
	t.Fatalf("varnishd does not answer: %s", said)
	return ""
}

// TestSharedCache reads through a shared cache: it saves the server the work, and what is written is seen within a second.
func TestSharedCache(t *testing.T) {
	dir := t.TempDir()
	_, at, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db", "--answer-cache", "0", "--trust-proxy", "127.0.0.1", "--admin-addr", "")
	front := varnish(t, at)
	out, err := parleytest.Command(t, dir, "token", "create", "--role", "publisher", "--name", "desk", "--expires", "1d").Output()
	if err != nil {
		t.Fatal(err)
	}
	token := "Bearer " + strings.TrimSpace(string(out))
	read := front + "?query=" + url.QueryEscape(`{ talk(slug: "late-2023-pause") { id title } }`)
	res, before := parleytest.Send(t, "GET", read, "")
	id, _, _ := strings.Cut(strings.SplitN(before, `"id":"`, 2)[1], `"`)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Tag") != id {
		t.Fatalf("answered %d %v %s", res.StatusCode, res.Header, before)
	}
	kept := 0
	for range 50 {
		if res, text := parleytest.Send(t, "GET", read, ""); text != before {
			t.Errorf("answered %s", text)
		} else if strings.Contains(res.Header.Get("X-Varnish"), " ") { // two numbers: it was kept
			kept++
		}
	}
	if kept == 0 {
		t.Error("nothing is kept")
	}
	if res, _ := parleytest.Send(t, "GET", read, "", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("who has the answer is answered %d", res.StatusCode)
	}
	for i := range 3 {
		title := fmt.Sprintf("Title %d", i)
		mutation := fmt.Sprintf(`{"query":"mutation { updateTalk(input: {id: %q, title: %q}) { revision } }"}`, id, title)
		mutation = strings.ReplaceAll(mutation, `id: "`+id+`"`, `id: \"`+id+`\"`)
		mutation = strings.ReplaceAll(mutation, `title: "`+title+`"`, `title: \"`+title+`\"`)
		if res, text := parleytest.Send(t, "POST", front, mutation, "Content-Type", "application/json", "Authorization", token); res.StatusCode != http.StatusOK || strings.Contains(text, "errors") {
			t.Fatalf("the mutation is answered %d %s", res.StatusCode, text)
		}
		written := time.Now()
		for {
			if _, text := parleytest.Send(t, "GET", read, ""); strings.Contains(text, title) {
				break
			} else if late := time.Since(written); late > time.Second {
				t.Fatalf("%s after the write it is answered %s", late, text)
			}
		}
	}
	for _, c := range []struct{ name, method, at, body string }{
		{"an answer with a token", "GET", read, ""},
		{"an error", "GET", front + "?query=" + url.QueryEscape("{ nowhere }"), ""},
		{"a POST", "POST", front, `{"query":"{ talks { totalCount } }"}`},
	} {
		for range 2 {
			header := []string{"Content-Type", "application/json"}
			if c.name == "an answer with a token" {
				header = append(header, "Authorization", token)
			}
			if res, _ := parleytest.Send(t, c.method, c.at, c.body, header...); strings.Contains(res.Header.Get("X-Varnish"), " ") {
				t.Errorf("%s is kept", c.name)
			}
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), "PURGE", front, http.NoBody)
	req.Header.Set("Surrogate-Key", id)
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("a purge is answered %v, %v", res, err)
	} else {
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}

// TestLinksBehindProxies: links are those that the client can follow, where a trusted proxy or --public-url says so.
func TestLinksBehindProxies(t *testing.T) {
	https := []string{"X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https"}
	for _, c := range []struct {
		name   string
		flags  []string
		header []string
		want   string // what the link begins with, HOST being that which was asked
	}{
		{"no proxy", nil, nil, "http://HOST/"},
		{"a proxy that is not trusted", nil, https, "http://HOST/"},
		{"X-Forwarded-Proto", []string{"--trust-proxy", "127.0.0.1"}, https, "https://HOST/"},
		{"Forwarded", []string{"--trust-proxy", "127.0.0.1"}, []string{"Forwarded", "for=198.51.100.7;proto=https;host=parley.example"}, "https://parley.example/"},
		{"--public-url", []string{"--public-url", "https://parley.example/"}, nil, "https://parley.example/"},
		{"both", []string{"--public-url", "https://parley.example", "--trust-proxy", "127.0.0.1"}, []string{"X-Forwarded-Proto", "http"}, "https://parley.example/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := strings.TrimSuffix(parleytest.Start(t, c.flags...), "graphql")
			_, text := parleytest.Send(t, "GET", base+"feeds/talks/gaza-ceasefire-talks.atom?locales=ar", "", c.header...)
			want := strings.Replace(c.want, "http://HOST/", base, 1)
			want = strings.Replace(want, "https://HOST/", strings.Replace(base, "http:", "https:", 1), 1)
			if link := `href="` + want + `feeds/talks/gaza-ceasefire-talks.atom?locales=ar"`; !strings.Contains(text, link) {
				t.Errorf("the feed has no %s: %.600s", link, text)
			}
		})
	}
	base := parleytest.Start(t, "--public-url", "https://parley.example", "--live-init", "1s")
	for origin, want := range map[string]int{"https://parley.example": http.StatusSwitchingProtocols, "https://other.example": http.StatusForbidden} {
		res, _ := parleytest.Send(t, "GET", base, "", "Origin", origin, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", "graphql-transport-ws")
		if res.StatusCode != want {
			t.Errorf("a WebSocket of %s is answered %d, want %d", origin, res.StatusCode, want)
		}
	}
}

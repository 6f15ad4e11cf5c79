package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley/internal/parleytest"
)

// browser starts headless Chromium with no network but the loopback. It gathers what goes wrong on its page.
func browser(t *testing.T, host string) (context.Context, func() []string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("NOT TESTED: chromium is missing: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var wrong []string
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(func(ev any) {
		if w := fault(ev, host); w != "" {
			mu.Lock()
			defer mu.Unlock()
			wrong = append(wrong, w)
		}
	}))
	t.Cleanup(cancel)
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return wrong
	}
}

// fault says what an event of the page shows to be wrong, or nothing.
func fault(ev any, host string) string {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(ev.Request.URL); err != nil || (u.Scheme != "data" && u.Scheme != "blob" && u.Host != host) {
			return "foreign request: " + ev.Request.URL
		}
	case *runtime.EventExceptionThrown:
		return "exception: " + ev.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" {
			var said []string
			for _, a := range ev.Args {
				said = append(said, string(a.Value)+a.Description)
			}
			return "console error: " + strings.Join(said, " ")
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" {
			return "log: " + ev.Entry.Text + " " + ev.Entry.URL
		}
	}
	return ""
}

// shot saves what the page looks like where PARLEY_SHOTS names a folder.
func shot(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		dir := os.Getenv("PARLEY_SHOTS")
		if dir == "" {
			return chromedp.Void{}, nil
		}
		png, err := chromedp.CaptureScreenshot()(ctx, target)
		if err != nil {
			return chromedp.Void{}, err
		}
		return chromedp.Void{}, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
}

// text reads the text of an element into s.
func text(selector chromedp.CSS, s *string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (_ chromedp.Void, err error) {
		*s, err = chromedp.Text(selector)(ctx, target)
		*s = strings.ReplaceAll(*s, "\u00a0", " ")
		return chromedp.Void{}, err
	}
}

// shows waits until an element has the words.
func shows(selector, words string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](fmt.Sprintf("!!document.querySelector(%q)?.innerText.includes(%q)", selector, words))(ctx, target)
		return chromedp.Void{}, err
	}
}

func TestGraphiQL(t *testing.T) {
	u, err := url.Parse(parleytest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, wrong := browser(t, u.Host)
	var tabs, result, docs, byID string
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.Navigate("http://" + u.Host + "/"),
		chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .view-lines")),
		text(".graphiql-tabs", &tabs),
		chromedp.Click(chromedp.CSS(".graphiql-query-editor .view-lines")),
		chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		shows(".result-window", "talkStatus"),
		text(".result-window", &result),
		shot("graphiql"),
		chromedp.Click(chromedp.CSS(`button[aria-label="Show Documentation Explorer"]`)),
		shows(".graphiql-doc-explorer", "Query"),
		chromedp.Click(chromedp.Search(`//a[text()="Query"]`)),
		shows(".graphiql-doc-explorer", "agreements"),
		text(".graphiql-doc-explorer", &docs),
		shot("docs"),
		chromedp.Click(chromedp.Search(`//button[text()="ById"]`)),
		chromedp.Sleep(time.Second), // GraphiQL reads the operation's name 100 ms after a change of tabs, and shows no sign of it
		chromedp.Click(chromedp.CSS("button.graphiql-execute-button")),
		shows(".result-window", "__typename"),
		text(".result-window", &byID),
		shot("byid"),
	}
	for i, step := range steps {
		if err := chromedp.Do(ctx, step); err != nil {
			page := ""
			_ = chromedp.Do(ctx, shot("failed"), text("body", &page))
			t.Fatalf("step %d: %v\npage: %.800s\nwrong: %v", i, err, page, wrong())
		}
	}
	for _, want := range []string{"Timeline", "Participants", "Positions", "Faq", "Agreements", "ById", "Past", "Changes", "CorrectTalk"} {
		if !strings.Contains(tabs, want) {
			t.Errorf("no tab %s in %q", want, tabs)
		}
	}
	for _, c := range []struct{ where, text, want string }{
		{"the result", result, "Gaza ceasefire talks"},
		{"the docs", docs, "The root of all reads"},
		{"the node by id", byID, "Gaza ceasefire talks"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s lacks %q: %q", c.where, c.want, c.text)
		}
	}
	for _, w := range wrong() {
		t.Error(w)
	}
}

// TestGraphiQLShowsRefusals opens GraphiQL where only trusted documents are answered: it says so, and where a token goes.
func TestGraphiQLShowsRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "documents.json")
	parleytest.Write(t, file, `{"a": "{ talks { totalCount } }"}`)
	u, err := url.Parse(parleytest.Start(t, "--documents", file, "--documents-only"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := browser(t, u.Host)
	var page string
	for i, step := range []chromedp.Action[chromedp.Void]{
		chromedp.Navigate("http://" + u.Host + "/"),
		shows(".result-window", "documentId"),
		shows(".result-window", "Authorization"),
		shows(".graphiql-editor-tools", "Headers"),
		shot("refusal"),
	} {
		if err := chromedp.Do(ctx, step); err != nil {
			_ = chromedp.Do(ctx, text("body", &page))
			t.Fatalf("step %d: %v\npage: %.800s", i, err, page)
		}
	}
}

// TestGraphiQLHeaders sends what is written in the tab Headers: a token that is none is refused.
func TestGraphiQLHeaders(t *testing.T) {
	u, err := url.Parse(parleytest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := browser(t, u.Host)
	for i, step := range []chromedp.Action[chromedp.Void]{
		chromedp.Navigate("http://" + u.Host + "/"),
		chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .view-lines")),
		chromedp.Click(chromedp.CSS(`button[data-name="headers"]`)),
		chromedp.WaitVisible(chromedp.CSS(`.graphiql-editor-tool[aria-label="Headers"]`)), // no longer the variables
		chromedp.Click(chromedp.CSS(`.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines`)),
		chromedp.KeyEvent(`{"authorization":"Bearer parley_mistyped"`), // the editor closes the brace
		shows(".graphiql-editor-tool", "mistyped"),
		chromedp.Sleep(time.Second), // GraphiQL reads an editor a while after a change, and shows no sign of it
		chromedp.Click(chromedp.CSS("button.graphiql-execute-button")),
		shows(".result-window", "UNAUTHENTICATED"),
		shot("headers"),
	} {
		if err := chromedp.Do(ctx, step); err != nil {
			page := ""
			_ = chromedp.Do(ctx, shot("failed"), text("body", &page))
			t.Fatalf("step %d: %v\npage: %.800s", i, err, page)
		}
	}
}

// TestGraphiQLSubscribes runs a subscription and a correction whose token is typed in the tab Headers, in two windows. The
// token is there after a reload, in the session storage alone.
func TestGraphiQLSubscribes(t *testing.T) {
	dir := t.TempDir()
	_, at, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0", "--db", "parley.db")
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parleytest.Command(t, dir, "token", "create", "--role", "editor", "--name", "desk").Output()
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimSpace(string(out))
	ctx, wrong := browser(t, u.Host)
	other, cancel := chromedp.NewContext(ctx)
	defer cancel()
	page := "http://" + u.Host + "/"
	opened := func(tab string) []chromedp.Action[chromedp.Void] {
		return []chromedp.Action[chromedp.Void]{
			chromedp.Navigate(page),
			chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .view-lines")),
			chromedp.Click(chromedp.Search(`//button[text()="` + tab + `"]`)),
			shows(".graphiql-query-editor", tab),
			chromedp.Sleep(time.Second), // GraphiQL reads an editor a while after a change, and shows no sign of it
		}
	}
	run := chromedp.Click(chromedp.CSS("button.graphiql-execute-button"))
	var stored bool
	holds := func(script string) chromedp.Action[chromedp.Void] {
		return func(ctx context.Context, target *chromedp.Target) (_ chromedp.Void, err error) {
			stored, err = chromedp.Evaluate[bool](script)(ctx, target)
			return chromedp.Void{}, err
		}
	}
	kept := func(storage string) string { return "JSON.stringify({..." + storage + "}).includes('" + token + "')" }
	do := func(name string, window context.Context, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for i, step := range steps {
			if err := chromedp.Do(window, step); err != nil {
				page := ""
				_ = chromedp.Do(window, shot("failed"), text("body", &page))
				t.Fatalf("%s, step %d: %v\npage: %.800s\nwrong: %v", name, i, err, page, wrong())
			}
		}
	}
	do("subscribe", ctx, append(opened("Changes"), run, shows(".result-window", `"changes"`))...)
	do("correct", other, append(opened("CorrectTalk"),
		chromedp.Click(chromedp.CSS(`button[data-name="headers"]`)),
		chromedp.WaitVisible(chromedp.CSS(`.graphiql-editor-tool[aria-label="Headers"]`)),
		chromedp.Click(chromedp.CSS(`.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines`)),
		chromedp.KeyEvent(`{"authorization":"Bearer `+token+`"`),
		shows(".graphiql-editor-tool", token),
		chromedp.Sleep(time.Second),
		run, shows(".result-window", "SUSPENDED"), shot("corrected"))...)
	do("hear", ctx, shows(".result-window", `"UPDATED"`), shot("changes"), run) // the button stops it
	do("reload", other, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .view-lines")),
		chromedp.Click(chromedp.CSS(`button[data-name="headers"]`)), shows(`.graphiql-editor-tool[aria-label="Headers"]`, token), holds(kept("sessionStorage")))
	if !stored {
		t.Error("the token is not in the session storage")
	}
	do("look", other, holds(kept("localStorage")))
	if stored {
		t.Error("the token is in the local storage")
	}
	for _, w := range wrong() {
		t.Error(w)
	}
}

// TestGraphiQLForgetsHeaders opens GraphiQL where an earlier version kept headers in the local storage: they are gone, neither shown
// nor sent, and the queries beside them are there.
func TestGraphiQLForgetsHeaders(t *testing.T) {
	u, err := url.Parse(parleytest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := browser(t, u.Host)
	const headers = `{"authorization":"Bearer parley_planted"}`
	tab := map[string]any{"id": "kept", "hash": nil, "title": "Kept", "query": "query Kept { talks { nodes { talkStatus } } }", "variables": "", "headers": headers, "operationName": "Kept", "response": nil}
	planted, err := json.Marshal(map[string]any{
		"headers": headers, "shouldPersistHeaders": "true", "tabState": textOf(t, map[string]any{"tabs": []any{tab}, "activeTabIndex": 0}),
		"queries": textOf(t, map[string]any{"queries": []any{map[string]any{"query": tab["query"], "headers": headers, "operationName": "Kept"}}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var page, state string
	evaluated := func(script string) chromedp.Action[chromedp.Void] {
		return func(ctx context.Context, target *chromedp.Target) (_ chromedp.Void, err error) {
			state, err = chromedp.Evaluate[string](script)(ctx, target)
			return chromedp.Void{}, err
		}
	}
	for i, step := range []chromedp.Action[chromedp.Void]{
		chromedp.Navigate("http://" + u.Host + "/healthz"),
		evaluated("for (const [key, value] of Object.entries(" + string(planted) + ")) localStorage.setItem('graphiql:' + key, value); ''"),
		chromedp.Navigate("http://" + u.Host + "/"),
		chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .view-lines")),
		evaluated("JSON.stringify([{...localStorage}, {...sessionStorage}])"),
		shows(".graphiql-query-editor", "Kept"),
		chromedp.Sleep(time.Second), // GraphiQL reads an editor a while after a change, and shows no sign of it
		chromedp.Click(chromedp.CSS("button.graphiql-execute-button")),
		shows(".result-window", "talkStatus"), // an unknown token would be refused
		chromedp.Click(chromedp.CSS(`button[data-name="headers"]`)),
		chromedp.WaitVisible(chromedp.CSS(`.graphiql-editor-tool[aria-label="Headers"]`)),
		chromedp.Sleep(time.Second),
		text("body", &page),
		shot("forgotten"),
	} {
		if err := chromedp.Do(ctx, step); err != nil {
			_ = chromedp.Do(ctx, shot("failed"), text("body", &page))
			t.Fatalf("step %d: %v\npage: %.800s", i, err, page)
		}
	}
	if !strings.Contains(state, "Kept") || strings.Contains(state, "planted") {
		t.Errorf("after the page has loaded the storage holds %s", state)
	}
	if strings.Contains(page, "planted") {
		t.Errorf("the headers are shown: %s", page)
	}
}

// textOf is a value in JSON.
func textOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

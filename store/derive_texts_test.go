package store

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/internal/lru"
	"parley/internal/markdown"
)

// costlyText is a text within the bounds whose rendering takes about a hundred times as long as that of plain words. It ends with a
// word of its own.
func costlyText(word string) string {
	return strings.Repeat(strings.Repeat("> - ", 10)+"a\n\n", 2200) + word
}

// forgetTexts has a store forget the texts that it has derived, as at a start.
func forgetTexts(s *Store) { s.queue.texts = lru.New[derivation, string](keptTexts) }

// TestLongTextsAreDerivedOutsideTheQueue writes long texts by every way in, with and without what was derived before, and holds that
// none of them is rendered or folded in the write queue, and what is found by them.
func TestLongTextsAreDerivedOutsideTheQueue(t *testing.T) {
	s := openTest(t)
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	inQueue, longest := 0, derivation{}
	s.queue.watchTexts = func(x derivation) {
		if inQueue += x.cost(); len(x.text) > len(longest.text) {
			longest = x
		}
	}
	translation := func(locale, word string) map[string]any {
		return map[string]any{"locale": locale, "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "body", "value": costlyText(word)}}}
	}
	set := func(list ...content.Change) func() (content.ApplyResult, error) {
		return func() (content.ApplyResult, error) {
			return s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: list})
		}
	}
	const few = 12 // items of a step at most
	var refs map[string]content.Ref
	step := func(name string, write func() (content.ApplyResult, error)) content.ApplyResult {
		t.Helper()
		forgetTexts(s)
		inQueue, longest = 0, derivation{}
		done, err := write()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if inQueue > queuedTexts+few*textsOfItem || len(longest.text) > queuedTexts {
			t.Errorf("%s: texts of a cost of %d are derived in the queue, one with %d bytes", name, inQueue, len(longest.text))
		}
		return done
	}
	done := step("create", set(
		create("Source", "source", map[string]any{"title": "A source"}),
		create("Talk", "talk", map[string]any{"title": "A talk", "body": costlyText("firstword"), "translations": []map[string]any{translation("ar", "secondword")}}),
		create("Event", "event", map[string]any{
			"title": "An event", "occurredOn": edtf(t, "2023"), "body": costlyText("thirdword"), "talk": local("Talk", "talk"),
			"citations": []map[string]any{{"source": local("Source", "source"), "quote": strings.Repeat("a quotation ", 80)}},
		}),
		create("Article", "article", map[string]any{"title": "An article", "questions": []map[string]any{
			{"question": "Why?", "answer": costlyText("fourthword")}, {"question": "When?", "answer": costlyText("fifthword")},
		}}),
		create("Mediator", "mediator", map[string]any{"name": "Egypt", "aliases": longNames(40), "description": costlyText("sixthword")}),
	))
	refs = map[string]content.Ref{"source": done.Refs[0], "talk": done.Refs[1], "event": done.Refs[2], "article": done.Refs[3], "mediator": done.Refs[4]}
	for _, name := range []string{"source", "talk", "event", "article", "mediator"} {
		step("publish the "+name, set(of(content.Publish, refs[name], nil)))
		step("rename the "+name, set(of(content.Update, refs[name], map[string]any{content.TypeNamed(refs[name].Type).Title(): "Another " + name})))
	}
	step("translate", set(of(content.Update, refs["talk"], map[string]any{"translations": []map[string]any{translation("he", "seventhword")}})))
	step("change a text", set(of(content.Update, refs["talk"], map[string]any{"body": costlyText("eighthword")})))
	changed, _ := s.Head(t.Context())
	step("a party too", set(content.Change{
		Op: content.Create, Type: content.TypeNamed("Party"), ExistingActor: &content.Target{Type: content.TypeNamed("Mediator"), Key: refs["mediator"].Key}, Path: "input",
	}))
	step("withdraw with all", set(content.Change{Op: content.Withdraw, Type: content.TypeNamed("Talk"), Key: refs["talk"].Key, Cascade: true, Path: "input"}))
	later := &content.Publication{Status: content.PubUsable, EmbargoedUntil: now.Add(time.Hour)}
	step("until later", set(content.Change{Op: content.Publish, Type: content.TypeNamed("Talk"), Key: refs["talk"].Key, Cascade: true, Path: "input", Publication: later}))
	now = now.Add(2 * time.Hour)
	step("the embargo ends", func() (content.ApplyResult, error) {
		rev, err := s.LiftEmbargoes(t.Context())
		return content.ApplyResult{Revision: rev}, err
	})
	step("undo", func() (content.ApplyResult, error) {
		head, _ := s.Head(t.Context())
		return s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "CORRECTION", Undo: head})
	})
	step("publish again", set(content.Change{Op: content.Publish, Type: content.TypeNamed("Talk"), Key: refs["talk"].Key, Cascade: true, Path: "input"}))
	step("revert", set(content.Change{Op: content.Revert, Type: content.TypeNamed("Talk"), Key: refs["talk"].Key, To: changed - 1, Path: "input"}))
	for word, want := range map[string]int{"firstword": 1, "secondword": 1, "seventhword": 1, "eighthword": 0, "thirdword": 1, "fourthword": 1, "fifthword": 1, "sixthword": 2} {
		if got := searched(t, s, word); len(got) != want {
			t.Errorf("%s finds %q, want %d", word, got, want)
		}
	}
	step("redact", set(content.Change{Op: content.Redact, Type: content.TypeNamed("Talk"), Key: refs["talk"].Key, Text: "eighthword", Path: "input"}))
	if n := count(t, s, "SELECT COUNT(*) FROM talk_history WHERE body LIKE '%eighthword%'"); n != 0 {
		t.Errorf("%d former versions have the word that was redacted", n)
	}
	step("delete", set(of(content.Delete, refs["article"], nil)))
	if n := count(t, s, "SELECT COUNT(*) FROM search_former_index WHERE search_former_index MATCH 'fourthword'"); n != 2 {
		t.Errorf("%d former texts of what was deleted are found by a word, want 2: the title was another", n)
	}
}

// longNames are names that take long to fold together.
func longNames(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%d %s", i, strings.Repeat("ṩé", 140))
	}
	return list
}

// TestAheadDerivesWhatDiffers derives the texts of an import before it is written, but for those that the record has already.
func TestAheadDerivesWhatDiffers(t *testing.T) {
	s := openTest(t)
	ref := apply(t, s, create("Talk", "talk", map[string]any{"title": "A talk", "body": costlyText("same")})).Refs[0]
	same, err := itemNow(t, s, content.TypeNamed("Talk"), ref.Key)
	if err != nil {
		t.Fatal(err)
	}
	other := talk("other", "Another talk", "")
	other.Values["body"] = costlyText("other")
	forgetTexts(s)
	if err := s.Ahead(t.Context(), []content.Item{same, other, talk("short", "Short", "")}); err != nil {
		t.Fatal(err)
	}
	for item, want := range map[*content.Item]bool{&same: false, &other: true} {
		body, _ := item.Values["body"].(string)
		if _, ok := s.queue.texts.Get(derivation{form: unformatted, text: body}); ok != want {
			t.Errorf("%s is derived: %t, want %t", item.Slug, ok, want)
		}
	}
}

// TestWritersDoNotWaitForRendering compares how long one writer, who gives an item another costly text, holds the queue with how long
// the text takes to render in the same run, and what other writers see of it.
func TestWritersDoNotWaitForRendering(t *testing.T) {
	s := openTest(t)
	ref := apply(t, s, create("Talk", "talk", map[string]any{"title": "A talk", "body": costlyText("a")})).Refs[0]
	rendering, held := time.Hour, time.Hour
	for i := range 5 {
		text := costlyText(strconv.Itoa(i))
		begun := time.Now()
		if _, err := markdown.Text(text); err != nil {
			t.Fatal(err)
		}
		rendering = min(rendering, time.Since(begun))
		forgetTexts(s)
		var busy time.Duration
		set := content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{of(content.Update, ref, map[string]any{"body": text})}}
		err := s.queue.do(t.Context(), func(ctx context.Context, w *writer) error {
			begun := time.Now()
			defer func() { busy += time.Since(begun) }()
			_, err := w.apply(ctx, set)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		held = min(held, busy)
	}
	if held > rendering/3 {
		t.Errorf("the queue is held for %s by a text that takes %s to render", held, rendering)
	}
	t.Logf("the queue is held for %s by a text that takes %s to render", held, rendering)
}

// TestTextsAreDerivedInOnePlace holds that the writer renders and folds texts by derivedTexts alone: in no other file of the package but those
// of reads, and the functions of statements that serve migrations.
func TestTextsAreDerivedInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{
		"derive_texts.go": {"markdown.Plain", "markdown.Text", "fold.NewKeyer", "fold.Spaced", "fold.Text"},
		"folding.go":      {"fold.NewKeyer", "fold.Spaced", "fold.Text"},
		"derive_names.go": {"fold.Text"},                     // of filters
		"write_queue.go":  {"fold.NewKeyer"},                 // which derivedTexts use
		"write_redact.go": {"fold.Find", "fold.FindEncoded"}, // of the words that are redacted, and by derivedTexts
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "read_") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "markdown" || x.Name == "fold") && !slices.Contains(allowed[name], x.Name+"."+sel.Sel.Name) {
				t.Errorf("%s calls %s.%s: derive texts by derivedTexts", name, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

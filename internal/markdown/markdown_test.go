package markdown

import (
	"math/rand/v2"
	"strings"
	"testing"

	"parley/content"
)

// TestPlainTextIsItsOwnWords compares texts that are not rendered with what rendering makes of them.
func TestPlainTextIsItsOwnWords(t *testing.T) {
	const letters = "aZ09 .,;:'\"()/%?-  &*_[]#\n"
	rng := rand.New(rand.NewPCG(1, 2))
	plainly := 0
	for range 50_000 {
		text := make([]byte, rng.IntN(12))
		few := len(letters) - 8*rng.IntN(2)
		for i := range text {
			text[i] = letters[rng.IntN(few)]
		}
		want, err := rendered(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Text(string(text)); err != nil || got != want {
			t.Fatalf("%q: %q, %v; want %q", text, got, err, want)
		}
		if Plain(string(text)) {
			plainly++
		}
	}
	if plainly < 1000 {
		t.Errorf("only %d texts were plain", plainly)
	}
}

// TestRawHTMLAndLists renders raw HTML, whose words stay, and ordered lists, which keep their numbers.
func TestRawHTMLAndLists(t *testing.T) {
	for text, want := range map[string][2]string{
		"<div>Some <b>words</b> &amp; more</div>":                                     {"<p>Some words &amp; more</p>", "Some words & more"},
		"Before\n\n<table>\n<tr><td>Qatar</td><td>Egypt</td></tr>\n</table>\n\nAfter": {"<p>Before</p>\n<p>Qatar\nEgypt</p>\n<p>After</p>", "Before\nQatar\nEgypt\nAfter"},
		"<div>\n\nIn *Markdown*\n\n</div>":                                            {"<p>In <em>Markdown</em></p>", "In Markdown"},
		"<p>one<br>two</p>":                                                           {"<p>one\ntwo</p>", "one\ntwo"},
		"one<br>two <span>three</span>":                                               {"<p>one<br>\ntwo three</p>", "one\ntwo three"},
		"<script>alert(1)</script>":                                                   {"", ""},
		"<div><script>alert(1)</script>words<style>a{}</style></div>":                 {"<p>words</p>", "words"},
		"<!-- a note -->":                                                             {"", ""},
		"<div onclick=alert(1)>&lt;script&gt;</div>":                                  {"<p>&lt;script&gt;</p>", "<script>"},
		"<pre>\nkept\n</pre>":                                                         {"<p>kept</p>", "kept"},
		"</div></div>words":                                                           {"<p>words</p>", "words"},
		"7) seven\n8) eight":                                                          {"<ol start=\"7\">\n<li>seven</li>\n<li>eight</li>\n</ol>", "7) seven\n8) eight"},
		"1. one\n1. two":                                                              {"<ol>\n<li>one</li>\n<li>two</li>\n</ol>", "1. one\n2. two"},
		"3. loose\n\n4. list\n   - point":                                             {"<ol start=\"3\">\n<li>\n<p>loose</p>\n</li>\n<li>\n<p>list</p>\n<ul>\n<li>point</li>\n</ul>\n</li>\n</ol>", "3. loose\n\n4. list\n\npoint"},
		"- point":                                                                     {"<ul>\n<li>point</li>\n</ul>", "point"},
	} {
		html, err := HTML(text)
		words, other := Text(text)
		if html != want[0] || words != want[1] || err != nil || other != nil {
			t.Errorf("%q: %q and %q, %v, %v; want %q", text, html, words, err, other, want)
		}
	}
}

// TestEscapedTextIsItself renders plain texts that were escaped: the words and line breaks are those of the text.
func TestEscapedTextIsItself(t *testing.T) {
	const letters = "aZ09 .,;:'\"()/%?-&*_[]#\n\n\n>+=~`|<!\\\t{}$@^é١"
	runes := []rune(letters)
	rng := rand.New(rand.NewPCG(3, 4))
	field := &content.Field{Name: "body", Kind: content.RichText}
	check := func(text string) {
		t.Helper()
		escaped := content.EscapeMarkdown(text)
		got, err := Text(escaped)
		html, other := HTML(escaped)
		if got != text || err != nil || other != nil {
			t.Fatalf("%q became %q, which is %q, %v, %v", text, escaped, got, err, other)
		}
		if n := strings.Count(html, "<br>") + strings.Count(html, "<br/>"); n != strings.Count(text, "\n") || strings.Count(html, "<") > n+2 {
			t.Fatalf("%q is %s", text, html)
		}
		if again, err := field.TextOf(escaped); err != nil || again != escaped {
			t.Fatalf("%q cannot be written again: %q, %v", escaped, again, err)
		}
	}
	for range 100_000 {
		text := make([]rune, rng.IntN(14))
		for i := range text {
			text[i] = runes[rng.IntN(len(runes))]
		}
		if plain := strings.TrimSpace(string(text)); plain != "" {
			check(plain)
		}
	}
	for _, text := range []string{
		"1. one\n2) two\n- three", "# no heading\n=====", "<b>no tag</b> &amp; [no](link) http://example.org", "a\n\n\nb", "    indented\n    more", "```\nno code", "***", "a\\", "\\",
		strings.Repeat("* [1] _a_\n", 2000) + "end", strings.Repeat(">", 200),
	} {
		check(strings.TrimSpace(text))
	}
}

// TestExcerpt cuts words at the last space that leaves more than half of the length, and counts characters, not bytes.
func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		text   string
		length int
		want   string
	}{
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two…"},
		{"one two three", 8, "one two…"},
		{"one two three", 7, "one tw…"},
		{"one two three", 3, "on…"},
		{"one two", 1, "…"},
		{"one two", 0, "…"},
		{"é ÿ ü ö", 7, "é ÿ ü ö"},
		{"éééé éééé", 8, "éééé…"},
		{"éééé éééé", 4, "ééé…"},
		{"a bcdefghij", 10, "a bcdefgh…"},
		{"abcd efghij", 8, "abcd…"},
		{"", 0, ""},
	} {
		if got := Excerpt(c.text, c.length); got != c.want {
			t.Errorf("%d characters of %q are %q, want %q", c.length, c.text, got, c.want)
		}
	}
}

package markdown

import (
	"strings"
	"testing"
)

// TestImagesAndLinksToOtherHosts holds that nothing is loaded from another host, and that links say which host they lead to.
func TestImagesAndLinksToOtherHosts(t *testing.T) {
	for text, want := range map[string]string{
		"![who *reads*](https://tracker.example/p.gif \"t\")": "<p>who <em>reads</em></p>",
		"![x](data:image/png;base64,iVBORw0KGgo=)":            "<p>x</p>",
		"![x](/local.png)": "<p>x</p>",
		"![x][1]\n\n[1]: https://tracker.example/p.gif":            "<p>x</p>",
		"[![x](https://tracker.example/p.gif)](https://a.example)": `<p><a href="https://a.example" rel="nofollow">x</a></p>`,
		"<img src=\"https://tracker.example/p.gif\" alt=\"x\">":    "",
		"[x](//evil.example)":               "<p>x</p>",
		"[x](\\\\\\\\evil.example)":         `<p><a href="%5C%5Cevil.example" rel="nofollow">x</a></p>`,
		"[x](/\\\\evil.example)":            `<p><a href="/%5Cevil.example" rel="nofollow">x</a></p>`,
		"[x](</&#9;/evil.example>)":         "",
		"[x](<&#1;//evil.example>)":         "",
		"[x](javascript:alert(1))":          "<p>x</p>",
		"[x](/talks/a)":                     `<p><a href="/talks/a" rel="nofollow">x</a></p>`,
		"[x](#part)":                        `<p><a href="#part" rel="nofollow">x</a></p>`,
		"[x](https://a.example/ \"title\")": `<p><a href="https://a.example/" title="title" rel="nofollow">x</a></p>`,
		"<mail@a.example>":                  `<p><a href="mailto:mail@a.example" rel="nofollow">mail@a.example</a></p>`,
		"2. two\n3. three":                  "<ol start=\"2\">\n<li>two</li>\n<li>three</li>\n</ol>",
	} {
		got, err := HTML(text)
		if err != nil || want != "" && got != want {
			t.Errorf("%q renders as %q, want %q, %v", text, got, want, err)
		}
		if strings.Contains(got, "<img") || strings.Contains(got, "tracker") || strings.Contains(got, `href="//`) || strings.Contains(got, `href="/\`) || strings.Contains(got, `href="\`) {
			t.Errorf("%q renders as %q", text, got)
		}
	}
}

// TestDirectionsEndOnTheirLine renders texts that were kept before such characters were refused, and character references.
func TestDirectionsEndOnTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\u202eb\n\nc":               "a\u202eb\u202c\nc",
		"&#x202e;b\n\nc":              "\u202eb\u202c\nc",
		"\u2067b\u2069\u2069 \u202cc": "\u2067b\u2069 c",
		"&#27;[31mred&#x9b;0m":        "[31mred",
	} {
		got, err := Text(text)
		if got = strings.ReplaceAll(got, "\n\n", "\n"); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%q is the text %q, want %q, %v", text, got, want, err)
		}
		page, err := HTML(text)
		if err != nil || strings.ContainsAny(page, "\x1b\u009b") || strings.Count(page, "\u202e") != strings.Count(page, "\u202c") || strings.Count(page, "\u2067") != strings.Count(page, "\u2069") {
			t.Errorf("%q renders as %q, %v", text, page, err)
		}
	}
	if got := Excerpt("\u2068one two three four\u2069 five", 12); got != "\u2068one two\u2069…" {
		t.Errorf("the excerpt is %q", got)
	}
}

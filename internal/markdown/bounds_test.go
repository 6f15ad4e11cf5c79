package markdown_test

import (
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/internal/markdown"
)

// attacks are texts of 100,000 characters whose rendering takes seconds, by what they repeat.
func attacks() map[string]string {
	const length = 100_000
	deeper := func(indent string) string {
		var b strings.Builder
		for i := 0; b.Len() < length-2*i-10; i++ {
			b.WriteString(strings.Repeat(indent, i) + "- a\n")
		}
		return b.String()
	}
	list := map[string]string{"deeper lists": deeper("  "), "deeper lists, by tabs": deeper("\t")}
	for _, part := range []string{"[a](", "![a](", "[a](<b", "[a][", "[", "> ", ">", "- ", "1. ", "2) ", "> - ", "*a_ ", "*a **b ", "[a](b\n"} {
		list[part] = strings.Repeat(part, length/len(part)-1) + "a"
	}
	list["pairs"] = strings.Repeat("[", length/2-1) + "a" + strings.Repeat("]", length/2-1)
	return list
}

// check returns what is wrong with a text of a talk, or nil.
func check(text string) *content.Error {
	_, err := content.TypeNamed("Talk").Field("body").TextOf(text)
	return err
}

// TestCostlyTextsAreRefused holds that each attack is refused with its line, and that the costliest text within the
// bounds, which repeats the beginning of an attack after blank lines, takes at most 100 times as long as plain words.
func TestCostlyTextsAreRefused(t *testing.T) {
	render := func(text string) time.Duration {
		t.Helper()
		best := time.Hour
		for range 3 {
			start := time.Now()
			if _, err := markdown.HTML(text); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	control := render(strings.Repeat("The talks resumed in the morning, with drafts of both sides.\n\n", 1600))
	for _, part := range []string{"<a ", "<b>", "<!--", "a<?", "<http:", "a<![CDATA[", "&", "[a]: b\n\n", "a\n", "```\n", "a`", "(", "\\("} {
		if took := render(strings.Repeat(part, 100_000/len(part))); took > 100*control {
			t.Errorf("%q repeated: %s, plain words %s", part, took, control)
		}
	}
	for name, text := range attacks() {
		if err := check(text); err == nil || !strings.HasPrefix(err.Message, "body: line ") {
			t.Errorf("%s: %v; want a problem with its line", name, err)
		}
		block := ""
		for n := 4096; n > 0 && check(text[:len(block)+n]) == nil || n > 1; n /= 2 {
			for check(text[:len(block)+n]) == nil {
				block = text[:len(block)+n]
			}
		}
		block = strings.TrimRight(block, " \t") // as TextOf read it
		worst := strings.Repeat(block+"\n\n", 100_000/(len(block)+2))
		if err := check(worst); err != nil {
			t.Errorf("%s: %v in blocks of %d characters", name, err, len(block))
			continue
		}
		if took := render(worst); took > 100*control {
			t.Errorf("%s: %s within the bounds, plain words %s", name, took, control)
		}
	}
}

// TestUsualTextsPass holds that long articles with many links, lists and quotations are within the bounds.
func TestUsualTextsPass(t *testing.T) {
	for name, text := range map[string]string{
		"links":      strings.Repeat("A paragraph with [a link](https://example.org) and *emphasis* and more words to read.\n\n", 1000),
		"a list":     strings.Repeat("- [a link](https://example.org) of a list\n", 400),
		"quotations": strings.Repeat("> > > a quotation of a quotation\n", 2000),
		"nested":     "- a\n  - b\n    - c\n      - d\n        - e\n          1. f\n             1. g\n",
		"breaks":     "a\n\n* * *\n\nb\n\n-----\n",
		"code":       "```\n" + strings.Repeat("        a[i] = *p_q;\n", 200) + "```\n",
		"numbers":    "1990 was a year. 1991. 1992)\n",
	} {
		if err := check(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

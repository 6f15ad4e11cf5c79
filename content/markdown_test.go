package content_test

import (
	"strings"
	"testing"

	"parley/content"
)

// TestMarkdownBounds writes as many markers as a text may have, and one more. What only looks like a marker does not count.
func TestMarkdownBounds(t *testing.T) {
	body := content.TypeNamed("Article").Field("body")
	times := strings.Repeat
	for name, c := range map[string]struct {
		text string
		want string // of the error
	}{
		"20 quotations":                  {times("> ", 20) + "a", ""},
		"21 quotations":                  {times("> ", 21) + "a", "line 1 has 21 quotations and lists"},
		"21 quotations without spaces":   {times(">", 21) + "a", "line 1 has 21 quotations and lists"},
		"20 lists":                       {times("- ", 20) + "a", ""},
		"21 lists by hyphens":            {times("- ", 21) + "a", "21 quotations and lists"},
		"21 lists by plus":               {times("+ ", 21) + "a", "21 quotations and lists"},
		"21 lists by asterisks":          {times("* ", 21) + "a", "21 quotations and lists"},
		"20 numbered lists":              {times("1. ", 20) + "a", ""},
		"21 numbered lists":              {times("12) ", 21) + "a", "21 quotations and lists"},
		"the 21st ends its line":         {times("- ", 20) + "-\na", "21 quotations and lists"},
		"a rule of hyphens":              {"a\n\n" + times("-", 80), ""},
		"hyphens before letters":         {times("-a ", 30), ""},
		"numbers with points":            {times("1.", 30), ""},
		"points without numbers":         {times(". ", 30) + "a", ""},
		"a space between":                {times("1 . ", 30) + "a", ""},
		"digits before hyphens":          {times("1- ", 30) + "a", ""},
		"100 columns":                    {"a\n" + times(" ", 100) + "b", ""},
		"101 columns":                    {"a\n" + times(" ", 101) + "b", "line 2 is indented by 101 columns"},
		"25 tabs":                        {"a\n" + times("\t", 25) + "b", ""},
		"26 tabs":                        {"a\n" + times("\t", 26) + "b", "line 2 is indented by 104 columns"},
		"500 brackets":                   {times("[", 500), ""},
		"501 brackets":                   {times("[", 501), "line 1 has the 501th opening bracket"},
		"501 brackets in two lines":      {times("[", 250) + "\n" + times("[", 251), "line 2 has the 501th opening bracket"},
		"brackets with a blank between":  {times("[", 500) + "\n\n" + times("[", 500), ""},
		"escaped brackets":               {times(`\[`, 501), ""},
		"brackets after escaped strokes": {times(`\\[`, 501), "501th opening bracket"},
		"500 runs":                       {times("a*", 500), ""},
		"501 runs":                       {times("a*", 501), "line 1 has the 501th run"},
		"501 runs of two":                {times("a__", 501), "501th run"},
		"runs of two kinds":              {times("*_", 250) + "*", "501th run"},
		"one long run":                   {"a" + times("*", 600), ""},
		"runs with a blank between":      {times("a*", 500) + "\n\n" + times("a*", 500), ""},
	} {
		_, err := body.TextOf(c.text)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Code != content.BadUserInput || !strings.Contains(err.Message, c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

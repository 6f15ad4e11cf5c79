package content

import (
	"strings"
	"testing"
)

func TestDirectionsOfText(t *testing.T) {
	line, rich := &Field{Name: "title", Kind: Text}, &Field{Name: "body", Kind: RichText}
	for text, want := range map[string]string{
		"plain – “quoted” ‡":             "",
		"\u05e9\u05dc\u05d5\u05dd peace": "",
		"the \u2067\u05e9\u05dc\u2069 x": "",
		"invoice\u202egpj.exe":           "U+202E",
		"\u202aa\u202c":                  "U+202A",
		"a\u202c":                        "U+202C",
		"a\u2066b":                       "does not end it",
		"a\u2069b\u2066":                 "U+2069, which ends",
	} {
		_, err := line.TextOf(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Message, want) || !strings.HasPrefix(err.Message, "title ")) {
			t.Errorf("a title %+q: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"a – b":                      "a – b",
		"a\u202eb\nc":                "a\u202eb\u202c\nc",
		"a\u2066b\u202ec\u2069d\ne":  "a\u2066b\u202ec\u202c\u2069d\ne",
		"a\u2069b\u202cc":            "abc",
		"\u2066a\u202c\u2069":        "\u2066a\u2069",
		"\u2067\u05e9\u2069 a\u202d": "\u2067\u05e9\u2069 a\u202d\u202c",
	} {
		got, err := rich.TextOf(text)
		if err != nil || got != want {
			t.Errorf("a body %+q is kept as %+q, want %+q, %v", text, got, want, err)
		}
		if again := IsolateBidi(got); again != got {
			t.Errorf("%+q becomes %+q the second time", got, again)
		}
	}
	item := Item{Type: TypeNamed("Source"), Values: map[string]any{"title": "invoice\u202egpj.exe", "summary": "a\u202eb"}}
	canonical, differs := Canonical(item)
	if !differs || canonical.Values["title"] != "invoicegpj.exe" {
		t.Errorf("an older title becomes %+q", canonical.Values["title"])
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain – \u05e9\n\t":            "plain – \u05e9\n\t",
		"\x1b[31mred\x1b[0m":            `\x1b[31mred\x1b[0m`,
		"\u009b31m\x7f\r":               `\u009b31m\u007f\x0d`,
		"a\u202eb\u2066\u2028":          `a\u202eb\u2066\u2028`,
		"bad \x9b31m utf-8 \ufffd \x00": `bad \x9b31m utf-8 ` + "\ufffd" + ` \x00`,
	} {
		if got := Printable(text); got != strings.ReplaceAll(want, `\u007f`, `\x7f`) {
			t.Errorf("%+q is printed as %s", text, got)
		}
	}
	if got := PrintableLine("a\nb\tc"); got != `a\x0ab\x09c` {
		t.Errorf("on a line it is %s", got)
	}
	if got := Cleaned("a\x1b[1m\u009bb\n\tc\u202ed"); got != "a[1mb\n\tc\u202ed\u202c" {
		t.Errorf("cleaned it is %+q", got)
	}
}

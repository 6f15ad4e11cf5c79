package fold

import (
	"strings"
	"testing"
	"time"
)

func TestFindIsAsSearchFolds(t *testing.T) {
	for _, test := range []struct{ text, words, want string }{
		{"Mr Jean Dupont spoke", "jean dupont", "Mr [] spoke"},
		{"JEAN\u00a0DUPONT, Jean  Dupont and Jean\nDupont", "Jean Dupont", "[], [] and []"},
		{"René's and RENE\u0301S", "rene\u0301s", "[] and []"},
		{"“D’Artagnan”", "D'Artagnan", "“[]”"},
		{"צה״ל and צה\"ל", "צהל", "[] and []"},
		{"علي", "على", "[]"},
		{"the year ٢٠٢٤", "2024", "the year []"},
		{"nothing of it", "Zebulon", "nothing of it"},
		{"a — b", "—", "a — b"},
		{"Straße", "strasse", "[]"},
		{"zero\u200bwidth", "zerowidth", "[]"},
	} {
		got, last := "", 0
		for _, at := range Find(test.text, test.words) {
			got, last = got+test.text[last:at[0]]+"[]", at[1]
		}
		if got += test.text[last:]; got != test.want {
			t.Errorf("%q in %q gives %q, not %q", test.words, test.text, got, test.want)
		}
	}
}

func TestFindEncodedReadsThroughMarkup(t *testing.T) {
	const words = "Zoë Dupont"
	for _, test := range []struct{ text, words, want string }{
		{"of Zo**ë Dup**ont.", words, "of []."},
		{"Zo&euml; Dup&#111;nt", words, "[]"},
		{"Zo&#xEB;&nbsp;Dupont", words, "[]"},
		{"Zoe&#x308; Dupont", words, "[]"},
		{`Zoë \*Dupont\*`, words, `[]\*`},
		{`Zo\-ë Dupont`, words, `Zo\-ë Dupont`},
		{"[Zoë](https://example.org/a) Dupont", words, "[[]"},
		{"<b>Zoë</b> <i>Du</i>pont", words, "<b>[]"},
		{"Zoë<!-- and --> Dupont", words, "[]"},
		{"> by Zoë\n> Dupont", words, "> by []"},
		{"Zoë\\\nDupont", words, "[]"},
		{"https://example.org/Zo%C3%AB%20Dupont?x=%C3%AB", words, "https://example.org/[]?x=%C3%AB"},
		{"<https://example.org/Zo%C3%AB%20Dupont>", words, "<https://example.org/[]>"},
		{"https://xn--zo-ija.example.org/", "zoë", "https://[].example.org/"},
		{"https://XN--ZO-IJA.example.org/", "Zoe", "https://[].example.org/"},
		{"Zo\u00adë Du\u200bpont", words, "[]"},
		{"Zoë Dupont and Zo*ë* Dupont", words, "[] and []"},
		{"Zoë<br>Dupont, Zoë<BR />Dupont", words, "[], []"},
		{"Zo![](https://example.org/a)ë Du![p](b)ont", words, "[]"},
		{"a > Zoë - Dupont", words, "a > Zoë - Dupont"},
		{"100%, 5 % and %zz, & and &so; Zoë D.", words, "100%, 5 % and %zz, & and &so; Zoë D."},
	} {
		got, last := "", 0
		for _, at := range FindEncoded(test.text, test.words) {
			got, last = got+test.text[last:at[0]]+"[]", at[1]
		}
		if got += test.text[last:]; got != test.want {
			t.Errorf("%q in %q gives %q, not %q", test.words, test.text, got, test.want)
		}
	}
}

// TestFindEncodedTakesTimeByLength compares texts of marks and prefixes, in which each seems to begin something that the rest of the
// text would have to be searched for, with plain words of the same length.
func TestFindEncodedTakesTimeByLength(t *testing.T) {
	took := func(part string) time.Duration {
		text := "a" + strings.Repeat(part, 100_000/len(part)) + " https://example.org"
		best := time.Hour
		for range 2 {
			start := time.Now()
			FindEncoded(text, "Zoë Dupont")
			best = min(best, time.Since(start))
		}
		return best
	}
	control := took("plain words ")
	for _, part := range []string{">", " >", "<", "<br", "]", "](", "a]", "[a](", "![", "xn--", "xn--a", "&", "%", "%41", "#", "-", "*"} {
		if d := took(part); d > 20*control {
			t.Errorf("%q repeated took %s, plain words %s", part, d, control)
		}
	}
}

func FuzzFindEncoded(f *testing.F) {
	f.Add("Zo**ë** &amp; %C3%AB xn--zo-ija <b>", "zoe")
	f.Fuzz(func(t *testing.T, text, words string) {
		last := 0
		for _, at := range FindEncoded(text, words) {
			if at[0] < last || at[1] <= at[0] || at[1] > len(text) {
				t.Fatalf("%v in %q", at, text)
			}
			last = at[1]
		}
	})
}

// TestQuotation holds the families of quotation marks, and that other signs are in none.
func TestQuotation(t *testing.T) {
	for family, marks := range map[rune]string{'"': `"“”„‟＂〝〞〟״″`, '«': "«»", '‹': "‹›", '「': "「」｢｣﹁﹂", '『': "『』﹃﹄", '《': "《》", 0: "#!$'’‘`´<>()[]a1 "} {
		for _, r := range marks {
			if got := Quotation(r); got != family {
				t.Errorf("%q is of the family %q; want %q", r, got, family)
			}
		}
	}
}

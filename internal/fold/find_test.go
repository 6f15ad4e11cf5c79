package fold

import "testing"

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

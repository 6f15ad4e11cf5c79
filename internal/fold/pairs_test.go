package fold_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"

	"parley/internal/fold"
)

// pairs are texts of each script that readers take for the same, all of a line.
func pairs() map[string][][]string {
	return map[string][][]string{
		"Hebrew": {
			{`צה"ל`, "צה״ל", "צה”ל", "צה''ל", "צהל"},
			{`ארה"ב`, "ארה״ב", "ארה“ב", "ארהב"},
			{"ג'ורג'", "ג׳ורג׳", "ג’ורג’", "גורג"},
			{"צ'אד", "צ׳אד", "צאד"},
			{"שָׁלוֹם", "שלום"},
			{"תל־אביב", "תל-אביב", "תל–אביב"},
			{"ﬡבוא", "אבוא"},
		},
		"Arabic": {
			{"الْمُفَاوَضَاتُ", "المفاوضات", "المفاوضـــات"},
			{"أحمد إلى", "احمد الي", "ٱحمد إلى"},
			{"آخر", "اخر"},
			{"القاهرة", "القاهره"},
			{"مسؤول", "مسوول"},
			{"ﻻ ﷲ", "لا الله"},
			{"١٢٣", "123"},
		},
		"Persian": {
			{"کیهان", "كيهان", "كىهان"},
			{"می\u200cخواهم", "میخواهم", "ميخواهم"},
			{"خانهٔ ما", "خانۀ ما", "خانه ما"},
			{"گفت\u200cوگوی صلح ۱۴۰۲", "گفتوگوي صلح 1402"},
		},
		"Kurdish": {
			{"ئاشتی", "ئاشتي", "ئاشتى"},
			{"کوردستان", "كوردستان"},
			{"هەولێر", "ههولیر", "ھەولێر"},
			{"گفتوگۆ", "گفتوگو"},
			{"کوڕ", "كور"},
			{"گەل", "گهل"},
			{"Kurdîstanê", "Kurdistane"},
		},
		"Urdu": {
			{"یہ", "يه", "یھ", "ىۃ"},
			{"مذاکرات", "مذاكرات"},
			{"بھارت", "بهارت", "بہارت"},
			{"کے", "کی", "كي"},
		},
		"Pashto": {{"ګرځي", "گرځی", "ګرځۍ", "ګرځې"}},
		"Digits": {
			{"٢٠٢٤", "۲۰۲۴", "2024", "２０２４", "२०२४", "๒๐๒๔", "၂၀၂၄", "২০২৪"},
		},
		"Latin": {
			{"Sana'a", "Sana’a", "Sanaʿa", "Sanaʻa", "SANAA", "Sana`a", "Sanaʼa"},
			{"Ṣanʿāʾ", "San'a", "sana"},
			{"Qurʾān", "Qur'an", "quran"},
			{"ʿAbd al-Raḥmān", "'Abd al-Rahman", "abd al-rahman", "Abd al‑Rahman"},
			{"Baʿth", "Ba‘th", "Bath"},
			{"N'Djamena", "N’Djaména", "NDjamena"},
			{"Kosovë", "Kosove"},
			{"Straße", "STRASSE"},
			{"Łódź", "lodz"},
			{"Øvre", "ovre"},
			{"Heydər Əliyev", "heydar aliyev"},
			{"Ɗan Ƙarfi", "dan karfi"},
			{"İstanbul", "ISTANBUL", "ıstanbul"},
			{"ﬁne", "fine"},
			{"São Tomé", "Sa\u0303o Tome\u0301", "sao tome"},
			{"co\u00adoperate", "cooperate"},
			{"“Deal”", `"deal"`, "«deal»", "„deal“", "deal"},
		},
		"Greek":    {{"Άνθρωπος", "ΑΝΘΡΩΠΟΣ", "ανθρωποσ"}},
		"Cyrillic": {{"Об'єднання", "обʼєднання", "ОБ’ЄДНАННЯ", "обєднання"}, {"Ёлка", "елка"}},
		"Japanese": {{"ガザ", "ｶﾞｻﾞ", "カ\u3099サ\u3099"}, {"ＯＳＣＥ", "osce"}},
		"Korean":   {{"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"}},
		"Hindi":    {{"ज़मीन", "जमीन", "ज\u093cमीन"}},
		"Chinese":  {{"豈", "\uf900"}},
	}
}

func TestPairsFoldAlike(t *testing.T) {
	for script, lines := range pairs() {
		for _, line := range lines {
			for _, other := range line[1:] {
				if a, b := fold.Text(line[0]), fold.Text(other); a != b {
					t.Errorf("%s: Text(%q) = %q, Text(%q) = %q", script, line[0], a, other, b)
				}
				if a, b := fold.Spaced(line[0]), fold.Spaced(other); a != b {
					t.Errorf("%s: Spaced(%q) = %q, Spaced(%q) = %q", script, line[0], a, other, b)
				}
			}
		}
	}
}

// TestPairsSortAlike compares the ordering keys of the pairs: in a language that has no letters of its own among them.
func TestPairsSortAlike(t *testing.T) {
	own := []string{"آخر", "Łódź", "Øvre", "Heydər Əliyev", "Ɗan Ƙarfi", "İstanbul"} // letters with a place of their own
	for script, lines := range pairs() {
		for _, line := range lines {
			for _, other := range line[1:] {
				if strings.Contains(strings.Join(own, " "), line[0]) {
					continue
				}
				for _, locale := range []string{"en", "ar", "he", "fa", "ckb", "ur"} {
					if fold.Key(locale, line[0]) != fold.Key(locale, other) {
						t.Errorf("%s: in %s, %q and %q have other keys", script, locale, line[0], other)
					}
				}
			}
		}
	}
}

func TestOthersStayApart(t *testing.T) {
	for _, line := range [][]string{
		{"が", "か"}, {"कि", "की", "क"}, {"มา", "ม", "ไม", "ไม่"}, {"پ", "ب"}, {"گ", "ك"}, {"ڑ", "ر"}, {"一", "二"}, {"ά", "έ"},
	} {
		for i, a := range line {
			for _, b := range line[i+1:] {
				if fold.Text(a) == fold.Text(b) {
					t.Errorf("%q and %q fold to %q", a, b, fold.Text(a))
				}
			}
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"Israel's proposal":        "israel s proposal",
		"Israel’s":                 "israel s",
		"l'accord d’Haïti qu'il":   "l accord d haiti qu il",
		"Sana'a, the 'capital'":    "sanaa the capital",
		`"צה"ל" נכנס`:              "צהל נכנס",
		`ב-ארה"ב`:                  "ב ארהב",
		"停火协议":                     "停火 火协 协议 议",
		"停":                        "停",
		"2024年停火":                  "2024 年停 停火 火",
		"COVID疫情":                  "covid 疫情 情",
		"หยุดยิง":                  "หยุ ยุด ดยิ ยิง ง",
		"ガザ停戦":                     "ガザ ザ停 停戦 戦",
		"½ and 1½":                 "1 2 and 11 2",
		"٣٫٥ مليون":                "3 5 مليون",
		"a_b c.d e\u200bf":         "a b c d ef",
		"한국과 북한":                   "한국과 북한",
		"Shi'a and Mi'kmaq, L'viv": "shia and mikmaq lviv",
		"'":                        "",
	} {
		var got []string
		for _, w := range fold.Words(in) {
			got = append(got, w.Text)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("Words(%q) = %q, want %q", in, s, want)
		}
		if s := fold.Spaced(in); s != want {
			t.Errorf("Spaced(%q) = %q, want %q", in, s, want)
		}
	}
}

// TestWordsStandInTheText checks the places of words over texts of all scripts.
func TestWordsStandInTheText(t *testing.T) {
	for script, lines := range pairs() {
		for _, line := range lines {
			for _, text := range line {
				last := 0
				for _, w := range fold.Words("x " + text + " y") {
					if w.Start < last || w.End <= w.Start || w.End > len(text)+4 {
						t.Errorf("%s: %q stands at %d to %d of %q", script, w.Text, w.Start, w.End, text)
					}
					last = w.Start
				}
			}
		}
	}
}

// TestDigits compares the digits of all scripts with their names.
func TestDigits(t *testing.T) {
	names := strings.Fields("ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE")
	n := 0
	for r := rune(0x80); r < unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		for digit, name := range names {
			if strings.HasSuffix(runenames.Name(r), " "+name) && fold.Text(string(r)) != string(rune('0'+digit)) {
				t.Errorf("%U %s folds to %q", r, runenames.Name(r), fold.Text(string(r)))
			}
		}
		n++
	}
	if n < 600 {
		t.Errorf("%d digits", n)
	}
}

// TestFoldingIsWhatDatabasesHold fails where the folding of any character has changed: databases hold what it was.
func TestFoldingIsWhatDatabasesHold(t *testing.T) {
	const sum = "ce661cc865beb2ce322bc5492c81eaf63da4e3bc6125c221524e550938971f25"
	h := sha256.New()
	for r := rune(1); r < 0x30000; r++ {
		s := "a" + string(r) + "b"
		fmt.Fprintln(h, fold.Text(s), fold.Spaced(s))
	}
	all := texts()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintln(h, fold.Key("en", all[name]), fold.Key("ar", all[name]))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		t.Errorf("the folding has changed: add a migration with the statements of the last one named folding, and set the sum to %s", got)
	}
}

// TestTextIsFolded checks that folding what is folded changes nothing, and that the form of a text makes no difference.
func TestTextIsFolded(t *testing.T) {
	for r := rune(1); r < 0x30000; r++ {
		s := "a" + string(r) + "b"
		folded := fold.Text(s)
		if again := fold.Text(folded); again != folded {
			t.Fatalf("%U: Text(%q) = %q, and of that %q", r, s, folded, again)
		}
		if !norm.NFC.IsNormalString(folded) {
			t.Fatalf("%U: Text(%q) = %q is not in NFC", r, s, folded)
		}
		if d := fold.Text(norm.NFD.String(s)); d != folded {
			t.Fatalf("%U: %q in NFD folds to %q, not %q", r, s, d, folded)
		}
		if c := fold.Text(norm.NFC.String(s)); c != folded {
			t.Fatalf("%U: %q in NFC folds to %q, not %q", r, s, c, folded)
		}
	}
}

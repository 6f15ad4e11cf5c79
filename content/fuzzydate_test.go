package content

import (
	"math"
	"testing"
	"time"
)

func mustParse(t *testing.T, s string) FuzzyDate {
	t.Helper()
	d, err := ParseEDTF(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func stamp(t time.Time, ok bool) string {
	if !ok {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestFuzzyDateZero(t *testing.T) {
	var d FuzzyDate
	_, hasEarliest := d.Earliest()
	_, hasLatest := d.Latest()
	if _, timed := d.At(); !d.IsZero() || hasEarliest || hasLatest || timed || d.Precision() != DatePrecisionUnknown {
		t.Errorf("the zero value is a date: %+v", d)
	}
	if d.Label() != "unknown date" || d.WithVerbatim("soon").Label() != "soon" || !d.WithVerbatim("soon").IsZero() {
		t.Errorf("labels of no date: %q, %q", d.Label(), d.WithVerbatim("soon").Label())
	}
}

func TestFuzzyDateVerbatim(t *testing.T) {
	d := mustParse(t, "2023-10~/2023-12~")
	words := d.WithVerbatim("late 2023")
	if words.Label() != "late 2023" || words.Verbatim() != "late 2023" || words.EDTF() != d.EDTF() || words.Compare(d) != 0 {
		t.Errorf("with words: label %q, verbatim %q, EDTF %q", words.Label(), words.Verbatim(), words.EDTF())
	}
	if words == d || words.WithVerbatim("") != d || words != mustParse(t, d.EDTF()).WithVerbatim("late 2023") {
		t.Error("dates are equal where their text and words are")
	}
}

func TestFuzzyDateAt(t *testing.T) {
	for edtf, want := range map[string]string{
		"2024-03-03T14:30+02:00":              "2024-03-03T12:30:00Z",
		"2024-03-03T14:30:05Z":                "2024-03-03T14:30:05Z",
		"2024-03-03":                          "",
		"2023-11-24T05:00Z/2023-12-01T05:00Z": "",
	} {
		if got := stamp(mustParse(t, edtf).At()); got != want {
			t.Errorf("%q: at %q; want %q", edtf, got, want)
		}
	}
}

func TestFuzzyDateOrder(t *testing.T) {
	order := []FuzzyDate{}
	for _, s := range []string{
		"../1985", "../2023-11", "Y-17000", "-0044", "19XX", "199X", "2023-11-01", "2023-11", "2023-11/2023-12", "2023-11/..",
		"2023-11-24T05:00:00Z", "2023-11-24T05:00Z", "2024", "Y12024",
	} {
		order = append(order, mustParse(t, s))
	}
	order = append(order, FuzzyDate{})
	for i, a := range order {
		for j, b := range order {
			if got := a.Compare(b); got != min(1, max(-1, i-j)) {
				t.Errorf("%q compared with %q: %d", a.EDTF(), b.EDTF(), got)
			}
		}
	}
}

func TestFuzzyDateSortKeys(t *testing.T) {
	for _, c := range []struct {
		edtf             string
		earliest, latest int64
	}{
		{"1970-01-01", 0, 86399},
		{"1970-01-01/..", 0, math.MaxInt64},
		{"1970-01-01/", 0, math.MaxInt64},
		{"../1970-01-01", math.MinInt64, 86399},
		{"/1970-01-01", math.MinInt64, 86399},
	} {
		if earliest, latest := mustParse(t, c.edtf).SortKeys(); earliest != c.earliest || latest != c.latest {
			t.Errorf("%q: %d, %d; want %d, %d", c.edtf, earliest, latest, c.earliest, c.latest)
		}
	}
	if earliest, latest := (FuzzyDate{}).SortKeys(); earliest != math.MaxInt64 || latest != math.MaxInt64 {
		t.Errorf("no date: %d, %d", earliest, latest)
	}
}

func TestIDs(t *testing.T) {
	for _, ty := range Types() {
		key := NamedKey(ty.Name, "a")
		of, got, err := NewID(ty.Name, key).Split()
		if err != nil || of != ty || got != key {
			t.Errorf("%s: %v %v %v", ty.Name, of, got, err)
		}
	}
	for _, bad := range []ID{"", "talk_", "talk_0000000000000x", "actor_0000000000000", "talk_zzzzzzzzzzzzz", "TALK_0000000000000"} {
		if _, _, err := bad.Split(); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestFuzzyDateLabelIn(t *testing.T) {
	for _, c := range []struct {
		edtf   string
		locale Locale
		want   string
	}{
		{"2024-03-03", "en", "3 March 2024"},
		{"2024-03-03", "fr", "3 mars 2024"},
		{"2024-03-01", "fr-CA", "1er mars 2024"},
		{"2024-03-03", "ar-EG", "3 مارس 2024"},
		{"2024-03-03", "he", "3 במרץ 2024"},
		{"2024-03-03", "de", "3 March 2024"},
		{"2024-03-03", "", "3 March 2024"},
		{"2023-11-24/2023-12-01", "fr", "24 novembre - 1er décembre 2023"},
		{"2023-11-01/2023-11-30", "fr", "1er - 30 novembre 2023"},
		{"2023-11-24/2023-12-01", "he", "24 בנובמבר - 1 בדצמבר 2023"},
		{"2023-11/..", "fr", "depuis novembre 2023"},
		{"2023-11/", "ar", "من نوفمبر 2023 (النهاية غير معروفة)"},
		{"../2023-11", "he", "עד נובמבר 2023"},
		{"/2023-11", "fr", "jusqu'à novembre 2023 (début inconnu)"},
		{"2024~", "ar", "نحو 2024"},
		{"2024?", "he", "2024 (לא ודאי)"},
		{"2024-21", "fr", "printemps 2024"},
		{"2024-24", "ar", "شتاء 2024"},
		{"199X", "fr", "années 1990"},
		{"199X", "he", "שנות ה-1990"},
		{"-0044", "fr", "45 av. J.-C."},
		{"-0044", "he", `45 לפנה"ס`},
		{"2024-03-01T12:30Z", "fr", "1er mars 2024, 12:30 UTC"},
	} {
		if got := mustParse(t, c.edtf).WithVerbatim("in the source's words").LabelIn(c.locale); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.edtf, c.locale, got, c.want)
		}
	}
	if got := (FuzzyDate{}).LabelIn("fr"); got != "date inconnue" {
		t.Errorf("no date: %q", got)
	}
}

package content

import (
	"strings"
	"testing"
)

func FuzzParseEDTF(f *testing.F) {
	for _, s := range []string{
		"2023-10~/2023-12~", "2023-11/..", "/1985-04", "199X", "19XX", "2004-XX", "1985-XX-XX", "2001-24?", "-0044-03-15%",
		"Y-170000002", "1985-04-12T23:20:30-04", "2024-03-03T14:30+02:00", "../..", "2024-13", "late 2023", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseEDTF(s)
		if err != nil {
			if d != (FuzzyDate{}) || err.Error() == "" {
				t.Errorf("%q failed with %q and returned %+v", s, err, d)
			}
			return
		}
		if again, err := ParseEDTF(d.EDTF()); err != nil || again != d {
			t.Errorf("%q became %q, which is read as %+v, %v", s, d.EDTF(), again, err)
		}
		if from, until := d.SortKeys(); from > until {
			t.Errorf("%q starts after it ends", s)
		}
		earliest, hasEarliest := d.Earliest()
		latest, hasLatest := d.Latest()
		if hasEarliest && hasLatest && earliest.After(latest) {
			t.Errorf("%q: %s is after %s", s, earliest, latest)
		}
		if at, ok := d.At(); ok && !at.Equal(earliest) {
			t.Errorf("%q: at %s, earliest %s", s, at, earliest)
		}
		if label := d.Label(); label == "" || strings.Contains(label, "/") {
			t.Errorf("%q: label %q", s, label)
		}
	})
}

package content

import "testing"

func TestFuzzyDate(t *testing.T) {
	for _, c := range []struct{ edtf, label, from, until string }{
		{"2024", "2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"},
		{"2024~", "about 2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"},
		{"2024?", "2024 (uncertain)", "2024-01-01T00:00:00", "2024-12-31T23:59:59"},
		{"199X", "1990s", "1990-01-01T00:00:00", "1999-12-31T23:59:59"},
		{"2023-11", "November 2023", "2023-11-01T00:00:00", "2023-11-30T23:59:59"},
		{"2024-02-29", "29 February 2024", "2024-02-29T00:00:00", "2024-02-29T23:59:59"},
		{"2024-21", "spring 2024", "2024-03-01T00:00:00", "2024-05-31T23:59:59"},
		{"2024-24", "winter 2024", "2024-12-01T00:00:00", "2025-02-28T23:59:59"},
		{"2023-11-24/2023-12-01", "24 November - 1 December 2023", "2023-11-24T00:00:00", "2023-12-01T23:59:59"},
		{"2023-11/..", "since November 2023", "2023-11-01T00:00:00", ""},
		{"../2023-11", "until November 2023", "", "2023-11-30T23:59:59"},
		{"2024-03-03T14:30+02:00", "3 March 2024, 12:30 UTC", "2024-03-03T12:30:00", "2024-03-03T12:30:59"},
	} {
		d, err := ParseEDTF(c.edtf)
		if err != nil {
			t.Errorf("%s: %v", c.edtf, err)
			continue
		}
		from, until := "", ""
		if at, ok := d.Earliest(); ok {
			from = at.Format("2006-01-02T15:04:05")
		}
		if at, ok := d.Latest(); ok {
			until = at.Format("2006-01-02T15:04:05")
		}
		if d.Label() != c.label || from != c.from || until != c.until {
			t.Errorf("%s: %q from %s until %s; want %q from %s until %s", c.edtf, d.Label(), from, until, c.label, c.from, c.until)
		}
	}
	for _, bad := range []string{"", "2024-13", "2024-02-30", "2023-02-29", "late 2023", "2024-12/2024-01", "../..", "/", "2024-03-03T25:00Z", "2024/2025/2026"} {
		if d, err := ParseEDTF(bad); err == nil {
			t.Errorf("%q was read as %v", bad, d)
		}
	}
	words := FuzzyDate{edtf: "2023-10~/2023-12~"}.WithVerbatim("late 2023")
	if words.Label() != "late 2023" || !words.Approximate() || words.Precision() != DatePrecisionInterval {
		t.Errorf("%q, approximate %t, %s", words.Label(), words.Approximate(), words.Precision())
	}
}

func FuzzParseEDTF(f *testing.F) {
	f.Add("2023-10~/2023-12~")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseEDTF(s)
		if err != nil {
			return
		}
		if from, until := d.SortKeys(); from > until {
			t.Errorf("%q starts after it ends", s)
		}
		_ = d.Label()
	})
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

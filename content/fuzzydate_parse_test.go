package content

import (
	"errors"
	"strings"
	"testing"
)

// TestParseEDTF goes over the examples of Levels 0 and 1 at https://www.loc.gov/standards/datetime/ and beyond them.
func TestParseEDTF(t *testing.T) {
	for _, c := range []struct {
		edtf      string
		precision DatePrecision
		earliest  string
		latest    string
		label     string
	}{
		{"1985-04-12", "DAY", "1985-04-12T00:00:00Z", "1985-04-12T23:59:59Z", "12 April 1985"},
		{"1985-04", "MONTH", "1985-04-01T00:00:00Z", "1985-04-30T23:59:59Z", "April 1985"},
		{"1985", "YEAR", "1985-01-01T00:00:00Z", "1985-12-31T23:59:59Z", "1985"},
		{"1985-04-12T23:20:30Z", "SECOND", "1985-04-12T23:20:30Z", "1985-04-12T23:20:30Z", "12 April 1985, 23:20:30 UTC"},
		{"1985-04-12T23:20:30-04:00", "SECOND", "1985-04-13T03:20:30Z", "1985-04-13T03:20:30Z", "13 April 1985, 03:20:30 UTC"},
		{"1985-04-12T23:20:30+04:30", "SECOND", "1985-04-12T18:50:30Z", "1985-04-12T18:50:30Z", "12 April 1985, 18:50:30 UTC"},
		{"2024-03-03T14:30+02:00", "MINUTE", "2024-03-03T12:30:00Z", "2024-03-03T12:30:59Z", "3 March 2024, 12:30 UTC"},
		{"2023-11-24T05:00Z~", "MINUTE", "2023-11-24T05:00:00Z", "2023-11-24T05:00:59Z", "about 24 November 2023, 05:00 UTC"},
		{"1964/2008", "INTERVAL", "1964-01-01T00:00:00Z", "2008-12-31T23:59:59Z", "1964 - 2008"},
		{"2004-06/2006-08", "INTERVAL", "2004-06-01T00:00:00Z", "2006-08-31T23:59:59Z", "June 2004 - August 2006"},
		{"2004-02-01/2005-02-08", "INTERVAL", "2004-02-01T00:00:00Z", "2005-02-08T23:59:59Z", "1 February 2004 - 8 February 2005"},
		{"2004-02-01/2005-02", "INTERVAL", "2004-02-01T00:00:00Z", "2005-02-28T23:59:59Z", "1 February 2004 - February 2005"},
		{"2004-02-01/2005", "INTERVAL", "2004-02-01T00:00:00Z", "2005-12-31T23:59:59Z", "1 February 2004 - 2005"},
		{"2005/2006-02", "INTERVAL", "2005-01-01T00:00:00Z", "2006-02-28T23:59:59Z", "2005 - February 2006"},
		{"2023-11-24/2023-12-01", "INTERVAL", "2023-11-24T00:00:00Z", "2023-12-01T23:59:59Z", "24 November - 1 December 2023"},
		{"2023-11-24/2023-11-27", "INTERVAL", "2023-11-24T00:00:00Z", "2023-11-27T23:59:59Z", "24 - 27 November 2023"},
		{"2023-11/2023-11", "INTERVAL", "2023-11-01T00:00:00Z", "2023-11-30T23:59:59Z", "November 2023"},
		{"2023-11-20/2023-11", "INTERVAL", "2023-11-20T00:00:00Z", "2023-11-30T23:59:59Z", "20 November - November 2023"},
		{"2023-11-24T05:00Z/2023-12-01T05:00Z", "INTERVAL", "2023-11-24T05:00:00Z", "2023-12-01T05:00:59Z", "24 November 2023, 05:00 UTC - 1 December 2023, 05:00 UTC"},

		{"Y170000002", "YEAR", "170000002-01-01T00:00:00Z", "170000002-12-31T23:59:59Z", "170000002"},
		{"Y-170000002", "YEAR", "-170000002-01-01T00:00:00Z", "-170000002-12-31T23:59:59Z", "170000003 BC"},
		{"Y292000000000", "YEAR", "292000000000-01-01T00:00:00Z", "292000000000-12-31T23:59:59Z", "292000000000"},
		{"Y-292000000000", "YEAR", "-292000000000-01-01T00:00:00Z", "-292000000000-12-31T23:59:59Z", "292000000001 BC"},
		{"2001-21", "SEASON", "2001-03-01T00:00:00Z", "2001-05-31T23:59:59Z", "spring 2001"},
		{"2001-22", "SEASON", "2001-06-01T00:00:00Z", "2001-08-31T23:59:59Z", "summer 2001"},
		{"2001-23", "SEASON", "2001-09-01T00:00:00Z", "2001-11-30T23:59:59Z", "autumn 2001"},
		{"2001-24", "SEASON", "2001-12-01T00:00:00Z", "2002-02-28T23:59:59Z", "winter 2001"},
		{"2023-24~", "SEASON", "2023-12-01T00:00:00Z", "2024-02-29T23:59:59Z", "about winter 2023"},
		{"1984?", "YEAR", "1984-01-01T00:00:00Z", "1984-12-31T23:59:59Z", "1984 (uncertain)"},
		{"2004-06~", "MONTH", "2004-06-01T00:00:00Z", "2004-06-30T23:59:59Z", "about June 2004"},
		{"2004-06-11%", "DAY", "2004-06-11T00:00:00Z", "2004-06-11T23:59:59Z", "about 11 June 2004 (uncertain)"},
		{"201X", "DECADE", "2010-01-01T00:00:00Z", "2019-12-31T23:59:59Z", "2010s"},
		{"20XX", "UNKNOWN", "2000-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2000-2099"},
		{"2004-XX", "YEAR", "2004-01-01T00:00:00Z", "2004-12-31T23:59:59Z", "2004"},
		{"1985-04-XX", "MONTH", "1985-04-01T00:00:00Z", "1985-04-30T23:59:59Z", "April 1985"},
		{"1985-XX-XX", "YEAR", "1985-01-01T00:00:00Z", "1985-12-31T23:59:59Z", "1985"},
		{"1985-04-12/..", "INTERVAL", "1985-04-12T00:00:00Z", "", "since 12 April 1985"},
		{"1985-04/..", "INTERVAL", "1985-04-01T00:00:00Z", "", "since April 1985"},
		{"1985/..", "INTERVAL", "1985-01-01T00:00:00Z", "", "since 1985"},
		{"../1985-04-12", "INTERVAL", "", "1985-04-12T23:59:59Z", "until 12 April 1985"},
		{"../1985", "INTERVAL", "", "1985-12-31T23:59:59Z", "until 1985"},
		{"1985-04-12/", "INTERVAL", "1985-04-12T00:00:00Z", "", "from 12 April 1985 (end unknown)"},
		{"1985/", "INTERVAL", "1985-01-01T00:00:00Z", "", "from 1985 (end unknown)"},
		{"/1985-04", "INTERVAL", "", "1985-04-30T23:59:59Z", "until April 1985 (start unknown)"},
		{"1984~/2004-06", "INTERVAL", "1984-01-01T00:00:00Z", "2004-06-30T23:59:59Z", "about 1984 - June 2004"},
		{"1984?/2004%", "INTERVAL", "1984-01-01T00:00:00Z", "2004-12-31T23:59:59Z", "1984 (uncertain) - about 2004 (uncertain)"},
		{"2023-10~/2023-12~", "INTERVAL", "2023-10-01T00:00:00Z", "2023-12-31T23:59:59Z", "about October - December 2023"},
		{"-1985", "YEAR", "-1985-01-01T00:00:00Z", "-1985-12-31T23:59:59Z", "1986 BC"},
		{"0000-02-29", "DAY", "0000-02-29T00:00:00Z", "0000-02-29T23:59:59Z", "29 February 1 BC"},
		{"-0044-03-15", "DAY", "-0044-03-15T00:00:00Z", "-0044-03-15T23:59:59Z", "15 March 45 BC"},
	} {
		d, err := ParseEDTF(c.edtf)
		if err != nil {
			t.Errorf("ParseEDTF(%q): %v", c.edtf, err)
			continue
		}
		if d.EDTF() != c.edtf || d.Precision() != c.precision {
			t.Errorf("%q: EDTF %q, precision %s; want precision %s", c.edtf, d.EDTF(), d.Precision(), c.precision)
		}
		if earliest, latest := stamp(d.Earliest()), stamp(d.Latest()); earliest != c.earliest || latest != c.latest {
			t.Errorf("%q: from %s until %s; want from %s until %s", c.edtf, earliest, latest, c.earliest, c.latest)
		}
		if d.Label() != c.label {
			t.Errorf("%q: label %q; want %q", c.edtf, d.Label(), c.label)
		}
		if d.Approximate() != strings.ContainsAny(c.edtf, "~%") || d.Uncertain() != strings.ContainsAny(c.edtf, "?%") {
			t.Errorf("%q: approximate %t, uncertain %t", c.edtf, d.Approximate(), d.Uncertain())
		}
	}
}

func TestParseEDTFCanonical(t *testing.T) {
	for given, want := range map[string]string{
		"1985-04-12T23:20:30-04":         "1985-04-12T23:20:30-04:00",
		"1985-04-12T23:20+00":            "1985-04-12T23:20Z",
		"1985-04-12T23:20:30-00:00?":     "1985-04-12T23:20:30Z?",
		"1985-04-12T10:00+02/1985-04-13": "1985-04-12T10:00+02:00/1985-04-13",
	} {
		if d, err := ParseEDTF(given); err != nil || d.EDTF() != want {
			t.Errorf("ParseEDTF(%q) = %q, %v; want %q", given, d.EDTF(), err, want)
		} else if same, _ := ParseEDTF(want); stamp(d.Earliest()) != stamp(same.Earliest()) || stamp(d.Latest()) != stamp(same.Latest()) {
			t.Errorf("%q is from %s until %s", given, stamp(d.Earliest()), stamp(d.Latest()))
		}
	}
}

func TestParseEDTFErrors(t *testing.T) {
	for _, c := range []struct{ edtf, says string }{
		{"", "empty"},
		{"late 2023", "character 'l'"},
		{" 2024", "character ' '"},
		{"2024\n", `character '\n'`},
		{"2024\x00", `character '\x00'`},
		{"\xff2024", "character '\uFFFD'"},
		{"２０２４", "character '２'"},
		{"[1667,1668]", "character '['"},
		{"Y17E7", "character 'E'"},
		{"1985-04-12t23:20:30z", "character 't'"},
		{strings.Repeat("2", 65), "65 bytes"},
		{"20240305", "is not a date"},
		{"24-03-05", "is not a date"},
		{"12024", "is not a date"},
		{"+2024", "is not a date"},
		{"2024-03-05-01", "is not a date"},
		{"2024~?", "is not a date"},
		{"?2024", "is not a date"},
		{"--2024", "is not a date"},
		{"-", "is not a date"},
		{"~", "is not a date"},
		{"X", "is not a date"},
		{"-0000", "write 0000"},
		{"1XXX", "too many digits of the year open"},
		{"XXXX", "too many digits of the year open"},
		{"-199X", "is not a date"},
		{"199X-03", "is not a date"},
		{"2024-13", "no such month"},
		{"2024-00", "no such month"},
		{"2024-3", "no such month"},
		{"2024-", "no such month"},
		{"2024-25", "no such month"},
		{"2024-21-01", "no such month"},
		{"2024-1X", "no such month"},
		{"2024-XX-05", "no such month"},
		{"2024?-06", "is not a date"},
		{"2024-02-30", "01 to 29"},
		{"2023-02-29", "01 to 28"},
		{"2024-04-31", "01 to 30"},
		{"2024-04-00", "no such day"},
		{"2024-04-5", "no such day"},
		{"2024-04-", "no such day"},
		{"Y2024", "four digits or fewer"},
		{"Y012024", "four digits or fewer"},
		{"Y", "is not a year"},
		{"Y12024-03", "is not a year"},
		{"Y+12024", "is not a year"},
		{"Y292000000001", "out of range"},
		{"Y-99999999999999999999999", "out of range"},
		{"1985-04-12T23:20:30", "without a time zone"},
		{"1985-04-12T", "without a time zone"},
		{"2024-03-03T25:00Z", "time of day"},
		{"2024-03-03T24:00Z", "time of day"},
		{"2024-03-03T23:60Z", "time of day"},
		{"2024-03-03T23:59:60Z", "time of day"},
		{"2024-03-03T23Z", "time of day"},
		{"2024-03-03T1:30Z", "time of day"},
		{"2024-03-03T01:30:00.5Z", "time of day"},
		{"2024-03-03T01:30Z05:00", "no such zone"},
		{"2024-03-03T01:30+24:00", "no such zone"},
		{"2024-03-03T01:30+", "no such zone"},
		{"2024-03T01:30Z", "a time but no day"},
		{"2024-03-XXT01:30Z", "a time but no day"},
		{"2024-12/2024-01", "ends before it starts"},
		{"2004-06-11/2004-06-10", "ends before it starts"},
		{"../..", "neither a start nor an end"},
		{"/", "neither a start nor an end"},
		{"/..", "neither a start nor an end"},
		{"2024/2025/2026", "more than one /"},
		{"2024-13/2025", `"2024-13" has no such month`},
		{"2024/2025-13", `"2025-13" has no such month`},
		{"2024/...", "is not a date"},
	} {
		d, err := ParseEDTF(c.edtf)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("ParseEDTF(%q): %v; want an error that says %q", c.edtf, err, c.says)
		}
		if bad := (*Error)(nil); err != nil && (!errors.As(err, &bad) || bad.Code != BadUserInput) {
			t.Errorf("ParseEDTF(%q): %#v has not the code %s", c.edtf, err, BadUserInput)
		}
		if d != (FuzzyDate{}) {
			t.Errorf("ParseEDTF(%q) failed and returned %q", c.edtf, d.EDTF())
		}
	}
}

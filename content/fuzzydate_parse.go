package content

import (
	"strconv"
	"strings"
	"time"
)

const (
	// maxEDTF is the greatest length of a date, in bytes.
	maxEDTF = 64
	// maxYear keeps every bound within the seconds since 1970 that an int64 and a time.Time can hold.
	maxYear int64 = 292_000_000_000
	// edtfBytes are the characters that dates of Levels 0 and 1 are written with.
	edtfBytes = "0123456789XYTZ:+-./~?%"
)

// ParseEDTF reads a date after ISO 8601-2, Levels 0 and 1 (https://www.loc.gov/standards/datetime/):
//
//	2024  2024-03  2024-03-05     a year, a month, a day
//	2024-03-05T14:30Z             a time of day, with seconds or without, with Z or an offset (+02:00, -04)
//	2024-21                       a season of the north: 21 spring (March to May), 22 summer (June to August),
//	                              23 autumn (September to November), 24 winter (December to February of 2025)
//	199X  19XX  2024-XX  2024-03-XX  2024-XX-XX    digits that are not known
//	2024~  2024?  2024%           about, uncertain, both; after any of these
//	-0044  Y170000002  Y-17000    years before 0000 (which is 1 BC), and of more than four digits, alone
//	2023-11/2023-12               an interval; both ends belong to it
//	2023-11/..  ../2023-11        one that has no end, or no start
//	2023-11/  /2023-11            one whose end, or start, is not known
//
// A time without a zone, which Level 0 has, is refused: it names no instant. Minutes without seconds, and times within
// intervals, go beyond Level 1. The text is kept as given, but for offsets, which are written in full (-04 as -04:00,
// +00:00 as Z). Every error is an [Error] with the code BAD_USER_INPUT that names the problem and a valid form, and
// what [ProposeEDTF] proposes for the text.
func ParseEDTF(s string) (FuzzyDate, error) {
	d, err := parseEDTF(s)
	if err == nil {
		return d, nil
	}
	if list := ProposeEDTF(s); len(list) > 0 {
		return FuzzyDate{}, Errorf(BadUserInput, "%s; did you mean %s?", err, strings.Join(list, " or "))
	}
	return FuzzyDate{}, err
}

func parseEDTF(s string) (FuzzyDate, error) {
	if s == "" {
		return FuzzyDate{}, Errorf(BadUserInput, "a date is empty: write 2024, 2024-03, 2024-03-05 or 2023-11/2023-12")
	}
	if len(s) > maxEDTF {
		return FuzzyDate{}, Errorf(BadUserInput, "a date has %d bytes: write at most %d", len(s), maxEDTF)
	}
	for _, r := range s {
		if !strings.ContainsRune(edtfBytes, r) {
			return FuzzyDate{}, wrongDate(s, "has the character %q: dates of ISO 8601-2 (EDTF) are written like 2024, 2024-03-05, 199X, 2024~ or 2023-11/2023-12", r)
		}
	}
	left, right, interval := strings.Cut(s, "/")
	if interval {
		return parseInterval(s, left, right)
	}
	p, err := parseDate(s)
	if err != nil {
		return FuzzyDate{}, err
	}
	return FuzzyDate{
		edtf: p.text, from: p.from, until: p.until, hasFrom: true, hasUntil: true,
		precision: p.precision, approximate: p.approximate, uncertain: p.uncertain,
	}, nil
}

func parseInterval(s, left, right string) (FuzzyDate, error) {
	if strings.Contains(right, "/") {
		return FuzzyDate{}, wrongDate(s, "has more than one /: write one start and one end, 2023-11/2023-12")
	}
	d := FuzzyDate{precision: DatePrecisionInterval, hasFrom: !isOpen(left), hasUntil: !isOpen(right)}
	if !d.hasFrom && !d.hasUntil {
		return FuzzyDate{}, wrongDate(s, "has neither a start nor an end: write 2023-11/.. or ../2023-11, or give no date")
	}
	if d.hasFrom {
		p, err := parseDate(left)
		if err != nil {
			return FuzzyDate{}, err
		}
		left, d.from, d.approximate, d.uncertain = p.text, p.from, p.approximate, p.uncertain
	}
	if d.hasUntil {
		p, err := parseDate(right)
		if err != nil {
			return FuzzyDate{}, err
		}
		right, d.until = p.text, p.until
		d.approximate, d.uncertain = d.approximate || p.approximate, d.uncertain || p.uncertain
	}
	if d.hasFrom && d.hasUntil && d.until < d.from {
		return FuzzyDate{}, wrongDate(s, "ends before it starts: write the earlier date first")
	}
	d.edtf = left + "/" + right
	return d, nil
}

func isOpen(end string) bool { return end == "" || end == ".." }

func wrongDate(s, format string, args ...any) error {
	return Errorf(BadUserInput, "%q "+format, append([]any{s}, args...)...)
}

// datePart is one date: a whole FuzzyDate, or one end of an interval.
type datePart struct {
	text                   string
	precision              DatePrecision
	year, month, day       int // month 21 to 24 for a season; 0 for what is not known
	from, until            int64
	approximate, uncertain bool
}

// bound sets the range to the seconds from the start of one day to the start of another.
func (p *datePart) bound(precision DatePrecision, from, end time.Time) {
	p.precision, p.from, p.until = precision, from.Unix(), end.Unix()-1
}

func dayStart(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func parseDate(s string) (datePart, error) {
	p := datePart{text: s}
	body := s
	if n := len(s) - 1; n >= 0 && strings.IndexByte("~?%", s[n]) >= 0 {
		p.approximate, p.uncertain, body = s[n] != '?', s[n] != '~', s[:n]
	}
	if long, ok := strings.CutPrefix(body, "Y"); ok {
		return p, p.readLongYear(s, long)
	}
	date, clock, timed := strings.Cut(body, "T")
	if err := p.readDate(s, date); err != nil || !timed {
		return p, err
	}
	if p.precision != DatePrecisionDay {
		return p, wrongDate(s, "has a time but no day: write 2024-03-05T14:30Z")
	}
	canonical, err := p.readClock(s, clock)
	p.text = date + "T" + canonical + s[len(body):]
	return p, err
}

func (p *datePart) readLongYear(s, long string) error {
	digits := strings.TrimPrefix(long, "-")
	year, err := strconv.ParseInt(long, 10, 64)
	switch {
	case digits == "" || strings.Trim(digits, "0123456789") != "":
		return wrongDate(s, "is not a year of more than four digits: write Y170000002 or Y-170000002, without a month")
	case len(digits) < 5 || digits[0] == '0':
		return wrongDate(s, "has Y before a year of four digits or fewer: write 2024 or -0044")
	case err != nil, year > maxYear, year < -maxYear, int64(int(year)) != year:
		return wrongDate(s, "is out of range: years go from Y-%d to Y%d", maxYear, maxYear)
	}
	p.year = int(year)
	p.bound(DatePrecisionYear, dayStart(p.year, 1, 1), dayStart(p.year+1, 1, 1))
	return nil
}

func (p *datePart) readDate(s, date string) error {
	unsigned, before := strings.CutPrefix(date, "-")
	fields := strings.Split(unsigned, "-")
	if known := strings.TrimRight(fields[0], "X"); !before && len(fields) == 1 && len(fields[0]) == 4 && known != fields[0] {
		return p.readUnspecified(s, known)
	}
	year, ok := edtfNumber(fields[0], 4)
	switch {
	case !ok || len(fields) > 3:
		return wrongDate(s, "is not a date of ISO 8601-2 (EDTF): write 2024, 2024-03, 2024-03-05, 199X or Y12024")
	case before && year == 0:
		return wrongDate(s, "has a year -0000: write 0000, which is 1 BC")
	case before:
		year = -year
	}
	p.year = year
	p.bound(DatePrecisionYear, dayStart(year, 1, 1), dayStart(year+1, 1, 1))
	if len(fields) == 1 || fields[1] == "XX" && (len(fields) == 2 || fields[2] == "XX") {
		return nil
	}
	return p.readMonth(s, fields[1:])
}

// readUnspecified reads a year of which only the decade or the century is known.
func (p *datePart) readUnspecified(s, known string) error {
	first, ok := edtfNumber(known, len(known))
	switch {
	case ok && len(known) == 3:
		p.year = 10 * first
		p.bound(DatePrecisionDecade, dayStart(p.year, 1, 1), dayStart(p.year+10, 1, 1))
	case ok && len(known) == 2:
		p.year = 100 * first
		p.bound(DatePrecisionUnknown, dayStart(p.year, 1, 1), dayStart(p.year+100, 1, 1))
	default:
		return wrongDate(s, "leaves too many digits of the year open: write 199X or 19XX, or give no date")
	}
	return nil
}

// readMonth reads a month or a season, and the day where there is one.
func (p *datePart) readMonth(s string, fields []string) error {
	month, ok := edtfNumber(fields[0], 2)
	switch {
	case ok && month >= 21 && month <= 24 && len(fields) == 1:
		p.month = month
		first := 3 * (month - 20)
		p.bound(DatePrecisionSeason, dayStart(p.year, first, 1), dayStart(p.year, first+3, 1))
		return nil
	case !ok || month < 1 || month > 12:
		return wrongDate(s, "has no such month or season: write 01 to 12, XX, or 21 to 24 (spring to winter) without a day")
	}
	p.month = month
	p.bound(DatePrecisionMonth, dayStart(p.year, month, 1), dayStart(p.year, month+1, 1))
	if len(fields) == 1 || fields[1] == "XX" {
		return nil
	}
	day, ok := edtfNumber(fields[1], 2)
	if last := dayStart(p.year, month+1, 0).Day(); !ok || day < 1 || day > last {
		return wrongDate(s, "has no such day: write 01 to %d for that month, or XX", last)
	}
	p.day = day
	p.bound(DatePrecisionDay, dayStart(p.year, month, day), dayStart(p.year, month, day+1))
	return nil
}

// edtfNumber reads exactly so many digits.
func edtfNumber(s string, digits int) (n int, ok bool) {
	if len(s) != digits || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

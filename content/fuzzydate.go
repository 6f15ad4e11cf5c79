package content

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DatePrecision says how precisely a date is known.
type DatePrecision string

// The precisions of dates.
const (
	DatePrecisionDecade   DatePrecision = "DECADE"
	DatePrecisionYear     DatePrecision = "YEAR"
	DatePrecisionSeason   DatePrecision = "SEASON"
	DatePrecisionMonth    DatePrecision = "MONTH"
	DatePrecisionDay      DatePrecision = "DAY"
	DatePrecisionMinute   DatePrecision = "MINUTE"
	DatePrecisionSecond   DatePrecision = "SECOND"
	DatePrecisionInterval DatePrecision = "INTERVAL"
	DatePrecisionUnknown  DatePrecision = "UNKNOWN"
)

// FuzzyDate is a date of the precision that is known, written after ISO 8601-2 (EDTF), and the source's own words for
// it where they are kept. The zero value is no date. Values are comparable.
type FuzzyDate struct {
	edtf, verbatim string
}

// datePattern is one date of EDTF's Levels 0 and 1 with years of four digits.
const datePattern = `^(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?(?:T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2}))?([~?%]?)$`

// maxEDTF is the greatest length of a date, in bytes.
const maxEDTF = 64

// span is what one date may mean: from its first instant to its last second.
type span struct {
	from, until          time.Time
	precision            DatePrecision
	open                 bool
	approximate, unclear bool
}

// ParseEDTF reads a date or an interval of ISO 8601-2: 2024, 199X, 2024-03, 2024-21 (spring), 2024-03-05,
// 2024-03-05T14:30Z, each with ~ (about), ? (uncertain) or % (both); A/B, A/.. and ../B.
func ParseEDTF(s string) (FuzzyDate, error) {
	if len(s) > maxEDTF {
		return FuzzyDate{}, Errorf(BadUserInput, "a date has at most %d characters", maxEDTF)
	}
	from, until, err := parseSpans(s)
	if err != nil {
		return FuzzyDate{}, err
	}
	if !from.open && !until.open && until.until.Before(from.from) {
		return FuzzyDate{}, Errorf(BadUserInput, "%q ends before it starts", s)
	}
	return FuzzyDate{edtf: s}, nil
}

func parseSpans(s string) (from, until span, err error) {
	left, right, interval := strings.Cut(s, "/")
	if !interval {
		from, err = parseSpan(left)
		return from, from, err
	}
	ends := [2]span{}
	for i, part := range []string{left, right} {
		if part == ".." || part == "" {
			ends[i] = span{open: true}
			continue
		}
		if ends[i], err = parseSpan(part); err != nil {
			return from, until, err
		}
	}
	if ends[0].open && ends[1].open {
		return from, until, Errorf(BadUserInput, "%q has neither a start nor an end", s)
	}
	return ends[0], ends[1], nil
}

func parseSpan(s string) (span, error) {
	m := regexp.MustCompile(datePattern).FindStringSubmatch(s)
	wrong := Errorf(BadUserInput, "%q is no date of ISO 8601-2 (EDTF): write 2024, 2024-03, 2024-03-05, 2024~ or 2023-11/2023-12", s)
	if m == nil {
		return span{}, wrong
	}
	out := span{approximate: m[8] == "~" || m[8] == "%", unclear: m[8] == "?" || m[8] == "%"}
	year, _ := strconv.Atoi(strings.ReplaceAll(m[1], "X", "0")) //nolint:errcheck // the pattern has digits
	month, _ := strconv.Atoi(m[2])                              //nolint:errcheck // 0 where there is none
	day, _ := strconv.Atoi(m[3])                                //nolint:errcheck // 0 where there is none
	date := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	switch {
	case strings.HasSuffix(m[1], "X"):
		years := 10
		out.precision = DatePrecisionDecade
		if strings.HasSuffix(m[1], "XX") {
			years, out.precision = 100, DatePrecisionUnknown
		}
		if m[2] != "" {
			return span{}, wrong
		}
		out.from, out.until = date(year, 1, 1), date(year+years, 1, 1)
	case m[2] == "" || m[2] == "XX":
		out.precision, out.from, out.until = DatePrecisionYear, date(year, 1, 1), date(year+1, 1, 1)
	case month >= 21 && month <= 24 && m[3] == "":
		first := 3 * (month - 20)
		out.precision, out.from, out.until = DatePrecisionSeason, date(year, first, 1), date(year, first+3, 1)
	case month < 1 || month > 12:
		return span{}, wrong
	case m[3] == "" || m[3] == "XX":
		out.precision, out.from, out.until = DatePrecisionMonth, date(year, month, 1), date(year, month+1, 1)
	default:
		out.precision, out.from, out.until = DatePrecisionDay, date(year, month, day), date(year, month, day+1)
		if out.from.Day() != day {
			return span{}, Errorf(BadUserInput, "%q names a day that the month does not have", s)
		}
	}
	out.until = out.until.Add(-time.Second)
	if m[4] != "" {
		return timeOfDay(s, m, out)
	}
	return out, nil
}

func timeOfDay(s string, m []string, out span) (span, error) {
	layout := "2006-01-02T15:04Z07:00"
	length := time.Minute
	out.precision = DatePrecisionMinute
	if m[6] != "" {
		layout, length, out.precision = time.RFC3339, time.Second, DatePrecisionSecond
	}
	t, err := time.Parse(layout, strings.TrimRight(s, "~?%"))
	if err != nil {
		return span{}, Errorf(BadUserInput, "%q has an impossible time of day: write 2024-03-05T14:30Z", s)
	}
	out.from, out.until = t.UTC(), t.UTC().Add(length-time.Second)
	return out, nil
}

// WithVerbatim returns the date with the source's words for it.
func (d FuzzyDate) WithVerbatim(words string) FuzzyDate { d.verbatim = words; return d }

// IsZero reports whether d is no date.
func (d FuzzyDate) IsZero() bool { return d.edtf == "" }

// EDTF returns the date after ISO 8601-2.
func (d FuzzyDate) EDTF() string { return d.edtf }

// Verbatim returns the source's words, or nothing.
func (d FuzzyDate) Verbatim() string { return d.verbatim }

func (d FuzzyDate) spans() (from, until span) {
	from, until, err := parseSpans(d.edtf)
	if err != nil {
		return span{open: true}, span{open: true}
	}
	return from, until
}

// Earliest returns the first instant that d may mean, in UTC; false where that is open.
func (d FuzzyDate) Earliest() (time.Time, bool) { from, _ := d.spans(); return from.from, !from.open }

// Latest returns the last second that d may mean, in UTC; false where that is open.
func (d FuzzyDate) Latest() (time.Time, bool) { _, until := d.spans(); return until.until, !until.open }

// At returns the instant, where the time of day is known.
func (d FuzzyDate) At() (time.Time, bool) {
	from, _ := d.spans()
	p := d.Precision()
	return from.from, p == DatePrecisionMinute || p == DatePrecisionSecond
}

// Precision says how precisely the date is known.
func (d FuzzyDate) Precision() DatePrecision {
	if strings.Contains(d.edtf, "/") {
		return DatePrecisionInterval
	}
	from, _ := d.spans()
	if from.open {
		return DatePrecisionUnknown
	}
	return from.precision
}

// Approximate reports whether either end is approximate.
func (d FuzzyDate) Approximate() bool { a, b := d.spans(); return a.approximate || b.approximate }

// Uncertain reports whether either end is uncertain.
func (d FuzzyDate) Uncertain() bool { a, b := d.spans(); return a.unclear || b.unclear }

// SortKeys returns the seconds since 1970 of both bounds. No date sorts last; an open end is as far as can be.
func (d FuzzyDate) SortKeys() (earliest, latest int64) {
	if d.IsZero() {
		return math.MaxInt64, math.MaxInt64
	}
	earliest, latest = math.MinInt64, math.MaxInt64
	if t, ok := d.Earliest(); ok {
		earliest = t.Unix()
	}
	if t, ok := d.Latest(); ok {
		latest = t.Unix()
	}
	return earliest, latest
}

// Compare orders by the earliest, then by the latest instant.
func (d FuzzyDate) Compare(o FuzzyDate) int {
	a, b := d.SortKeys()
	x, y := o.SortKeys()
	return cmp.Or(cmp.Compare(a, x), cmp.Compare(b, y))
}

// Label returns the date for readers, in English: the verbatim words where they are kept, else "November 2023",
// "24 November - 1 December 2023", "3 March 2024" or "about 2024".
func (d FuzzyDate) Label() string {
	left, right, interval := strings.Cut(d.edtf, "/")
	switch {
	case d.verbatim != "":
		return d.verbatim
	case d.IsZero():
		return "unknown date"
	case !interval:
		return label(left, true)
	case right == ".." || right == "":
		return "since " + label(left, true)
	case left == ".." || left == "":
		return "until " + label(right, true)
	default:
		return label(left, left[:min(4, len(left))] != right[:min(4, len(right))]) + " - " + label(right, true)
	}
}

// label names one date, with or without its year.
func label(s string, withYear bool) string {
	p, err := parseSpan(s)
	if err != nil {
		return s
	}
	year := ""
	if withYear {
		year = " " + strconv.Itoa(p.from.Year())
	}
	var text string
	switch p.precision {
	case DatePrecisionDecade:
		text = fmt.Sprintf("%ds", p.from.Year())
	case DatePrecisionUnknown:
		text = fmt.Sprintf("%d-%d", p.from.Year(), p.until.Year())
	case DatePrecisionYear:
		text = strconv.Itoa(p.from.Year())
	case DatePrecisionSeason:
		text = []string{"spring", "summer", "autumn", "winter"}[(int(p.from.Month())/3-1)%4] + year
	case DatePrecisionMonth:
		text = p.from.Month().String() + year
	case DatePrecisionMinute, DatePrecisionSecond:
		text = p.from.Format("2 January 2006, 15:04 UTC")
	default:
		text = strconv.Itoa(p.from.Day()) + " " + p.from.Month().String() + year
	}
	if p.approximate {
		text = "about " + text
	}
	if p.unclear {
		text += " (uncertain)"
	}
	return text
}

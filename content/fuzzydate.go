package content

import (
	"cmp"
	"math"
	"time"
)

// DatePrecision says how precisely a date is known.
type DatePrecision string

// The precisions of dates. A century (19XX) has no precision value and is UNKNOWN, though it has bounds.
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

// FuzzyDate is a date of the precision that is known, written after ISO 8601-2 (EDTF, Levels 0 and 1), and the
// source's own words for it where they are kept. No day is ever invented: what is not known stays a range.
//
// The zero value is no date. Values are comparable: == holds where text and words are the same. Only [ParseEDTF] makes
// a date, so one that is not zero is always a possible one.
type FuzzyDate struct {
	edtf, verbatim         string
	language               Locale // of the verbatim words; empty where it is that of the item
	from, until            int64  // seconds since 1970, both inclusive; 0 where not known
	hasFrom, hasUntil      bool
	precision              DatePrecision
	approximate, uncertain bool
}

// WithVerbatim returns d with the source's words for it, such as "late 2023", as they are, in the language of the item
// that has the date. They change the label and nothing else; empty words take the words away.
func (d FuzzyDate) WithVerbatim(words string) FuzzyDate { return d.WithVerbatimIn(words, "") }

// WithVerbatimIn returns d with the source's words for it and their language; an empty one is that of the item that has
// the date.
func (d FuzzyDate) WithVerbatimIn(words string, language Locale) FuzzyDate {
	if words == "" {
		language = ""
	}
	d.verbatim, d.language = words, language
	return d
}

// IsZero reports whether d is no date. A source's words alone make no date.
func (d FuzzyDate) IsZero() bool { return d.edtf == "" }

// EDTF returns the canonical text after ISO 8601-2, which [ParseEDTF] reads back as the same date without its words;
// empty for no date.
func (d FuzzyDate) EDTF() string { return d.edtf }

// Verbatim returns the source's words for the date, or nothing where they are not kept.
func (d FuzzyDate) Verbatim() string { return d.verbatim }

// VerbatimLocale returns the language of the source's words, empty where it is that of the item that has the date.
func (d FuzzyDate) VerbatimLocale() Locale { return d.language }

// Earliest returns the first instant that d may mean, in UTC. ok is false, and t the zero time, where the start is open
// or unknown.
func (d FuzzyDate) Earliest() (t time.Time, ok bool) { return instant(d.from, d.hasFrom) }

// Latest returns the last second that d may mean, inclusive and in UTC: 2023 ends at 2023-12-31T23:59:59Z. ok is false,
// and t the zero time, where the end is open or unknown.
func (d FuzzyDate) Latest() (t time.Time, ok bool) { return instant(d.until, d.hasUntil) }

func instant(seconds int64, ok bool) (time.Time, bool) {
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// At returns the instant in UTC where the time of day is known: precision MINUTE (the first second of the minute) or
// SECOND. ok is false, and t the zero time, for all else, intervals among them.
func (d FuzzyDate) At() (t time.Time, ok bool) {
	return instant(d.from, d.precision == DatePrecisionMinute || d.precision == DatePrecisionSecond)
}

// Precision returns how precisely the date is known: INTERVAL for a date with a start and an end, UNKNOWN for
// no date and for a century.
func (d FuzzyDate) Precision() DatePrecision { return cmp.Or(d.precision, DatePrecisionUnknown) }

// Approximate reports whether the date, or either end of it, is about right only (~ or %).
func (d FuzzyDate) Approximate() bool { return d.approximate }

// Uncertain reports whether the source of the date, or of either end of it, is in doubt (? or %).
func (d FuzzyDate) Uncertain() bool { return d.uncertain }

// SortKeys returns the bounds of d, inclusive, in seconds since 1970-01-01T00:00:00Z. A start that is open or unknown
// is [math.MinInt64], such an end [math.MaxInt64]; no date is math.MaxInt64 twice, so that it sorts last.
func (d FuzzyDate) SortKeys() (earliest, latest int64) {
	if d.IsZero() {
		return math.MaxInt64, math.MaxInt64
	}
	earliest, latest = math.MinInt64, math.MaxInt64
	if d.hasFrom {
		earliest = d.from
	}
	if d.hasUntil {
		latest = d.until
	}
	return earliest, latest
}

// Compare orders by the earliest, then by the latest instant that the dates may mean: -1 where d comes first, 1 where o
// does, and 0 where the dates cannot be ordered in time, which does not make them equal. No date comes last.
func (d FuzzyDate) Compare(o FuzzyDate) int {
	earliest, latest := d.SortKeys()
	otherEarliest, otherLatest := o.SortKeys()
	return cmp.Or(cmp.Compare(earliest, otherEarliest), cmp.Compare(latest, otherLatest))
}

package content

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Label returns the date for readers, in English: the source's words where they are kept, else "3 March 2024",
// "November 2023", "spring 2024", "1990s", "1900-1999" for a century, "45 BC", "3 March 2024, 12:30 UTC",
// "about 2024", "2024 (uncertain)", "24 November - 1 December 2023", "since November 2023", "until November 2023",
// "from November 2023 (end unknown)", "until November 2023 (start unknown)", and "unknown date" for no date.
//
// A season is named by its number, so "winter 2024" is the one that begins in December 2024. Times are in UTC.
func (d FuzzyDate) Label() string {
	left, right, interval := strings.Cut(d.edtf, "/")
	switch {
	case d.verbatim != "":
		return d.verbatim
	case d.IsZero():
		return "unknown date"
	case !interval:
		return partOf(left).label()
	case right == "..":
		return "since " + partOf(left).label()
	case right == "":
		return "from " + partOf(left).label() + " (end unknown)"
	case left == "..":
		return "until " + partOf(right).label()
	case left == "":
		return "until " + partOf(right).label() + " (start unknown)"
	default:
		return intervalLabel(partOf(left), partOf(right))
	}
}

// partOf reads again a date that ParseEDTF has accepted.
func partOf(s string) datePart {
	p, err := parseDate(s)
	if err != nil {
		return datePart{text: s}
	}
	return p
}

// intervalLabel names both ends, and what they share only once.
func intervalLabel(from, until datePart) string {
	if from.approximate != until.approximate || from.uncertain != until.uncertain {
		return from.label() + " - " + until.label()
	}
	first, last := from.name(), until.name()
	if from.withinYear() && until.withinYear() && from.year == until.year {
		first = from.shortName()
		if from.day > 0 && until.day > 0 && from.month == until.month {
			first = strconv.Itoa(from.day)
		}
	}
	if from.name() == last {
		return until.label()
	}
	return until.qualify(first + " - " + last)
}

func (p datePart) label() string { return p.qualify(p.name()) }

func (p datePart) qualify(name string) string {
	if p.approximate {
		name = "about " + name
	}
	if p.uncertain {
		name += " (uncertain)"
	}
	return name
}

// withinYear reports whether the name ends with the year and says more than that.
func (p datePart) withinYear() bool {
	return p.precision == DatePrecisionSeason || p.precision == DatePrecisionMonth || p.precision == DatePrecisionDay
}

func (p datePart) name() string {
	switch p.precision {
	case DatePrecisionDecade:
		return fmt.Sprintf("%ds", p.year)
	case DatePrecisionUnknown:
		return fmt.Sprintf("%d-%d", p.year, p.year+99)
	case DatePrecisionYear:
		return yearName(p.year)
	case DatePrecisionSeason, DatePrecisionMonth, DatePrecisionDay:
		return p.shortName() + " " + yearName(p.year)
	case DatePrecisionMinute, DatePrecisionSecond:
		return p.clockName()
	default:
		return p.text
	}
}

// shortName is the name without its year.
func (p datePart) shortName() string {
	switch p.precision {
	case DatePrecisionSeason:
		return [4]string{"spring", "summer", "autumn", "winter"}[p.month-21]
	case DatePrecisionDay:
		return strconv.Itoa(p.day) + " " + time.Month(p.month).String()
	default:
		return time.Month(p.month).String()
	}
}

func (p datePart) clockName() string {
	at := time.Unix(p.from, 0).UTC()
	layout := "15:04 UTC"
	if p.precision == DatePrecisionSecond {
		layout = "15:04:05 UTC"
	}
	return at.Format("2 January ") + yearName(at.Year()) + ", " + at.Format(layout)
}

// yearName counts years before 1 as BC: 0000 is 1 BC.
func yearName(year int) string {
	if year < 1 {
		return strconv.Itoa(1-year) + " BC"
	}
	return strconv.Itoa(year)
}

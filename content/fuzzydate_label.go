package content

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Label returns the date for readers of English, of an item in English.
func (d FuzzyDate) Label() string { return d.LabelFor(DefaultLocale, DefaultLocale) }

// LabelFor returns the date for readers of some languages, the first of which is preferred: the source's words where they
// are kept and are in the language, else as LabelIn writes it. Own is the language of the item that has the date. Where no
// language of the readers is known, the date is in English.
func (d FuzzyDate) LabelFor(own Locale, readers ...Locale) string {
	words := cmp.Or(d.language, own).language()
	for _, l := range append(slices.Clip(readers), DefaultLocale) {
		switch {
		case d.verbatim != "" && l.language() == words:
			return d.verbatim
		case knowsDates(l):
			return d.LabelIn(l)
		}
	}
	return d.LabelIn(DefaultLocale)
}

// LabelIn returns the date for readers of a language, whatever words the source has: "3 March 2024", "November 2023",
// "spring 2024", "1990s", "1900-1999" for a century, "45 BC", "3 March 2024, 12:30 UTC", "about 2024", "2024 (uncertain)",
// "24 November - 1 December 2023", "since November 2023", "until November 2023", "from November 2023 (end unknown)", "until
// November 2023 (start unknown)", and "unknown date" for no date. It knows English, French, Arabic and Hebrew, by the
// look-up of RFC 4647, and writes English for all others.
//
// A season is named by its number, so "winter 2024" is the one that begins in December 2024. Times are in UTC.
func (d FuzzyDate) LabelIn(l Locale) string {
	w := dateWordsIn(l)
	left, right, interval := strings.Cut(d.edtf, "/")
	switch {
	case d.IsZero():
		return w.none
	case !interval:
		return w.label(partOf(left))
	case right == "..":
		return fmt.Sprintf(w.since, w.label(partOf(left)))
	case right == "":
		return fmt.Sprintf(w.from, w.label(partOf(left)))
	case left == "..":
		return fmt.Sprintf(w.until, w.label(partOf(right)))
	case left == "":
		return fmt.Sprintf(w.to, w.label(partOf(right)))
	default:
		return w.interval(partOf(left), partOf(right))
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

// interval names both ends, and what they share only once.
func (w *dateWords) interval(from, until datePart) string {
	if from.approximate != until.approximate || from.uncertain != until.uncertain {
		return w.label(from) + " - " + w.label(until)
	}
	first, last := w.name(from), w.name(until)
	if from.withinYear() && until.withinYear() && from.year == until.year {
		first = w.shortName(from)
		if from.day > 0 && until.day > 0 && from.month == until.month {
			first = w.dayName(from.day)
		}
	}
	if w.name(from) == last {
		return w.label(until)
	}
	return w.qualify(until, first+" - "+last)
}

func (w *dateWords) label(p datePart) string { return w.qualify(p, w.name(p)) }

func (w *dateWords) qualify(p datePart, name string) string {
	if p.approximate {
		name = fmt.Sprintf(w.about, name)
	}
	if p.uncertain {
		name = fmt.Sprintf(w.uncertain, name)
	}
	return name
}

// withinYear reports whether the name ends with the year and says more than that.
func (p datePart) withinYear() bool {
	return p.precision == DatePrecisionSeason || p.precision == DatePrecisionMonth || p.precision == DatePrecisionDay
}

func (w *dateWords) name(p datePart) string {
	switch p.precision {
	case DatePrecisionDecade:
		return fmt.Sprintf(w.decade, p.year)
	case DatePrecisionUnknown:
		return fmt.Sprintf("%d-%d", p.year, p.year+99)
	case DatePrecisionYear:
		return w.yearName(p.year)
	case DatePrecisionSeason, DatePrecisionMonth, DatePrecisionDay:
		return w.shortName(p) + " " + w.yearName(p.year)
	case DatePrecisionMinute, DatePrecisionSecond:
		return w.clockName(p)
	default:
		return p.text
	}
}

// shortName is the name without its year.
func (w *dateWords) shortName(p datePart) string {
	switch p.precision {
	case DatePrecisionSeason:
		return w.seasons[p.month-21]
	case DatePrecisionDay:
		return fmt.Sprintf(w.dayOf, w.dayName(p.day), w.months[p.month-1])
	default:
		return w.months[p.month-1]
	}
}

// dayName is the number of a day of a month; the first has a special name in some languages.
func (w *dateWords) dayName(day int) string {
	if day == 1 {
		return w.first
	}
	return strconv.Itoa(day)
}

func (w *dateWords) clockName(p datePart) string {
	at := time.Unix(p.from, 0).UTC()
	layout := "15:04 UTC"
	if p.precision == DatePrecisionSecond {
		layout = "15:04:05 UTC"
	}
	day := fmt.Sprintf(w.dayOf, w.dayName(at.Day()), w.months[at.Month()-1])
	return day + " " + w.yearName(at.Year()) + ", " + at.Format(layout)
}

// yearName counts years before 1 as BC: 0000 is 1 BC.
func (w *dateWords) yearName(year int) string {
	if year < 1 {
		return fmt.Sprintf(w.bc, 1-year)
	}
	return strconv.Itoa(year)
}

package dataset

import (
	"fmt"
	"strconv"
	"time"

	"parley/content"
)

// day reads a date as in 1992-04-24. Empty is no date.
func day(text string) (content.FuzzyDate, error) {
	if text == "" {
		return content.FuzzyDate{}, nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return content.FuzzyDate{}, fmt.Errorf("%q is not a day as in 1992-04-24", text)
	}
	return content.ParseEDTF(text)
}

// parts reads a date of a year, a month and a day, as precise as it is known: -1, 0 and empty are unknown. A day that no
// calendar has is left out, and reported.
func parts(year, month, day string) (content.FuzzyDate, error) {
	y, m, d := number(year), number(month), number(day)
	switch {
	case y <= 0:
		return content.FuzzyDate{}, nil
	case m <= 0:
		return content.ParseEDTF(fmt.Sprintf("%04d", y))
	case m > 12:
		date, _ := content.ParseEDTF(fmt.Sprintf("%04d", y)) // a year of four digits is one
		return date, fmt.Errorf("there is no month %d: the date is kept as %s", m, date.EDTF())
	}
	yearMonth := fmt.Sprintf("%04d-%02d", y, m)
	if d <= 0 {
		return content.ParseEDTF(yearMonth)
	}
	text := fmt.Sprintf("%s-%02d", yearMonth, d)
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		date, _ := content.ParseEDTF(yearMonth) // a year and a month are a date
		return date, fmt.Errorf("there is no day %s: the date is kept as %s", text, yearMonth)
	}
	return content.ParseEDTF(text)
}

// number reads a whole number; 0 where there is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// before reports whether one date ends before another begins.
func before(a, b content.FuzzyDate) bool {
	latest, ends := a.Latest()
	earliest, begins := b.Earliest()
	return ends && begins && latest.Before(earliest)
}

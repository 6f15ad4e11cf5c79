package content

import (
	"slices"
	"strings"
)

// proposal is a date of digits that is proposed, or the part of one that a text names; what it lacks is empty.
type proposal struct {
	year, month, day string
	about, open      bool
}

// edtf writes the date with a mark: a tilde where it is about right itself.
func (p proposal) edtf(mark string) string {
	if p.open {
		return ".."
	}
	text := p.year
	if p.month != "" {
		text += "-" + p.month
	}
	if p.day != "" {
		text += "-" + p.day
	}
	if p.about && mark == "" {
		mark = "~"
	}
	return text + mark
}

// lastDay is the last day of the month of a proposal.
func (p proposal) lastDay() string {
	year, _ := edtfNumber(p.year, 4)
	month, _ := edtfNumber(p.month, 2)
	if month < 1 || month > 12 {
		return ""
	}
	return dayStart(year, month+1, 0).Format("02")
}

// dates returns the dates that all tokens may mean together, or the parts of one.
func (o DateOrder) dates(tokens []dateToken) []proposal {
	var numbers []string
	month := ""
	for i, t := range tokens {
		switch {
		case t.number != "":
			numbers = append(numbers, t.number)
		case isWord(t.word, "st", "nd", "rd", "th", "er") && i > 0 && tokens[i-1].number != "" && !t.spaced:
		case t.word == "s" && i == len(tokens)-1 && len(numbers) == 1 && len(numbers[0]) == 4 && month == "":
			if decade, ok := strings.CutSuffix(numbers[0], "0"); ok {
				return []proposal{{year: decade + "X"}}
			}
			return nil
		case t.word != "":
			name := monthNamed(t.word)
			if name == "" || month != "" {
				return nil
			}
			month = name
		}
	}
	if month != "" {
		return namedMonth(month, numbers)
	}
	return o.ofDigits(numbers)
}

// namedMonth returns the date of a month or season that is named, beside numbers.
func namedMonth(month string, numbers []string) []proposal {
	p := proposal{month: month}
	for _, n := range numbers {
		switch {
		case len(n) == 4 && p.year == "":
			p.year = n
		case len(n) <= 2 && p.day == "":
			p.day = twoDigits(n)
		default:
			return nil
		}
	}
	return []proposal{p}
}

// ofDigits returns the dates that numbers may mean: of three, both orders where neither is known and both are possible.
func (o DateOrder) ofDigits(numbers []string) []proposal {
	switch {
	case len(numbers) == 1 && len(numbers[0]) == 8:
		n := numbers[0]
		return []proposal{{year: n[:4], month: n[4:6], day: n[6:]}}
	case len(numbers) == 1 && len(numbers[0]) == 6:
		return []proposal{{year: numbers[0][:4], month: numbers[0][4:]}}
	case len(numbers) == 1 && len(numbers[0]) == 4:
		return []proposal{{year: numbers[0]}}
	case len(numbers) == 1 && len(numbers[0]) <= 2:
		return []proposal{{day: twoDigits(numbers[0])}}
	case len(numbers) == 2 && len(numbers[0]) == 4 && len(numbers[1]) <= 2:
		return []proposal{{year: numbers[0], month: twoDigits(numbers[1])}}
	case len(numbers) == 2 && len(numbers[1]) == 4 && len(numbers[0]) <= 2:
		return []proposal{{year: numbers[1], month: twoDigits(numbers[0])}}
	case len(numbers) != 3 || slices.ContainsFunc(numbers[1:2], func(n string) bool { return len(n) > 2 }):
		return nil
	case len(numbers[0]) == 4 && len(numbers[2]) <= 2:
		return []proposal{{year: numbers[0], month: twoDigits(numbers[1]), day: twoDigits(numbers[2])}}
	case len(numbers[2]) == 4 && len(numbers[0]) <= 2:
		first, second := twoDigits(numbers[0]), twoDigits(numbers[1])
		dayFirst, monthFirst := proposal{year: numbers[2], month: second, day: first}, proposal{year: numbers[2], month: first, day: second}
		switch o {
		case "dmy":
			return []proposal{dayFirst}
		case "mdy":
			return []proposal{monthFirst}
		default:
			return []proposal{dayFirst, monthFirst}
		}
	default:
		return nil
	}
}

// twoDigits writes a number of one or two digits in two.
func twoDigits(n string) string {
	if len(n) == 1 {
		return "0" + n
	}
	return n
}

// monthNamed returns the two digits of the month or season that a word names, whole or by its first three letters or more, or
// nothing. A Hebrew name may have its preposition before it.
func monthNamed(word string) string {
	found := ""
	for _, w := range []*dateWords{englishDates(), frenchDates(), arabicDates(), hebrewDates()} {
		for i, name := range slices.Concat(w.months[:], w.seasons[:]) {
			number := i + 1
			if i >= 12 {
				number = 21 + i - 12
			}
			name = plainLetters(name)
			digits := twoDigits(strings.TrimLeft(string([]byte{byte('0' + number/10), byte('0' + number%10)}), "0"))
			switch {
			case word == name || word == "ב"+name:
				return digits
			case i < 12 && len(word) >= 3 && word[0] < 0x80 && strings.HasPrefix(name, word):
				if found != "" && found != digits {
					return "" // as "jui", of juin and juillet
				}
				found = digits
			}
		}
	}
	switch word {
	case "fall":
		return "23"
	case "sept":
		return "09"
	}
	return found
}

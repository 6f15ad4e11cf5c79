package content

import (
	"slices"
	"unicode"
)

// maxProposed bounds the text, in bytes, for which dates are proposed.
const maxProposed = 100

// DateOrder is the order of day, month and year in dates of digits such as 24/11/2023; empty where it is not known.
type DateOrder string

// Values returns the orders: day first, and month first.
func (DateOrder) Values() []string { return []string{"dmy", "mdy"} }

// Parse reads a date as [ParseEDTF] does, and where the order is known also one of digits with the day or the month first, in
// digits of any script: 24/11/2023 and 24.11.2023 are 2023-11-24 in the order "dmy".
func (o DateOrder) Parse(text string) (FuzzyDate, error) {
	d, err := ParseEDTF(text)
	if err == nil || o == "" || len(text) > maxProposed {
		return d, err
	}
	tokens := dateTokens(text)
	digits := !slices.ContainsFunc(tokens, func(t dateToken) bool { return t.word != "" })
	if list := possible(tokens, o); digits && len(list) == 1 {
		return ParseEDTF(list[0])
	}
	return d, err
}

// ProposeEDTF returns the dates, at most two, that a text in another form than EDTF may mean: "1994~" for "c. 1994", and
// 2023-04-03 and 2023-03-04 for "3/4/2023". It knows the names of months and seasons in English, French, Arabic and Hebrew,
// and the digits of all scripts. It invents nothing: a text that it cannot read whole gives no date.
func ProposeEDTF(text string) []string {
	if len(text) > maxProposed {
		return nil
	}
	return possible(dateTokens(text), "")
}

// dateToken is a number, a word or a separator of a text. Words are in lower case and without accents.
type dateToken struct {
	number, word string
	separator    rune
	spaced       bool // whether white space precedes it
}

// dateTokens returns the tokens of a text.
func dateTokens(text string) []dateToken {
	var tokens []dateToken
	spaced := false
	add := func(t dateToken) {
		t.spaced = spaced
		tokens, spaced = append(tokens, t), false
	}
	last := func() *dateToken {
		if spaced || len(tokens) == 0 {
			return &dateToken{}
		}
		return &tokens[len(tokens)-1]
	}
	for _, r := range plainLetters(text) {
		digit, isDigit := asciiDigit(r)
		switch t := last(); {
		case isDigit && t.number != "":
			t.number += string(digit)
		case isDigit:
			add(dateToken{number: string(digit)})
		case unicode.IsLetter(r) && t.word != "":
			t.word += string(r)
		case unicode.IsLetter(r):
			add(dateToken{word: string(r)})
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			add(dateToken{separator: '-'})
		case r == '/' || r == '.' || r == '?' || r == '~':
			add(dateToken{separator: r})
		default: // spaces, commas, brackets, apostrophes
			spaced = true
		}
	}
	return tokens
}

// asciiDigit returns the ASCII digit of a decimal digit of any script.
func asciiDigit(r rune) (rune, bool) {
	if r >= '0' && r <= '9' {
		return r, true
	}
	for _, table := range unicode.Nd.R16 {
		if r >= rune(table.Lo) && r <= rune(table.Hi) {
			return '0' + (r-rune(table.Lo))%10, true
		}
	}
	for _, table := range unicode.Nd.R32 {
		if lo, hi := rune(table.Lo), rune(table.Hi); r >= lo && r <= hi { //nolint:gosec // code points fit
			return '0' + (r-lo)%10, true
		}
	}
	return 0, false
}

// possible returns the dates that tokens may mean, at most two.
func possible(tokens []dateToken, o DateOrder) []string {
	tokens, mark := qualified(tokens)
	var list []string
	for _, p := range o.spans(tokens) {
		text := p.edtf(mark)
		if _, err := parseEDTF(text); err == nil && !slices.Contains(list, text) && len(list) < 2 {
			list = append(list, text)
		}
	}
	return list
}

// qualified takes the words that say that a date is about right, or in doubt, from tokens, and returns the mark for that.
func qualified(tokens []dateToken) (rest []dateToken, mark string) {
	about, doubt := false, false
	for i, t := range tokens {
		switch {
		case t.separator == '?' || isWord(t.word, "probably", "possibly", "perhaps", "maybe", "peut"):
			doubt = true
		case t.separator == '~' || isWord(t.word, "c", "ca", "circa", "about", "around", "approx", "approximately", "roughly", "vers", "environ", "نحو", "حوالي", "בערך"):
			about = true
		case t.separator == '.' && i > 0 && tokens[i-1].word != "": // of an abbreviation
		case isWord(t.word, "the", "of", "in", "on", "year", "le", "de", "du", "en", "et", "sic"):
		default:
			rest = append(rest, t)
		}
	}
	switch {
	case about && doubt:
		return rest, "%"
	case about:
		return rest, "~"
	case doubt:
		return rest, "?"
	default:
		return rest, ""
	}
}

func isWord(word string, words ...string) bool { return word != "" && slices.Contains(words, word) }

// span is a date or an interval that is proposed. An end that is open is the zero part.
type span struct {
	from, until proposal
	interval    bool
}

// edtf writes the span, each end with the mark.
func (s span) edtf(mark string) string {
	if !s.interval {
		return s.from.edtf(mark)
	}
	return s.from.edtf(mark) + "/" + s.until.edtf(mark)
}

// spans returns what tokens may mean: a date, part of a year or month, or an interval.
func (o DateOrder) spans(tokens []dateToken) []span {
	var list []span
	for _, p := range o.dates(tokens) {
		if p.year != "" {
			list = append(list, span{from: p})
		}
	}
	if s, ok := o.part(tokens); ok {
		return append(list, s)
	}
	if s, ok := o.open(tokens); ok {
		return append(list, s)
	}
	return append(list, o.intervals(tokens)...)
}

// open reads the words of an interval that has one end: "since 1994", "until March 2023".
func (o DateOrder) open(tokens []dateToken) (span, bool) {
	if len(tokens) < 2 {
		return span{}, false
	}
	list := o.dates(tokens[1:])
	if len(list) != 1 || list[0].year == "" {
		return span{}, false
	}
	switch {
	case isWord(tokens[0].word, "since", "after", "depuis", "منذ", "מאז"):
		return span{from: list[0], until: proposal{open: true}, interval: true}, true
	case isWord(tokens[0].word, "until", "till", "before", "by", "avant", "حتى", "עד"):
		return span{from: proposal{open: true}, until: list[0], interval: true}, true
	default:
		return span{}, false
	}
}

// part reads the beginning, the middle or the end of a year or a month: "late 2023" is 2023-10~/2023-12~.
func (o DateOrder) part(tokens []dateToken) (span, bool) {
	if len(tokens) < 2 {
		return span{}, false
	}
	at := 0
	switch {
	case isWord(tokens[0].word, "early", "beginning", "debut"):
	case isWord(tokens[0].word, "mid", "middle", "mi"):
		at = 1
	case isWord(tokens[0].word, "late", "end", "fin"):
		at = 2
	default:
		return span{}, false
	}
	list := o.dates(tokens[1:]) // a hyphen before the date counts for nothing
	if len(list) != 1 || list[0].year == "" || list[0].day != "" {
		return span{}, false
	}
	p := list[0]
	from, until := p, p
	if p.month == "" {
		from.month, until.month = [3]string{"01", "05", "10"}[at], [3]string{"03", "08", "12"}[at]
	} else {
		from.day, until.day = [3]string{"01", "11", "21"}[at], [3]string{"10", "20", p.lastDay()}[at]
	}
	from.about, until.about = true, true
	return span{from: from, until: until, interval: true}, true
}

// intervals reads an interval in each place where one may be parted. Its start takes what it lacks from its end.
func (o DateOrder) intervals(tokens []dateToken) []span {
	if len(tokens) > 0 && isWord(tokens[0].word, "from", "between", "entre") {
		tokens = tokens[1:]
	}
	var list []span
	for i := 1; i < len(tokens)-1; i++ {
		t := tokens[i]
		if t.separator != '-' && t.separator != '/' && !isWord(t.word, "to", "until", "till", "and", "through", "a", "au", "الى", "עד") {
			continue
		}
		for _, from := range o.dates(tokens[:i]) {
			for _, until := range o.ends(from, tokens[i+1:]) {
				if s, ok := join(from, until); ok {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// ends reads the end of an interval: a date, "94" after 1993, or "5, 1993" after March 3.
func (o DateOrder) ends(from proposal, tokens []dateToken) []proposal {
	if len(tokens) == 1 && len(tokens[0].number) == 2 && from.year != "" && from.month == "" && tokens[0].number > from.year[2:] {
		return []proposal{{year: from.year[:2] + tokens[0].number}}
	}
	if len(tokens) == 2 && from.year == "" && from.month != "" && from.day != "" && len(tokens[0].number) <= 2 && len(tokens[1].number) == 4 {
		return []proposal{{year: tokens[1].number, month: from.month, day: twoDigits(tokens[0].number)}}
	}
	return o.dates(tokens)
}

// join makes an interval of two ends; the start takes the year and the month that it lacks from the end.
func join(from, until proposal) (span, bool) {
	if until.year == "" {
		return span{}, false
	}
	if from.year == "" {
		from.year = until.year
	}
	if from.month == "" && from.day != "" {
		from.month = until.month
	}
	if from.day != "" && (from.month == "" || until.day == "") {
		return span{}, false
	}
	return span{from: from, until: until, interval: true}, true
}

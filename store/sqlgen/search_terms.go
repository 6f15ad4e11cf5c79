package sqlgen

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/content"
	"parley/internal/fold"
)

// maxTerms bounds the terms of one search, maxSearch the bytes of its text.
const (
	maxTerms  = 32
	maxSearch = 500
)

// Term is something that is searched for: words in a row, of which the last may be the beginning of a word.
type Term struct {
	words  []string
	prefix bool
	Not    bool
}

// ParseSearch reads words, "phrases" between quotation marks of any language, prefix* and -exclusions. A quotation mark
// after a letter opens no phrase, so that an acronym such as צה"ל is a word. A mark that is not closed and a lone sign are
// left out. A search without a word that is to be found is an error of the argument.
func ParseSearch(text, argument string) ([]Term, error) {
	if len(text) > maxSearch {
		return nil, wrongSearch(argument, "the search is longer than %d bytes: search for fewer words", maxSearch)
	}
	var terms []Term
	for rest := text; rest != ""; {
		var t Term
		t, rest = nextTerm(rest)
		if len(t.words) > 0 {
			terms = append(terms, t)
		}
	}
	if !slices.ContainsFunc(terms, func(t Term) bool { return !t.Not }) {
		return nil, wrongSearch(argument, "the search has no searchable word: give at least one")
	}
	if len(terms) > maxTerms {
		return nil, wrongSearch(argument, "the search has %d terms: at most %d are allowed; search for fewer words", len(terms), maxTerms)
	}
	return terms, nil
}

func wrongSearch(argument, format string, args ...any) error {
	e := content.Errorf(content.BadUserInput, format, args...)
	e.Field = argument
	return e
}

// nextTerm takes the first term off a text.
func nextTerm(text string) (Term, string) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	not := false
	if first, size := utf8.DecodeRuneInString(text); first == '-' || first == '－' {
		text, not = text[size:], true
	}
	first, size := utf8.DecodeRuneInString(text)
	if family := fold.Quotation(first); family != 0 {
		text = text[size:]
		if phrase, rest, closed := cutPhrase(text, family); closed {
			return termOf(phrase, not), rest
		}
	}
	end := wordEnd(text)
	return termOf(text[:end], not), text[end:]
}

// cutPhrase cuts a text at the mark that closes a phrase: one of the family of the mark before it. A mark between Hebrew
// letters is the gershayim.
func cutPhrase(text string, family rune) (phrase, rest string, closed bool) {
	before := rune(0)
	for i, r := range text {
		if fold.Quotation(r) == family {
			rest = text[i+utf8.RuneLen(r):]
			if after, _ := utf8.DecodeRuneInString(rest); !fold.Gershayim(before, after) {
				return text[:i], rest, true
			}
		}
		before = r
	}
	return "", "", false
}

// wordEnd returns where the first term of a text ends that is no phrase: at a space, or at a quotation mark that does not
// follow a letter.
func wordEnd(text string) int {
	letter := false
	for i, r := range text {
		if unicode.IsSpace(r) || fold.Quotation(r) != 0 && !letter {
			return i
		}
		letter = unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark) || letter && fold.Quotation(r) != 0
	}
	return len(text)
}

// termOf reads the words of a term. The last character of one that is written without spaces may have others after it.
func termOf(text string, not bool) Term {
	words := fold.Words(text)
	t := Term{Not: not, prefix: strings.HasSuffix(text, "*") || strings.HasSuffix(text, "＊")}
	if n := len(words); n > 0 && words[n-1].Tail {
		if n > 1 && words[n-2].End == words[n-1].End { // the pair before it says so already
			words, t.prefix = words[:n-1], false
		} else {
			t.prefix = true
		}
	}
	for _, w := range words {
		t.words = append(t.words, w.Text)
	}
	return t
}

// expression writes the terms for FTS5, in the columns that are named, or in all of them.
func expression(terms []Term, columns string) string {
	var found, not []string
	for _, t := range terms {
		text := `"` + strings.Join(t.words, " ") + `"`
		if t.prefix {
			text += " *"
		}
		if t.Not {
			not = append(not, text)
		} else {
			found = append(found, text)
		}
	}
	text := "(" + strings.Join(found, " AND ") + ")"
	if len(not) > 0 {
		text = "(" + text + " NOT (" + strings.Join(not, " OR ") + "))"
	}
	if columns != "" {
		text = "{" + columns + "} : " + text
	}
	return text
}

// At returns how many of the words from the i-th on the term covers, 0 where it does not match there.
func (t Term) At(words []fold.Word, i int) int {
	if len(words)-i < len(t.words) {
		return 0
	}
	for j, w := range t.words {
		have := words[i+j].Text
		if have != w && (!t.prefix || j < len(t.words)-1 || !strings.HasPrefix(have, w)) {
			return 0
		}
	}
	return len(t.words)
}

// End returns where the term ends in a text whose i-th word is its last. A single character of a text without spaces is the
// beginning of a pair, of which the other one is not meant.
func (t Term) End(words []fold.Word, i int) int {
	w := words[i]
	if t.prefix && i+1 < len(words) && words[i+1].Start < w.End {
		return words[i+1].Start
	}
	return w.End
}

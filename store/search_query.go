package store

import (
	"slices"
	"strings"

	"parley/content"
	"parley/internal/fold"
)

// maxTerms bounds the terms of one search, maxSearch the bytes of its text.
const (
	maxTerms  = 32
	maxSearch = 500
)

// term is something that is searched for: words in a row, of which the last may be the beginning of a word.
type term struct {
	words  []string
	prefix bool
	not    bool
}

// parseSearch reads words, "phrases", prefix* and -exclusions. What is damaged, an open quotation mark or a lone sign,
// is read as plain words. A search without a word that is to be found is an error of the argument.
func parseSearch(text, argument string) ([]term, error) {
	if len(text) > maxSearch {
		return nil, wrongSearch(argument, "the search is longer than %d bytes: search for fewer words", maxSearch)
	}
	var terms []term
	for rest := text; rest != ""; {
		var t term
		t, rest = nextTerm(rest)
		if len(t.words) > 0 {
			terms = append(terms, t)
		}
	}
	if !slices.ContainsFunc(terms, func(t term) bool { return !t.not }) {
		return nil, wrongSearch(argument, "the search has no word that is to be found: give at least one")
	}
	if len(terms) > maxTerms {
		return nil, wrongSearch(argument, "the search has %d terms: at most %d are searched for at once; search for fewer words", len(terms), maxTerms)
	}
	return terms, nil
}

func wrongSearch(argument, format string, args ...any) error {
	e := content.Errorf(content.BadUserInput, format, args...)
	e.Field = argument
	return e
}

// nextTerm takes the first term off a text.
func nextTerm(text string) (term, string) {
	var t term
	text = strings.TrimLeft(text, " \t\r\n")
	if after, ok := strings.CutPrefix(text, "-"); ok {
		text, t.not = after, true
	}
	if after, ok := strings.CutPrefix(text, `"`); ok {
		if phrase, rest, closed := strings.Cut(after, `"`); closed {
			t.words = wordsOf(phrase)
			return t, rest
		}
		text = after
	}
	end := strings.IndexAny(text, " \t\r\n\"")
	if end < 0 {
		end = len(text)
	}
	word := text[:end]
	t.words, t.prefix = wordsOf(word), strings.HasSuffix(word, "*")
	return t, text[end:]
}

func wordsOf(text string) []string {
	var words []string
	for _, w := range fold.Words(text) {
		words = append(words, strings.Fields(w.Text)...)
	}
	return words
}

// expression writes the terms for FTS5, in the columns that are named, or in all of them.
func expression(terms []term, columns string) string {
	var found, not []string
	for _, t := range terms {
		text := `"` + strings.Join(t.words, " ") + `"`
		if t.prefix {
			text += " *"
		}
		if t.not {
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

// at returns how many of the words from the i-th on the term covers, 0 where it does not match there.
func (t term) at(words []fold.Word, i int) int {
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

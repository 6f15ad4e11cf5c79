package fold

import (
	"unicode"
	"unicode/utf8"
)

// Word is a word of a text.
type Word struct {
	// Text is the folded word.
	Text string
	// Start and End are where it stands in the text, in bytes.
	Start, End int
}

// Words returns the words of s in order: runs of letters, digits and the marks on them.
func Words(s string) []Word { return AppendWords(nil, s) }

// AppendWords appends the words of s to a list.
func AppendWords(words []Word, s string) []Word {
	start := -1
	flush := func(end int) {
		if start < 0 {
			return
		}
		if text := Text(s[start:end]); text != "" {
			words = append(words, Word{Text: text, Start: start, End: end})
		}
		start = -1
	}
	for i, r := range s {
		in := r < utf8.RuneSelf && asciiWord(s[i]) || r >= utf8.RuneSelf && r != utf8.RuneError &&
			(unicode.IsLetter(r) || unicode.IsNumber(r) || start >= 0 && (unicode.IsMark(r) || unicode.Is(unicode.Cf, r)))
		switch {
		case !in:
			flush(i)
		case start < 0:
			start = i
		}
	}
	flush(len(s))
	return words
}

package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Find returns where a text holds words, as pairs of byte offsets, in their order: wherever the words are equal to a part of the
// text once both are folded as [Text] folds, letter by letter, and runs of spaces are one. It returns nil for words without a
// letter or a digit. The text is in NFC.
func Find(text, words string) [][2]int {
	needle := strings.Trim(string(folded(norm.NFC.String(words)).text), " ")
	if !strings.ContainsFunc(needle, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil
	}
	p := folded(text)
	var found [][2]int
	for from := 0; ; {
		i := strings.Index(string(p.text[from:]), needle)
		if i < 0 {
			return found
		}
		begin, end := from+i, from+i+len(needle)
		found = append(found, [2]int{p.begin[begin], p.end[end-1]})
		from = end
	}
}

// places is a folded text, and where in the text each of its bytes is from.
type places struct {
	text       []byte
	begin, end []int
}

// folded folds a text letter by letter, each with its marks.
func folded(text string) *places {
	p := &places{}
	for at := 0; at < len(text); {
		end := letterEnd(text, at)
		p.add(text[at:end], at, end)
		at = end
	}
	return p
}

// letterEnd is where the letter ends that begins at a place, with the marks that follow it.
func letterEnd(text string, at int) int {
	for i, r := range text[at:] {
		if i > 0 && !unicode.Is(unicode.M, r) {
			return at + i
		}
	}
	return len(text)
}

func (p *places) add(letter string, begin, end int) {
	out := Text(letter)
	if out == "" && strings.IndexFunc(letter, unicode.IsSpace) == 0 {
		if out = " "; len(p.text) > 0 && p.text[len(p.text)-1] == ' ' {
			p.end[len(p.end)-1] = end
			return
		}
	}
	for i := range len(out) {
		p.text, p.begin, p.end = append(p.text, out[i]), append(p.begin, begin), append(p.end, end)
	}
}

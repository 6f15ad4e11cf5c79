package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a word of a text.
type Word struct {
	// Text is the folded word, which has no spaces and no ASCII signs.
	Text string
	// Start and End are its position in the text, in bytes.
	Start, End int
	// Tail says that it is the last character of a run without spaces, after the pairs of the run.
	Tail bool
}

// Words returns the words of s in order: runs of letters, digits and the marks on them.
//
// An apostrophe in a word leaves nothing ("Sana'a" is "sanaa", "צה\"ל" is "צהל"), but in "Israel's" and "l'accord" it divides
// two. Chinese, Japanese, Thai and what else is written without spaces has a word at each character: the character with the
// next one, the last of a run alone. So any part of a run is a sequence of adjacent words there.
func Words(s string) []Word { return AppendWords(nil, s) }

// Spaced returns the words of s with a space after each but the last: a text for an index that splits at spaces.
func Spaced(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i, w := range Words(s) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// AppendWords appends the words of s to a list.
func AppendWords(words []Word, s string) []Word {
	for i := 0; i < len(s); {
		k, size := kindAt(s, i)
		switch {
		case k < number:
			i += size
		case k == unspaced:
			end := runEnd(s, i, k)
			words = appendPairs(words, s, i, end)
			i = end
		default:
			end := runEnd(s, i, k)
			words = appendRun(words, s, i, end)
			i = end
		}
	}
	return words
}

// kind is what a character is to words.
type kind int

const (
	between  kind = iota // it divides words
	joiner               // an apostrophe or quotation mark, which may be part of a word
	extender             // a mark on the character before it, or invisible
	number               // of words with spaces between them, as letters are
	spaced
	unspaced
)

// kindAt returns the kind and the size of the character of s at i.
func kindAt(s string, i int) (kind, int) {
	if c := s[i]; c < utf8.RuneSelf {
		switch {
		case c >= '0' && c <= '9':
			return number, 1
		case asciiWord(c):
			return spaced, 1
		case c == '\'' || c == '"' || c == '`':
			return joiner, 1
		default:
			return between, 1
		}
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return kindOf(r, size), size
}

func kindOf(r rune, size int) kind {
	switch {
	case isHan(r):
		return unspaced
	case uncomposed(r) && r != 'ـ':
		return spaced
	case r == utf8.RuneError && size == 1:
		return between
	case apostrophe(r) || Quotation(r) != 0:
		return joiner
	case r == 'ﾞ' || r == 'ﾟ' || unicode.In(r, unicode.M, unicode.Cf):
		return extender
	case unicode.IsLetter(r) && withoutSpaces(r):
		return unspaced
	case unicode.IsLetter(r):
		return spaced
	case unicode.IsNumber(r):
		return number
	default:
		return between
	}
}

// withoutSpaces reports whether the letter r is of a script whose words are written without spaces.
func withoutSpaces(r rune) bool {
	switch {
	case r < 0xe00:
		return false
	case r <= 0xeff, // Thai, Lao
		r >= 0x1000 && r <= 0x109f, // Myanmar
		r >= 0x1780 && r <= 0x17ff, // Khmer
		r >= 0x1950 && r <= 0x19ff, // Tai Le, New Tai Lue
		r >= 0x1a20 && r <= 0x1aaf, // Tai Tham
		r >= 0x3005 && r <= 0x312f, // signs of repetition, kana, Bopomofo
		r >= 0x31a0 && r <= 0x31ff,
		r >= 0x3400 && r <= 0x9fff, // Han
		r >= 0xa9e0 && r <= 0xa9ff,
		r >= 0xaa60 && r <= 0xaadf,
		r >= 0xf900 && r <= 0xfaff,
		r >= 0xff66 && r <= 0xff9f, // kana of half width
		r >= 0x16fe0 && r <= 0x1b2ff,
		r >= 0x20000 && r <= 0x3ffff:
		return true
	default:
		return false
	}
}

// runEnd returns where the run of words of a kind ends that begins at start.
func runEnd(s string, start int, k kind) int {
	end := start
	for i := start; i < len(s); {
		if asciiWord(s[i]) && k != unspaced {
			i++
			end = i
			continue
		}
		is, size := kindAt(s, i)
		switch {
		case is == extender:
		case is == joiner && k != unspaced && inWord(s, i, size):
		case (is == unspaced) == (k == unspaced) && is >= number:
		default:
			return end
		}
		i += size
		end = i
	}
	return end
}

// inWord reports whether the apostrophe or quotation mark at i is part of a word: between letters, which for a quotation
// mark, and for two apostrophes in its place, are Hebrew.
func inWord(s string, i, size int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	head, rest := s[:i], s[i+size:]
	if Quotation(r) == 0 {
		if before, after := lastLetter(head), firstLetter(rest); before != 0 && after != 0 {
			return true
		}
		head, rest = strings.TrimRightFunc(head, apostrophe), strings.TrimLeftFunc(rest, apostrophe)
	}
	return Gershayim(lastLetter(head), firstLetter(rest))
}

// Gershayim reports whether a quotation mark between two letters is the gershayim of a Hebrew acronym.
func Gershayim(before, after rune) bool {
	return unicode.Is(unicode.Hebrew, before) && unicode.Is(unicode.Hebrew, after)
}

// lastLetter returns the letter or digit that a text ends with, below its marks; 0 where it ends with none.
func lastLetter(s string) rune {
	for len(s) > 0 {
		r, size := utf8.DecodeLastRuneInString(s)
		switch k, _ := kindAt(s, len(s)-size); k {
		case extender:
			s = s[:len(s)-size]
		case spaced, number:
			return r
		default:
			return 0
		}
	}
	return 0
}

// firstLetter returns the letter or digit that a text begins with, 0 where it begins with none.
func firstLetter(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	if k, _ := kindAt(s, 0); k == spaced || k == number {
		return r
	}
	return 0
}

// appendRun appends the words of a run of letters, which apostrophes may divide.
func appendRun(words []Word, s string, start, end int) []Word {
	if plain(s[start:end]) {
		return append(words, Word{Text: strings.ToLower(s[start:end]), Start: start, End: end})
	}
	from := start
	for i := start; i < end; {
		c := s[i]
		if c < utf8.RuneSelf && c != '\'' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:end])
		if (r == '\'' || r == '’' || r == 'ʼ') && divides(s[from:i], s[i+size:end]) {
			words = appendWord(words, s, from, i)
			from = i + size
		}
		i += size
	}
	return appendWord(words, s, from, end)
}

// divides reports whether an apostrophe between two parts of a run divides words: before a possessive s, and after what is
// elided before a vowel in French, Italian and Catalan.
func divides(before, after string) bool {
	if after == "s" || after == "S" {
		return true
	}
	if len(before) > len("quelqu") {
		return false
	}
	switch Text(before) {
	case "c", "d", "j", "l", "m", "n", "s", "t", "v", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "quelqu",
		"un", "all", "coll", "dall", "dell", "nell", "sull", "gl", "agl", "dagl", "degl", "negl", "sugl", "quell":
	default:
		return false
	}
	next, _ := utf8.DecodeRuneInString(Text(after))
	return strings.ContainsRune("aeiouhy", next)
}

// appendWord appends the words that a run without apostrophes folds to: one, or several where a character folds to several,
// as in ½.
func appendWord(words []Word, s string, start, end int) []Word {
	text := Text(s[start:end])
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return r < utf8.RuneSelf && !asciiWord(byte(r)) || r == '⁄' }) //nolint:gosec // ASCII
		if n < 0 {
			return append(words, Word{Text: text, Start: start, End: end})
		}
		if n > 0 {
			words = append(words, Word{Text: text[:n], Start: start, End: end})
		}
		_, size := utf8.DecodeRuneInString(text[n:])
		text = text[n+size:]
	}
	return words
}

// appendPairs appends the words of a run that is written without spaces.
func appendPairs(words []Word, s string, start, end int) []Word {
	unit := func(i int) int { // the end of the character at i, with its marks
		_, size := utf8.DecodeRuneInString(s[i:])
		for i += size; i < end; i += size {
			var k kind
			if k, size = kindAt(s, i); k != extender {
				break
			}
		}
		return i
	}
	for i := start; i < end; {
		next := unit(i)
		w := Word{Start: i, End: next, Tail: next == end}
		if next < end {
			w.End = unit(next)
		}
		if w.Text = s[i:w.End]; strings.ContainsFunc(w.Text, func(r rune) bool { return !isHan(r) }) {
			w.Text = Text(w.Text)
		}
		if w.Text != "" {
			words = append(words, w)
		}
		i = next
	}
	return words
}

// WithoutSpaces reports whether s consists of letters of scripts whose words are written without spaces, one at least.
func WithoutSpaces(s string) bool {
	return s != "" && runEnd(s, 0, unspaced) == len(s)
}

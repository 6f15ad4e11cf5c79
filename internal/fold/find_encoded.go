package fold

import (
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// FindEncoded returns where a text holds words, as [Find] does, also where the words are encoded or split by markup: in
// percent-encoded and Punycode addresses, by HTML entities and backslashes, and by the emphasis, links, tags and quotation marks of
// Markdown. The places are in order and do not overlap. A place begins and ends with whole letters of the text and may hold markup.
func FindEncoded(text, words string) [][2]int {
	found := Find(text, words)
	for _, markup := range []bool{false, true} {
		d := decoded{source: text, markup: markup}
		d.read()
		if string(d.text) == text {
			continue // nothing is encoded
		}
		for _, at := range Find(string(d.text), words) {
			found = append(found, [2]int{d.begin[at[0]], d.end[at[1]-1]})
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return a[0] - b[0] })
	var joined [][2]int
	for _, at := range found {
		if last := len(joined) - 1; last >= 0 && at[0] < joined[last][1] {
			joined[last][1] = max(joined[last][1], at[1])
			continue
		}
		joined = append(joined, at)
	}
	return joined
}

// decoded is a text without its encodings, and where in the source each of its bytes is from.
type decoded struct {
	source     string
	markup     bool // whether the marks of Markdown are left out too
	text       []byte
	begin, end []int
	begins     bool           // whether the line has only spaces and marks of quotations so far
	ahead      map[string]int // where the source has a part next, as far as it was looked for
}

// following returns the first place at or after another where the source has the part, or its length where there is none. The places
// are asked for in order, so that the source is searched once.
func (d *decoded) following(at int, part string) int {
	if known, ok := d.ahead[part]; ok && known >= at {
		return known
	}
	found := len(d.source)
	if i := strings.Index(d.source[at:], part); i >= 0 {
		found = at + i
	}
	d.ahead[part] = found
	return found
}

func (d *decoded) read() {
	d.begins, d.ahead = true, map[string]int{}
	for at := 0; at < len(d.source); {
		size, text := d.next(at)
		for i := range len(text) {
			d.text, d.begin, d.end = append(d.text, text[i]), append(d.begin, at), append(d.end, at+size)
		}
		d.begins = d.source[at] == '\n' || d.begins && strings.IndexByte(" \t>", d.source[at]) >= 0
		at += size
	}
}

// next returns the length of the next piece of the source, and the text that it encodes.
func (d *decoded) next(at int) (size int, text string) {
	rest := d.source[at:]
	switch c := rest[0]; {
	case c == '%':
		size, text = percentDecoded(rest)
	case c == '&':
		size, text = entity(rest)
	case c == 'x' || c == 'X':
		size, text = punycode(rest)
	case c == '\\' && len(rest) > 1 && rest[1] < utf8.RuneSelf && !asciiWord(rest[1]):
		return 1, ""
	case d.markup:
		size, text = d.mark(at)
		if size > 0 {
			return size, text
		}
	}
	if size == 0 {
		_, size = utf8.DecodeRuneInString(rest)
		text = rest[:size]
	}
	return size, text
}

// mark returns the length of a mark of Markdown, or 0 where there is none, and its text: none, or the end of a line.
func (d *decoded) mark(at int) (size int, text string) {
	rest := d.source[at:]
	switch rest[0] {
	case '*', '_', '~', '`', '[', '|':
		return 1, ""
	case '!':
		if strings.HasPrefix(rest, "![") {
			return 1, ""
		}
	case ']':
		if end := d.following(at, ")"); strings.HasPrefix(rest, "](") && end < d.following(at, "\n") {
			return end + 1 - at, ""
		}
		return 1, ""
	case '<':
		end := d.following(at, ">")
		switch {
		case end == len(d.source) || d.following(at, "://") < end:
			return 1, ""
		case len(rest) > 3 && strings.EqualFold(rest[:3], "<br") && !asciiWord(rest[3]):
			return end + 1 - at, "\n"
		}
		return end + 1 - at, ""
	case '>', '#', '-', '+':
		if d.begins {
			return 1, ""
		}
	}
	return 0, ""
}

// percentDecoded decodes the letter that a text begins with, where it is percent-encoded UTF-8.
func percentDecoded(rest string) (size int, text string) {
	var b []byte
	for ; len(b) < utf8.UTFMax && len(rest) >= size+3 && rest[size] == '%' && hex(rest[size+1]) >= 0 && hex(rest[size+2]) >= 0; size += 3 {
		b = append(b, byte(hex(rest[size+1])<<4|hex(rest[size+2]))) //nolint:gosec // two digits
		if utf8.FullRune(b) {
			size += 3
			break
		}
	}
	if r, n := utf8.DecodeRune(b); r == utf8.RuneError || n != len(b) {
		return 0, ""
	}
	return size, string(b)
}

// hex is the value of a hexadecimal digit, or -1.
func hex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// entity decodes the HTML entity that a text begins with.
func entity(rest string) (size int, text string) {
	end := strings.IndexByte(rest[:min(len(rest), 34)], ';')
	if end < 0 {
		return 0, ""
	}
	if text = html.UnescapeString(rest[:end+1]); text == rest[:end+1] {
		return 0, ""
	}
	return end + 1, text
}

// maxLabel is the greatest length of a label of a domain name. Longer ones are not decoded, since that takes the square of their length.
const maxLabel = 63

// punycode decodes the label of an internationalised domain name that a text begins with.
func punycode(rest string) (size int, text string) {
	const prefix = "xn--"
	if len(rest) < len(prefix) || !strings.EqualFold(rest[:len(prefix)], prefix) {
		return 0, ""
	}
	for size = len(prefix); size < len(rest) && (asciiWord(rest[size]) || rest[size] == '-'); size++ {
	}
	if size > maxLabel {
		return size, rest[:size]
	}
	text, err := idna.Punycode.ToUnicode(strings.ToLower(rest[:size]))
	if err != nil {
		return 0, ""
	}
	return size, text
}
